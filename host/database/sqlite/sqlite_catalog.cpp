// What SQLite's schema says about tables.

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <sqlite3.h>

#include "database/sqlite/sqlite_database.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

/// `table` without a leading "main.".
std::string_view plain_name(std::string_view table) {
  return table.starts_with("main.") ? table.substr(5) : table;
}

bool same_names(const std::set<std::string>& columns, const std::vector<std::string>& key) {
  return columns == std::set<std::string>(key.begin(), key.end());
}

}  // namespace

std::string SqliteDatabase::canonical_table(std::string_view table) {
  const std::array params{text_value(plain_name(table))};
  const std::vector<Row> rows =
      query("SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view') AND lower(name) = lower($1)", params);
  return rows.empty() ? std::string(plain_name(table)) : *rows[0][0];
}

bool SqliteDatabase::table_exists(std::string_view table) {
  const std::array params{text_value(plain_name(table))};
  return !query("SELECT 1 FROM main.sqlite_schema WHERE type IN ('table', 'view') AND lower(name) = lower($1)", params)
              .empty();
}

DatabaseFacts SqliteDatabase::identify(std::string_view table) {
  const std::filesystem::path file = sqlite3_db_filename(handle_, "main");
  // The schema has just been read: looked up there, the table is found without going through all of it again.
  const std::string name(plain_name(table));
  const bool has_table = sqlite3_table_column_metadata(handle_, "main", name.c_str(), nullptr, nullptr, nullptr, nullptr, nullptr,
                                                       nullptr) == SQLITE_OK || table_exists(table);
  return {file.empty() ? ":memory:" : file.filename().string(), "", "", has_table};
}

std::int64_t SqliteDatabase::count_rows(std::string_view sql_table) {
  try {
    return std::stoll(*query(fmt::format("SELECT count(*) FROM {}", sql_table), {})[0][0]);
  } catch (const Error& error) {
    if (!error.message().starts_with("no such table")) throw;
    return 0;
  }
}

std::vector<Column> SqliteDatabase::columns(std::string_view table) {
  const std::array params{text_value(plain_name(table))};
  std::vector<Column> columns;
  for (const Row& row : query("SELECT name, type, \"notnull\", dflt_value IS NOT NULL FROM pragma_table_xinfo($1) "
                              "WHERE hidden <> 1 ORDER BY cid", params)) {
    columns.push_back({*row[0], *row[1], row[2] == "1", row[3] == "1"});
  }
  return columns;
}

std::vector<std::pair<std::string, std::string>> SqliteDatabase::foreign_keys() {
  std::vector<std::pair<std::string, std::string>> keys;
  for (const Row& row : query("SELECT DISTINCT s.name, f.\"table\" FROM main.sqlite_schema s "
                              "JOIN pragma_foreign_key_list(s.name) f WHERE s.type = 'table'", {})) {
    keys.emplace_back(*row[0], canonical_table(*row[1]));
  }
  return keys;
}

void SqliteDatabase::defer_constraints() { pragma("PRAGMA defer_foreign_keys = ON"); }

std::map<std::string, std::string> SqliteDatabase::table_shapes() {
  std::map<std::string, std::string> shapes;
  for (const Row& row : query("SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' "
                              "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", {})) {
    shapes[*row[0]] = row[1].value_or("");
  }
  return shapes;
}

std::vector<std::string> SqliteDatabase::user_tables() {
  std::vector<std::string> tables;
  for (const Row& row : query("SELECT name FROM main.sqlite_schema WHERE type = 'table' "
                              "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                              "AND name NOT LIKE 'seedbed\\_%' ESCAPE '\\' ORDER BY name", {})) {
    tables.push_back(*row[0]);
  }
  return tables;
}

void SqliteDatabase::check_unique_key(const WriterSpec& spec) {
  const std::array params{text_value(spec.table)};
  const std::vector<Row> info = query("SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo($1)", params);
  std::set<std::string> primary;
  std::set<std::string> nullable;
  for (const Row& row : info) {
    if (*row[3] != "0") primary.insert(*row[0]);
    else if (*row[2] == "0") nullable.insert(*row[0]);
  }
  // Covers INTEGER PRIMARY KEY and WITHOUT ROWID, whose keys no index list names.
  if (same_names(primary, spec.key)) return;
  std::string why_not;
  for (const Row& index : query("SELECT name, partial FROM pragma_index_list($1) WHERE \"unique\" = 1", params)) {
    const std::array index_name{text_value(*index[0])};
    std::set<std::string> names;
    for (const Row& column : query("SELECT name FROM pragma_index_info($1)", index_name)) {
      names.insert(column[0].value_or(""));  // NULL: an expression
    }
    if (!same_names(names, spec.key)) continue;
    if (index[1] == "1") {
      why_not = fmt::format("Index \"{}\" will not do: it covers only some rows.", *index[0]);
      continue;
    }
    for (const std::string& column : spec.key) {
      if (nullable.contains(column)) throw_nullable_key(spec, column, Engine::sqlite);
    }
    return;
  }
  if (query("SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = $1 AND type NOT IN ('view', 'virtual')", params).empty()) {
    throw_not_a_table(spec);
  }
  throw_no_unique_index(spec, why_not);
}

std::vector<std::string> SqliteDatabase::key_collations(const std::string& table, const std::vector<std::string>& key) {
  const std::array params{text_value(table)};
  for (const Row& index : query("SELECT name FROM pragma_index_list($1) WHERE \"unique\" = 1 AND partial = 0", params)) {
    const std::array index_name{text_value(*index[0])};
    std::map<std::string, std::string> collations;
    for (const Row& column : query("SELECT name, upper(coll) FROM pragma_index_xinfo($1) WHERE key = 1", index_name)) {
      collations[column[0].value_or("")] = *column[1];
    }
    const bool covers = collations.size() == key.size() && std::ranges::all_of(key, [&](const std::string& column) { return collations.contains(column); });
    if (!covers) continue;
    std::vector<std::string> found;
    for (const std::string& column : key) found.push_back(collations[column]);
    return found;
  }
  return std::vector<std::string>(key.size(), "BINARY");  // INTEGER PRIMARY KEY has no index
}

}  // namespace seedbed::host
