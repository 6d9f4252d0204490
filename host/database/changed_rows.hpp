#pragma once
// Which rows changed, for messages: a few of a table, by their keys.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

/// Knows the rows that change within the open transaction from its construction on.
class ChangedRows {
 public:
  virtual ~ChangedRows() = default;

  /// The keys of at most `most` rows of `table` that were inserted or updated and are there.  A key is
  /// "email = ada@example.test", by the primary key, else the first unique index, else the row's place.
  virtual std::vector<std::string> written(const std::string& table, std::size_t most) = 0;

  /// The same of rows that were deleted.  To be called when they have been brought back, by rolling
  /// back to the savepoint.
  virtual std::vector<std::string> deleted(const std::string& table, std::size_t most) = 0;

  /// Tables with rows that were updated to the values that they had, and how many, where changes() does not
  /// count those (SQLite).  written() knows their keys where the table has no others.
  virtual std::vector<TableCounts> rewritten() { return {}; }

  /// Why the database let rows into `table` that are there already, if that can be told: the unique
  /// index that is missing, or the NULL in its key.  Else empty.
  virtual std::string why_inserted(const std::string& table) = 0;
};

/// Notes from here on which rows change, as long as changes are counted.  To be used within the open
/// transaction; PostgreSQL sees what changes inside of savepoints that are opened later.
std::unique_ptr<ChangedRows> watch_rows(Database& database);

}  // namespace seedbed::host
