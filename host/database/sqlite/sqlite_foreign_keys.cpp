#include "database/sqlite/sqlite_foreign_keys.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>

#include "database/sql/token_cursor.hpp"
#include "database/sqlite/sqlite_database.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

/// True for a statement that may take rows from their references by changing the schema.
bool changes_keys(std::string_view statement) {
  sql::TokenCursor cursor(statement, {Engine::sqlite, true});
  if (cursor.accept("drop")) return cursor.at("table");
  if (cursor.accept("pragma")) return cursor.at("writable_schema");
  if (!cursor.accept("alter")) return false;
  bool adds = false;
  bool refers = false;
  for (; !cursor.at_end(); cursor.advance()) {
    adds = adds || cursor.at("add");
    refers = refers || cursor.at("references");
  }
  return !adds || refers;
}

}  // namespace

void SqliteForeignKeys::expect(std::string_view text, std::span<const sql::Statement> statements) {
  if (whole_) return;
  whole_ = std::ranges::any_of(statements, [&](const sql::Statement& statement) {
    return changes_keys(text.substr(statement.offset, statement.size));
  });
  if (!whole_) return;
  for (const std::string& table : tables_with_keys()) count(table);
}

void SqliteForeignKeys::before_write(const std::string& table, bool removes) {
  if (whole_) return;
  // As a PRAGMA: the function of that name takes twenty times longer to compile.
  const auto has_keys = [&] { return !database_.query(fmt::format("PRAGMA main.foreign_key_list({})", quoted_name(table)), {}).empty(); };
  if (looked_at_.insert(table).second && has_keys()) count(table);
  if (!removes || !looked_below_.insert(table).second) return;
  for (const std::string& child : children_of(table)) count(child);
}

void SqliteForeignKeys::count(const std::string& table) {
  if (before_.contains(table)) return;
  before_[table] = broken_rows(table);
}

std::int64_t SqliteForeignKeys::broken_rows(const std::string& table) {
  const std::array params{text_value(table)};
  try {
    return std::stoll(*database_.query("SELECT count(*) FROM pragma_foreign_key_check($1)", params)[0][0]);
  } catch (const Error& error) {
    if (error.code() != ExitCode::failed || !error.message().starts_with("foreign key mismatch")) throw;
    return 0;
  }
}

std::set<std::string> SqliteForeignKeys::tables_with_keys() {
  std::set<std::string> tables;
  for (const Row& row : database_.query("SELECT lower(name) FROM main.sqlite_schema WHERE type = 'table' "
                                        "AND sql LIKE '%references%'", {})) {
    tables.insert(*row[0]);
  }
  return tables;
}

std::set<std::string> SqliteForeignKeys::children_of(const std::string& parent) {
  const std::array params{text_value(parent)};
  std::set<std::string> children;
  for (const Row& row : database_.query("SELECT DISTINCT lower(s.name) FROM main.sqlite_schema s "
                                        "JOIN pragma_foreign_key_list(s.name) k ON lower(k.\"table\") = $1 "
                                        "WHERE s.type = 'table' AND s.sql LIKE '%references%'", params)) {
    children.insert(*row[0]);
  }
  return children;
}

void SqliteForeignKeys::check() {
  std::map<std::string, std::int64_t> after;
  if (whole_) {
    for (const std::string& table : tables_with_keys()) after[table] = broken_rows(table);
  } else {
    for (const auto& entry : before_) after[entry.first] = broken_rows(entry.first);
  }
  const auto total = [](const std::map<std::string, std::int64_t>& rows) {
    return std::accumulate(rows.begin(), rows.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& entry) { return sum + entry.second; });
  };
  // A script that renames tables moves what was broken before from one name to another.
  if (whole_ && total(after) <= total(before_)) return;
  for (const auto& [table, rows] : after) {
    const auto found = before_.find(table);
    const std::int64_t known = found == before_.end() ? 0 : found->second;
    if (rows > known) database_.throw_broken_rows(table, rows - known);
  }
}

}  // namespace seedbed::host
