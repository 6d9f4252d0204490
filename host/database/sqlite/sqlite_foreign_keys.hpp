#pragma once
// Finds the rows that a script leaves without the rows they refer to.

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "database/sql/script.hpp"

namespace seedbed::host {

class SqliteDatabase;

/// Watches a script that runs, as in the sqlite3 program, without foreign keys enforced, and finds
/// out at its end which rows refer to none because of it.  Rows that did so before are no fault of
/// the script's.
///
/// Counts as little as it can: the tables that a statement may have broken, before it runs and at the
/// end; all of them only for a script that drops or alters tables.  A table whose foreign keys
/// SQLite cannot check ("foreign key mismatch") is left out.
class SqliteForeignKeys {
 public:
  explicit SqliteForeignKeys(SqliteDatabase& database) : database_(database) {}

  void start() {
    before_.clear();
    looked_at_.clear();
    looked_below_.clear();
    whole_ = false;
  }

  /// Looks at what is about to run.
  void expect(std::string_view text, std::span<const sql::Statement> statements);

  /// Table `table` of main, a name in lower case, is about to be written; `removes` if rows may
  /// vanish from it or change their keys.
  void before_write(const std::string& table, bool removes);

  /// Throws Error{failed} that names child, parent and a row, if there are new ones.
  void check();

 private:
  std::int64_t broken_rows(const std::string& table);
  void count(const std::string& table);
  std::set<std::string> tables_with_keys();
  std::set<std::string> children_of(const std::string& parent);

  SqliteDatabase& database_;
  bool whole_ = false;                           ///< everything is counted
  std::map<std::string, std::int64_t> before_;   ///< broken rows by child table, in lower case
  // A table that comes later, or gets a key, is looked at when it is written itself.
  std::set<std::string> looked_at_, looked_below_;
};

}  // namespace seedbed::host
