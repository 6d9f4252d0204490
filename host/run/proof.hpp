#pragma once
// What `seedbed prove` has found, as a value.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/database.hpp"
#include "error.hpp"

namespace seedbed::host {

/// How a seeder was run.
enum class Pass {
  first,
  second,        ///< again, where the first has been, a day later
  after_edits,   ///< again, after rows were edited and deleted
  two_at_once,   ///< on the scratch database, over a second connection that did not see the first one's rows
  second_alone,  ///< again on the scratch database, in a transaction of its own
};

/// Rows of a table that a pass wrote where none was to be written.
struct StrayWrite {
  TableCounts counts;
  std::vector<std::string> keys;  ///< of a few of them: "email = ada@example.test"
  std::string cause;              ///< "no unique index on (email)"; empty: it cannot be told
};

/// Something that is wrong with a seeder.
struct Fault {
  Pass pass = Pass::first;
  std::vector<StrayWrite> writes;
  std::optional<Error> error;  ///< the pass ended with it; `writes` is empty then
  std::string text;            ///< of a pass after edits: which edit or deletion it did not respect
};

/// SQL that may write something else each time, although a second pass in the same transaction does
/// not show it.
struct Doubt {
  Place place;            ///< of a seed file
  std::string statement;  ///< of a plugin: its first words
  std::string value;      ///< "now()"
  bool for_a_day = false; ///< nor does a second pass right after it
};

/// What became of rows that were edited and deleted in a table that a bulk writer writes.
struct EditedTable {
  std::string table;
  std::string mode;  ///< "insert_missing" …
  std::size_t edits_kept = 0, edits_undone = 0;
  std::size_t deleted_returned = 0, deleted_stayed = 0;
  bool judged = true;  ///< false: it is written in several modes
};

enum class Verdict { proved, not_proved, failed, left_out };

struct SeederProof {
  std::string name, version;
  TableCounts first;         ///< what the first pass wrote, over all tables
  std::int64_t unchanged = 0;
  std::vector<Fault> faults;
  std::vector<Doubt> doubts;
  std::vector<EditedTable> edited;
  std::string blocked;       ///< why it could not be run: "it comes after rbac, which failed"
  std::string left_out;      ///< why a run would not run it either: "needs migration …"
  std::string not_scratched; ///< why it was not tried on the scratch database
  bool scratched = false;    ///< it was
  bool once = false;         ///< a one-time load, which later runs leave out: there is no second pass
  std::chrono::microseconds took{0};  ///< of its first pass

  Verdict verdict() const;
};

struct Proof {
  std::string environment;
  Tier tier = Tier::development;
  std::string url;  ///< without secrets
  Engine engine = Engine::sqlite;
  std::vector<SeederProof> seeders;  ///< in the order in which they run
  bool edits_tried = false;
  std::string not_scratched;  ///< why there was no scratch database; empty: there was one
  std::vector<std::string> notices;
  std::chrono::microseconds took{0};

  /// Those with that verdict.
  std::size_t count(Verdict verdict) const;
  bool proved() const { return count(Verdict::failed) + count(Verdict::not_proved) == 0; }
};

}  // namespace seedbed::host
