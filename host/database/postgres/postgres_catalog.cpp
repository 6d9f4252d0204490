// What PostgreSQL's catalog and statistics say about tables.

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "database/postgres/postgres_database.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

// Users write table names as they write SQL: unquoted parts in lower case, or exactly as created.
// Both are tried, the exact spelling first.
constexpr const char* kFindTable =
    "coalesce(to_regclass($1), to_regclass($2))";

}  // namespace

std::string PostgresDatabase::canonical_table(std::string_view table) {
  const std::string quoted = quoted_table(table);
  const std::string plain(table);
  const std::array params{text_value(quoted), text_value(plain)};
  const std::vector<Row> rows = query(fmt::format("SELECT {}::text", kFindTable), params);
  return rows[0][0].value_or(plain);
}

bool PostgresDatabase::table_exists(std::string_view table) {
  const std::string quoted = quoted_table(table);
  const std::string plain(table);
  const std::array params{text_value(quoted), text_value(plain)};
  return query(fmt::format("SELECT {} IS NOT NULL", kFindTable), params)[0][0] == "t";
}

std::vector<PostgresColumn> PostgresDatabase::writer_columns(std::string_view table) {
  const std::array params{text_value(table)};
  std::vector<PostgresColumn> columns;
  // Casting to varchar(n) or bit(n) would cut silently, so those are cast without their length and
  // the assignment checks it.  Others keep their modifier, or numeric(5,2) would always differ.
  for (const Row& row : query(
           "SELECT a.attname, "
           "format_type(a.atttypid, CASE WHEN t.typname IN ('varchar', 'bpchar', 'bit', 'varbit') THEN -1 ELSE a.atttypmod END), "
           "a.attnotnull, a.atthasdef OR a.attidentity <> '', a.attidentity = 'a', "
           "coalesce(nullif(t.typbasetype, 0), t.oid) IN ('json'::regtype, 'xml'::regtype, 'point'::regtype, 'polygon'::regtype, "
           "'path'::regtype, 'box'::regtype, 'lseg'::regtype, 'line'::regtype, 'circle'::regtype) "
           "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
           "WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum", params)) {
    columns.push_back({*row[0], *row[1], row[2] == "t", row[3] == "t", row[4] == "t", row[5] == "t"});
  }
  return columns;
}

std::vector<Column> PostgresDatabase::columns(std::string_view table) {
  std::vector<Column> columns;
  for (const PostgresColumn& column : writer_columns(canonical_table(table))) {
    columns.push_back({column.name, column.cast, column.not_null, column.has_default});
  }
  return columns;
}

std::vector<std::string> PostgresDatabase::user_tables() {
  std::vector<std::string> tables;
  for (const Row& row : query(
           "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
           "WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname = ANY (current_schemas(false)) AND n.nspname <> 'seedbed' "
           "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') "
           "ORDER BY 1", {})) {
    tables.push_back(*row[0]);
  }
  return tables;
}

void PostgresDatabase::check_unique_key(const WriterSpec& spec) {
  const std::array params{text_value(spec.table)};
  const std::vector<Row> rows = query(
      "SELECT i.indexrelid, a.attname, a.attnotnull FROM pg_index i "
      "CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord) "
      "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum "
      "WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid AND i.indimmediate "
      "AND i.indpred IS NULL AND i.indexprs IS NULL AND k.ord <= i.indnkeyatts", params);
  std::map<std::string, std::set<std::string>> indexes;
  std::set<std::string> nullable;
  for (const Row& row : rows) {
    indexes[*row[0]].insert(*row[1]);
    if (row[2] == "f") nullable.insert(*row[1]);
  }
  const std::set<std::string> key(spec.key.begin(), spec.key.end());
  const bool found = std::ranges::any_of(indexes, [&](const auto& index) { return index.second == key; });
  if (!found) throw_no_unique_index(spec);
  for (const std::string& column : spec.key) {
    if (nullable.contains(column)) throw_nullable_key(spec, column);
  }
}

std::map<std::string, TableCounts> PostgresDatabase::counts_now() {
  std::map<std::string, TableCounts> counts;
  for (const Row& row : query(
           "SELECT coalesce(pg_partition_root(relid), relid)::regclass::text, sum(n_tup_ins)::bigint, "
           "sum(n_tup_upd)::bigint, sum(n_tup_del)::bigint FROM pg_stat_xact_user_tables "
           "WHERE schemaname <> 'seedbed' AND schemaname NOT LIKE 'pg\\_%' "
           "AND n_tup_ins + n_tup_upd + n_tup_del > 0 GROUP BY 1", {})) {
    counts[*row[0]] = {*row[0], std::stoll(*row[1]), std::stoll(*row[2]), std::stoll(*row[3])};
  }
  return counts;
}

void PostgresDatabase::start_counting() {
  if (query("SHOW track_counts", {})[0][0] != "on") {
    throw Error(ExitCode::failed, "the server does not count changed rows: track_counts is off")
        .hint("Set track_counts = on (the server's default), for the server or for this role.");
  }
  // The view also holds what earlier transactions of the session have not reported yet.
  counted_ = counts_now();
}

std::vector<TableCounts> PostgresDatabase::changes() {
  std::vector<TableCounts> changed;
  for (auto& [table, now] : counts_now()) {
    const TableCounts before = counted_.contains(table) ? counted_[table] : TableCounts{table};
    TableCounts difference{table, now.inserted - before.inserted, now.updated - before.updated,
                           now.deleted - before.deleted};
    if (difference != TableCounts{table}) changed.push_back(std::move(difference));
  }
  return changed;
}

}  // namespace seedbed::host
