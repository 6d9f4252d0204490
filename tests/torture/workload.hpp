#pragma once
// A project whose every statement shows if it took effect twice or not at all, and what it leaves.

#include <cstddef>
#include <string>

#include "database/engine.hpp"
#include "support/program.hpp"
#include "support/temp_dir.hpp"
#include "support/test_database.hpp"

namespace seedbed::test {

/// How seeders commit; as seedbed.toml has it.
enum class Seeding { all, each };

/// A folder with ten migrations of several statements each (a wrapping BEGIN … COMMIT, COPY data,
/// functions and triggers, a table made anew, an index created concurrently, a file outside a
/// transaction) and three seeders.  Whatever ran twice shows, save VACUUM and a DO block that commits
/// by itself: nobody can record the latter together with what it does.
class Workload {
 public:
  explicit Workload(host::Engine engine, Seeding seeding = Seeding::all);

  /// seedbed in that folder.
  Program program() const { return Program(folder_.path()); }

  host::Engine engine() const { return engine_; }

  /// What state_of() gives after an undisturbed `up` on an empty database.
  std::string expected() const;

 private:
  host::Engine engine_;
  TempDir folder_;
};

/// Everything in the database that a user would miss, as text, a line a thing: its schema, its rows,
/// the ledger's rows apart from times and runs, who holds the lock, temporary objects.
std::string state_of(TestDatabase& database);

/// How two states differ, in lines.
struct Difference {
  std::size_t lost = 0;    ///< that only the expected one has
  std::size_t excess = 0;  ///< that only the other has
  std::string text;        ///< those lines, with - and +
};

Difference difference(const std::string& expected, const std::string& found);

}  // namespace seedbed::test
