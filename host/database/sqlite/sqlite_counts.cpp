// Counts what changes, by SQLite's preupdate hook: triggers and cascades included.

#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include <sqlite3.h>

#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "database/sqlite/sqlite_changed_rows.hpp"
#include "database/sqlite/sqlite_database.hpp"

namespace seedbed::host {

namespace {

bool equal_values(sqlite3_value* a, sqlite3_value* b) {
  const int type = sqlite3_value_type(a);
  if (type != sqlite3_value_type(b)) return false;
  switch (type) {
    case SQLITE_NULL: return true;
    case SQLITE_INTEGER: return sqlite3_value_int64(a) == sqlite3_value_int64(b);
    case SQLITE_FLOAT: return sqlite3_value_double(a) == sqlite3_value_double(b);
    default: break;
  }
  const void* data_a = type == SQLITE_BLOB ? sqlite3_value_blob(a) : sqlite3_value_text(a);
  const void* data_b = type == SQLITE_BLOB ? sqlite3_value_blob(b) : sqlite3_value_text(b);
  const int size = sqlite3_value_bytes(a);
  return size == sqlite3_value_bytes(b) && (size == 0 || std::memcmp(data_a, data_b, static_cast<std::size_t>(size)) == 0);
}

/// True for an UPDATE that leaves every column as it was.
bool changes_nothing(sqlite3* handle) {
  for (int i = 0; i < sqlite3_preupdate_count(handle); ++i) {
    sqlite3_value* before = nullptr;
    sqlite3_value* after = nullptr;
    if (sqlite3_preupdate_old(handle, i, &before) != SQLITE_OK ||
        sqlite3_preupdate_new(handle, i, &after) != SQLITE_OK || !equal_values(before, after)) {
      return false;
    }
  }
  return true;
}

}  // namespace

struct SqliteHooks {
  static void preupdate(void* self, sqlite3* handle, int operation, const char* database, const char* table,
                        sqlite3_int64 old_rowid, sqlite3_int64 new_rowid) {
    const std::string_view schema(database);
    if (schema == "temp" || std::string_view(table).starts_with("sqlite_")) return;
    const std::string elsewhere = schema == "main" ? "" : fmt::format("{}.{}", schema, table);  // in an attached file
    const std::string_view name = elsewhere.empty() ? std::string_view(table) : elsewhere;
    auto& counts = static_cast<SqliteDatabase*>(self)->counts_;
    auto found = counts.find(name);
    if (found == counts.end()) found = counts.emplace(name, TableCounts{std::string(name)}).first;
    if (operation == SQLITE_INSERT) ++found->second.inserted;
    if (operation == SQLITE_DELETE) ++found->second.deleted;
    const bool idle = operation == SQLITE_UPDATE && old_rowid == new_rowid && changes_nothing(handle);
    if (operation == SQLITE_UPDATE && !idle) ++found->second.updated;
    SqliteChangedRows* const noted = static_cast<SqliteDatabase*>(self)->noted_;
    if (noted != nullptr) noted->note(handle, idle ? SqliteChangedRows::kRewrite : operation, name, operation == SQLITE_DELETE ? old_rowid : new_rowid);
  }
};

void SqliteDatabase::start_counting() {
  counts_.clear();
  sqlite3_preupdate_hook(handle_, SqliteHooks::preupdate, this);
}

std::vector<TableCounts> SqliteDatabase::changes() {
  // A virtual table keeps its rows in shadow tables; one of them, by the kind of the virtual table,
  // has a row for each of its rows, and the others are its index.
  std::map<std::string, std::string> virtual_tables;  // by their shadow tables
  for (const Row& row : query("SELECT s.name, v.name FROM pragma_table_list s JOIN pragma_table_list v ON v.type = 'virtual' "
                              "AND v.schema = 'main' AND substr(s.name, 1, length(v.name) + 1) = v.name || '_' "
                              "WHERE s.type = 'shadow' AND s.schema = 'main' ORDER BY length(v.name)", {})) {
    virtual_tables[*row[0]] = *row[1];
  }
  std::vector<TableCounts> changed;
  for (const auto& [name, counts] : counts_) {
    if (counts == TableCounts{name}) continue;
    const auto owner = virtual_tables.find(name);
    if (owner == virtual_tables.end()) {
      changed.push_back(counts);
      continue;
    }
    const std::string& table = owner->second;
    const bool has_content = virtual_tables.contains(table + "_content");
    const std::string rows_of = has_content ? "_content" : virtual_tables.contains(table + "_docsize") ? "_docsize" : "_rowid";
    if (name == table + rows_of) changed.push_back({table, counts.inserted, counts.updated, counts.deleted});
  }
  return changed;
}

}  // namespace seedbed::host
