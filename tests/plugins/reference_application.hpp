#pragma once
// The reference application, seeded by the program into a database of the test's own.

#include <map>
#include <string>
#include <vector>

#include "support/program.hpp"
#include "support/test_database.hpp"

namespace seedbed::test {

/// A project folder whose seedbed.toml has the reference application's environments `local`,
/// `staging` and `production`, all of them on one database.
class ReferenceApplication {
 public:
  explicit ReferenceApplication(host::Engine engine);

  /// Runs seedbed with the clock at `now` and fails the test unless it ends with 0.
  Finished run(const std::vector<std::string>& arguments,
               const std::string& now = "2026-09-21T12:00:00.250Z");

  /// Runs seedbed whatever comes of it.
  Finished try_run(const std::vector<std::string>& arguments, const std::string& now) const;

  /// Sets a parameter of `seeder` in environment local.
  void set_parameter(const std::string& seeder, const std::string& name, const std::string& value);

  TestDatabase& database() { return database_; }

  /// Every table of the application with its rows, sorted, in one form for both engines: booleans
  /// as 0 and 1, times as ISO 8601 in UTC, JSON with sorted keys.
  std::map<std::string, std::vector<std::string>> contents();

  /// The number of rows of each table that has any.
  std::map<std::string, int> row_counts();

 private:
  TempDir folder_;
  TestDatabase database_;
};

}  // namespace seedbed::test
