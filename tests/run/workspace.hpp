#pragma once
// A project folder with a database of its own, in which a test lets the program work.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/program.hpp"
#include "support/temp_dir.hpp"
#include "support/test_database.hpp"

namespace seedbed::test {

/// The folder's migrations/ and plugins/ are where seedbed looks by itself.  There is no
/// seedbed.toml unless the test writes one; the database is given with --url all the same.
class Workspace {
 public:
  explicit Workspace(host::Engine engine) : database_(engine) {}

  void write(const std::string& name, std::string_view text) const;

  /// The migration that creates customer (email, name), which most tests build on.
  void write_customer_migration() const;

  /// plugins/NAME with a seeder.toml that ends in `declaration`, and `sql` as its one file.
  void write_seeder(const std::string& name, std::string_view sql,
                    const std::string& declaration = "writes = [\"customer\"]\n") const;

  /// Copies the plugin of that fixture into plugins/.
  void add_fixture(const std::string& name) const;

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

  Program program() const { return Program(folder_.path()); }
  Finished run(std::vector<std::string> arguments) const;
  Running start(std::vector<std::string> arguments) const;

  TestDatabase& database() { return database_; }
  host::Engine engine() const { return database_.engine(); }
  std::string value(std::string_view sql) { return database_.value(sql); }

  /// Standard output with what differs from run to run, and the database's address, replaced.
  std::string shown(const Finished& finished) const;

  /// True if the database has no table at all, seedbed's included; an SQLite file does not exist.
  bool untouched();

  /// "seedbed.runs" or "seedbed_runs".
  std::string ledger(const std::string& table) const;

 private:
  TempDir folder_;
  TestDatabase database_;
};

/// Inserts a customer unless one has the address.
std::string insert_customer(const std::string& email, const std::string& name = "Ada");

/// A statement that runs for half a minute unless somebody stops it.
std::string long_statement(host::Engine engine);

}  // namespace seedbed::test
