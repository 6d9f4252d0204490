#pragma once
// What authors of seeders test them with, in whatever test framework they use.
//
//   const auto runs = seedbed::testing::seed_twice("build/colors.so", "colors", {.migrations = "migrations"});
//   CHECK(runs.first.inserted == 3);
//   CHECK(runs.second.changed() == 0);
//   CHECK(runs.value("SELECT name FROM color WHERE id = 1") == "red");

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace seedbed::testing {

struct Options {
  std::filesystem::path migrations{};  ///< the folder that makes the tables
  std::map<std::string, std::string> parameters{};  ///< of the seeder, as seedbed.toml would set them
  std::vector<std::filesystem::path> others{};  ///< seeders that it runs after: libraries or folders
  std::string environment = "test";
};

/// What one run of the seeder did, as the host counts it: triggers included.
struct SeederRun {
  std::int64_t inserted = 0, updated = 0, deleted = 0;
  std::int64_t unchanged = 0;  ///< rows offered that were there already, where a writer knows them
  std::map<std::string, std::int64_t> inserted_into;  ///< by table

  std::int64_t changed() const { return inserted + updated + deleted; }
};

/// Two runs of a seeder, and the database that they left, which goes with the last copy.
class TwoRuns {
 public:
  SeederRun first;
  SeederRun second;  ///< its clock a day later

  /// The only value of a query's only row; "NULL" for NULL.  Throws std::runtime_error for
  /// anything else.
  std::string value(std::string_view sql) const;

 private:
  friend TwoRuns seed_twice(const std::filesystem::path&, const std::string&, const Options&);
  class Database;
  std::shared_ptr<Database> database_;
};

/// Makes an empty SQLite database in memory (a file of its own where the system has no /dev/shm),
/// applies the migrations, and runs the seeder `name` of `plugin`, a library or a folder with a
/// seeder.toml, twice: each time as `seedbed up` does, in tier development.
///
/// Throws std::runtime_error with what seedbed would print when a migration or the seeder fails.
TwoRuns seed_twice(const std::filesystem::path& plugin, const std::string& name, const Options& options = {});

}  // namespace seedbed::testing
