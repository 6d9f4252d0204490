#pragma once
// Which rows changed on SQLite, noted by the hook that counts them.

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "database/changed_rows.hpp"

struct sqlite3;

namespace seedbed::host {

class SqliteDatabase;

/// One at a time.  It hears of changes while the database counts them.
class SqliteChangedRows : public ChangedRows {
 public:
  explicit SqliteChangedRows(SqliteDatabase& database);
  ~SqliteChangedRows() override;
  SqliteChangedRows(const SqliteChangedRows&) = delete;
  SqliteChangedRows& operator=(const SqliteChangedRows&) = delete;

  std::vector<std::string> written(const std::string& table, std::size_t most) override;
  std::vector<std::string> deleted(const std::string& table, std::size_t most) override;
  std::vector<TableCounts> rewritten() override;
  std::string why_inserted(const std::string& table) override;

  /// The operation of an UPDATE that leaves every column as it was.
  static constexpr int kRewrite = -1;

  /// Within SQLite's preupdate hook.  `rowid` is the one that the row has, or had.
  void note(sqlite3* handle, int operation, std::string_view table, std::int64_t rowid);

 private:
  struct NotedRow {
    int operation;
    std::int64_t rowid;
    std::vector<std::string> values;  ///< in the order of the table's columns
  };

  std::vector<std::string> keys(const std::string& table, std::initializer_list<int> operations, std::size_t most);
  std::vector<std::vector<std::string>> unique_indexes(const std::string& table);

  SqliteDatabase& database_;
  std::map<std::string, std::vector<NotedRow>, std::less<>> rows_;  ///< by table
  std::map<std::string, std::int64_t, std::less<>> rewritten_;      ///< how many, by table
};

}  // namespace seedbed::host
