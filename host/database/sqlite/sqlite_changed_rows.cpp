#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include <sqlite3.h>

#include "database/sqlite/sqlite_changed_rows.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/sqlite/sqlite_database.hpp"
#include "database/twins.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kMostRows = 3;  // of a table and an operation
constexpr std::size_t kMostBytes = 100;

std::string shown(sqlite3_value* value) {
  if (sqlite3_value_type(value) == SQLITE_NULL) return "NULL";
  if (sqlite3_value_type(value) == SQLITE_BLOB) return fmt::format("{} bytes", sqlite3_value_bytes(value));
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return text == nullptr ? "" : std::string(text, std::min(kMostBytes, static_cast<std::size_t>(sqlite3_value_bytes(value))));
}

}  // namespace

SqliteChangedRows::SqliteChangedRows(SqliteDatabase& database) : database_(database) { database_.noted_ = this; }

SqliteChangedRows::~SqliteChangedRows() { database_.noted_ = nullptr; }

void SqliteChangedRows::note(sqlite3* handle, int operation, std::string_view table, std::int64_t rowid) {
  auto found = rows_.find(table);
  if (found == rows_.end()) found = rows_.emplace(std::string(table), std::vector<NotedRow>()).first;
  if (operation == kRewrite) ++rewritten_[found->first];
  const auto same = [&](const NotedRow& row) { return row.operation == operation; };
  if (std::ranges::count_if(found->second, same) >= static_cast<std::ptrdiff_t>(kMostRows)) return;
  NotedRow row{operation, rowid, {}};
  for (int i = 0; i < sqlite3_preupdate_count(handle); ++i) {
    sqlite3_value* value = nullptr;
    const int code = operation == SQLITE_DELETE ? sqlite3_preupdate_old(handle, i, &value) : sqlite3_preupdate_new(handle, i, &value);
    row.values.push_back(code == SQLITE_OK ? shown(value) : "?");
  }
  found->second.push_back(std::move(row));
}

std::vector<std::string> SqliteChangedRows::written(const std::string& table, std::size_t most) {
  const std::vector<std::string> found = keys(table, {SQLITE_INSERT, SQLITE_UPDATE}, most);
  return found.empty() ? keys(table, {kRewrite}, most) : found;
}

std::vector<std::string> SqliteChangedRows::deleted(const std::string& table, std::size_t most) { return keys(table, {SQLITE_DELETE}, most); }

std::vector<std::vector<std::string>> SqliteChangedRows::unique_indexes(const std::string& table) {
  const std::array params{text_value(table)};
  std::vector<std::vector<std::string>> indexes;
  std::vector<std::string> primary;  // that of INTEGER PRIMARY KEY has no index
  for (const Row& row : database_.query("SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk", params)) primary.push_back(*row[0]);
  if (!primary.empty()) indexes.push_back(primary);
  for (const Row& index : database_.query("SELECT name FROM pragma_index_list($1) WHERE \"unique\" = 1 AND partial = 0 AND origin <> 'pk' "
                                          "ORDER BY seq DESC", params)) {
    const std::array name{text_value(*index[0])};
    std::vector<std::string> columns;
    for (const Row& column : database_.query("SELECT name FROM pragma_index_info($1) ORDER BY seqno", name)) columns.push_back(column[0].value_or(""));
    const bool has_expression = std::ranges::find(columns, "") != columns.end();
    if (!has_expression) indexes.push_back(columns);
  }
  return indexes;
}

std::vector<TableCounts> SqliteChangedRows::rewritten() {
  std::vector<TableCounts> tables;
  for (const auto& [table, count] : rewritten_) {
    const std::array params{text_value(table)};
    // A virtual table writes to its shadow tables as it likes.
    if (database_.query("SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = $1 AND type = 'table'", params).empty()) continue;
    tables.push_back({table, 0, count, 0});
  }
  return tables;
}

std::vector<std::string> SqliteChangedRows::keys(const std::string& table, std::initializer_list<int> operations, std::size_t most) {
  std::vector<std::string> found;
  const auto noted = rows_.find(table);
  if (noted == rows_.end()) return found;
  const std::array params{text_value(table)};
  std::vector<std::string> columns;
  for (const Row& row : database_.query("SELECT name FROM pragma_table_xinfo($1) WHERE hidden IN (0, 3) ORDER BY cid", params)) columns.push_back(*row[0]);
  const std::vector<std::vector<std::string>> indexes = unique_indexes(table);
  for (const NotedRow& row : noted->second) {
    if (std::ranges::find(operations, row.operation) == operations.end() || found.size() == most) continue;
    std::string key;
    for (const std::string& column : indexes.empty() ? std::vector<std::string>() : indexes.front()) {
      const auto at = static_cast<std::size_t>(std::ranges::find(columns, column) - columns.begin());
      key += fmt::format("{}{} = {}", key.empty() ? "" : ", ", column, at < row.values.size() ? row.values[at] : "?");
    }
    found.push_back(key.empty() ? fmt::format("rowid = {}", row.rowid) : key);
  }
  return found;
}

std::string SqliteChangedRows::why_inserted(const std::string& table) {
  const auto noted = rows_.find(table);
  const std::array params{text_value(table)};
  const bool has_rowid = !database_.query("SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = $1 AND wr = 0 AND type = 'table'", params).empty();
  if (noted == rows_.end() || !has_rowid) return "";
  std::vector<std::int64_t> added;
  for (const NotedRow& row : noted->second) {
    if (row.operation == SQLITE_INSERT) added.push_back(row.rowid);
  }
  if (added.empty()) return "";
  std::vector<TwinColumn> columns;
  for (const Row& row : database_.query("SELECT name, hidden <> 0 OR pk > 0 OR dflt_value LIKE '%(%' OR upper(dflt_value) LIKE 'CURRENT%' "
                                        "OR upper(type) LIKE '%DATE%' OR upper(type) LIKE '%TIME%' FROM pragma_table_xinfo($1) ORDER BY cid", params)) {
    columns.push_back({*row[0], row[1] == "1"});
  }
  const std::string name = quoted_name(table);
  const std::string in = fmt::format("rowid IN ({})", fmt::join(added, ", "));
  const auto answer = [&](const std::string& condition) { return database_.query("SELECT " + condition, {})[0][0] == "1"; };
  TwinQuestions ask;
  ask.has_twin = [&](const std::vector<std::string>& names) {
    std::string equal;
    for (const std::string& column : names) equal += fmt::format(" AND older.{0} IS added.{0}", quoted_name(column));
    return answer(fmt::format("EXISTS (SELECT 1 FROM {0} AS added WHERE added.{1} AND EXISTS (SELECT 1 FROM {0} AS older WHERE NOT older.{1}{2}))",
                              name, in, equal));
  };
  ask.is_null = [&](const std::string& column) {
    return answer(fmt::format("EXISTS (SELECT 1 FROM {} WHERE {} AND {} IS NULL)", name, in, quoted_name(column)));
  };
  ask.tells_apart = [&](const std::string& column) {
    return answer(fmt::format("(SELECT count(*) = count(DISTINCT {}) FROM {} WHERE NOT {})", quoted_name(column), name, in));
  };
  return host::why_inserted(columns, unique_indexes(table), ask);
}

}  // namespace seedbed::host
