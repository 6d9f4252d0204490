// What PostgreSQL's catalog and statistics say about tables.

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "database/postgres/postgres_database.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

// Users write table names as they write SQL: unquoted parts in lower case, or exactly as created, a
// dot in a name included.  All are tried, the exact spelling first; the last only where it is a name
// in SQL, since to_regclass() throws for what is none.
constexpr const char* kFindTable = R"(coalesce(to_regclass($1), to_regclass($2),
    CASE WHEN $3 ~ '^("([^"]|"")+"|[^".\s]+)([.]("([^"]|"")+"|[^".\s]+))?$' THEN to_regclass($3) END))";

// A column's type and all that it is made of: a domain's base, an array's elements, the attributes
// of a composite.  `base` is the type itself when no domain is left, with the modifier it has then.
constexpr const char* kWriterColumns = R"(
    WITH RECURSIVE chosen AS (
      SELECT * FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
    ), bases(attnum, oid, typmod) AS (
      SELECT attnum, atttypid, atttypmod FROM chosen
      UNION ALL
      SELECT b.attnum, t.typbasetype, t.typtypmod FROM bases b JOIN pg_type t USING (oid) WHERE t.typtype = 'd'
    ), parts(attnum, oid, collation_oid) AS (
      SELECT attnum, atttypid, attcollation FROM chosen
      UNION
      SELECT p.attnum, next.oid, coalesce(next.collation_oid, p.collation_oid)
      FROM parts p JOIN pg_type t USING (oid)
      CROSS JOIN LATERAL (
        SELECT t.typbasetype, NULL::oid WHERE t.typtype = 'd'
        UNION ALL
        SELECT t.typelem, NULL WHERE t.typcategory = 'A' AND t.typelem <> 0
        UNION ALL
        SELECT a.atttypid, a.attcollation FROM pg_attribute a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
      ) AS next(oid, collation_oid)
    ), as_text AS (
      SELECT DISTINCT p.attnum FROM parts p JOIN pg_type t USING (oid)
      LEFT JOIN pg_collation l ON l.oid = p.collation_oid
      WHERE t.typname = 'citext' OR NOT l.collisdeterministic
         OR t.typtype = 'b' AND t.typcategory <> 'A' AND NOT EXISTS (
           SELECT FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
           WHERE o.opcdefault AND m.amname IN ('btree', 'hash')
             AND (o.opcintype = t.oid OR EXISTS (
               SELECT FROM pg_cast c WHERE c.castsource = t.oid AND c.casttarget = o.opcintype
                 AND c.castmethod = 'b' AND c.castcontext = 'i')))
    )
    SELECT a.attname,
           format_type(a.atttypid, CASE WHEN d.typname IN ('varchar', 'bpchar', 'bit', 'varbit') THEN -1 ELSE a.atttypmod END),
           format_type(t.oid, CASE WHEN coalesce(e.typname, t.typname) IN ('varchar', 'bpchar', 'bit', 'varbit')
                                   THEN -1 ELSE b.typmod END),
           a.attnotnull OR d.typnotnull, a.atthasdef OR a.attidentity <> '' OR d.typdefault IS NOT NULL, a.attidentity = 'a',
           a.attnum IN (SELECT attnum FROM as_text),
           CASE WHEN t.oid = 'name'::regtype THEN current_setting('max_identifier_length') ELSE '0' END,
           -- What a type sends over the wire is the same whatever the session's settings are.
           CASE WHEN t.typname = 'citext' THEN 'lower(?::text)'
                WHEN t.oid = 'numeric'::regtype THEN 'regexp_replace(?::text, ''(\.[0-9]*[1-9])0+$|\.0+$'', ''\1'')'
                WHEN t.oid IN ('real'::regtype, 'double precision'::regtype) THEN 'encode(float8send(?::double precision + 0), ''hex'')'
                WHEN t.typtype = 'e' OR t.typcategory = 'S' OR t.typsend = 0
                  OR t.oid IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype, 'boolean'::regtype, 'uuid'::regtype) THEN '?::text'
                ELSE format('encode(%s(?), ''hex'')', t.typsend::regproc) END
    FROM chosen a JOIN pg_type d ON d.oid = a.atttypid
    JOIN bases b ON b.attnum = a.attnum JOIN pg_type t ON t.oid = b.oid AND t.typtype <> 'd'
    LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
    ORDER BY a.attnum)";

// The same of columns whose types are built in and equal to nothing but themselves, by their numbers,
// which are fixed; true in its last column where that is so.  Most tables have no others, and a new
// session takes a tenth of the time to plan it.
constexpr const char* kPlainColumns = R"(
    SELECT attname, format_type(atttypid, CASE WHEN atttypid IN (1042, 1043) THEN -1 ELSE atttypmod END), attnotnull,
           atthasdef OR attidentity <> '', attidentity = 'a',
           atttypid IN (16, 17, 20, 21, 23, 25, 700, 701, 1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950, 3802)
           AND attcollation IN (0, 100, 950, 951)
    FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum)";

}  // namespace

std::string PostgresDatabase::canonical_table(std::string_view table) {
  const std::optional<std::string> name = sql_name(table);
  if (!name) return std::string(table);
  const std::array params{text_value(*name)};
  return *query("SELECT coalesce(pg_partition_root($1::regclass), $1::regclass)::text", params)[0][0];
}

TableIdentity PostgresDatabase::table_identity(std::string_view table) {
  const std::optional<std::string> name = sql_name(table);
  if (!name) return {std::string(table), ""};
  const std::array params{text_value(*name)};
  const Row row = query("SELECT format('%I.%I', n.nspname, c.relname), c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                        "WHERE c.oid = coalesce(pg_partition_root($1::regclass), $1::regclass)", params)[0];
  return {*row[0], *row[1]};
}

/// What SQL calls the table that the user calls `table`; nullopt if there is none.
std::optional<std::string> PostgresDatabase::sql_name(std::string_view table) {
  const std::string in_schema = quoted_table(table);
  const std::string whole = quoted_name(table);
  const std::array params{text_value(in_schema), text_value(whole), text_value(table)};
  return query(fmt::format("SELECT {}::text", kFindTable), params)[0][0];
}

DatabaseFacts PostgresDatabase::identify(std::string_view table) {
  const std::array params{text_value(table)};
  const auto ask = [&](const char* system) {
    const Row row = query(fmt::format("SELECT current_database(), {}, (SELECT oid FROM pg_database WHERE datname = current_database()), "
                                      "to_regclass($1) IS NOT NULL", system), params)[0];
    return DatabaseFacts{*row[0], row[1].value_or(""), row[2].value_or(""), row[3] == "t"};
  };
  try {
    return ask("(SELECT system_identifier FROM pg_control_system())");
  } catch (const Error& error) {
    // A provider may have taken the right away, or the function.
    if (error.sqlstate() != "42501" && error.sqlstate() != "42883") throw;
    return ask("NULL::text");
  }
}

bool PostgresDatabase::table_exists(std::string_view table) { return sql_name(table).has_value(); }

std::int64_t PostgresDatabase::count_rows(std::string_view sql_table) {
  const std::array params{text_value(sql_table)};
  if (!query("SELECT to_regclass($1)", params)[0][0]) return 0;
  return std::stoll(*query(fmt::format("SELECT count(*) FROM {}", sql_table), {})[0][0]);
}

// Casting to varchar(n) or bit(n) would cut silently, so those are cast without their length, also
// as elements of an array; a domain is cast to its base, since a cast to it would apply its length.
// The assignment then checks both.  `name` it would cut too, so the writer has to look.
// Others keep their modifier, or numeric(5,2) would always differ.
std::vector<PostgresColumn> PostgresDatabase::writer_columns(std::string_view sql_table) {
  const std::array params{text_value(sql_table)};
  std::vector<PostgresColumn> columns;
  for (const Row& row : query(kWriterColumns, params)) {
    columns.push_back({*row[0], *row[1], *row[2], row[3] == "t", row[4] == "t", row[5] == "t", row[6] == "t",
                       *row[8], std::stoul(*row[7])});
  }
  return columns;
}

std::vector<PostgresColumn> PostgresDatabase::plain_columns(std::string_view sql_table) {
  const std::array params{text_value(sql_table)};
  std::vector<PostgresColumn> columns;
  for (const Row& row : query(kPlainColumns, params)) {
    if (row[5] != "t") return writer_columns(sql_table);
    PostgresColumn& column = columns.emplace_back();
    column.name = *row[0];
    column.type = column.cast = *row[1];
    column.not_null = row[2] == "t";
    column.has_default = row[3] == "t";
    column.always_identity = row[4] == "t";
  }
  return columns;
}

std::vector<Column> PostgresDatabase::columns(std::string_view table) {
  std::vector<Column> columns;
  for (const PostgresColumn& column : writer_columns(sql_name(table).value_or(std::string(table)))) {
    columns.push_back({column.name, column.type, column.not_null, column.has_default});
  }
  return columns;
}

std::vector<std::pair<std::string, std::string>> PostgresDatabase::foreign_keys() {
  std::vector<std::pair<std::string, std::string>> keys;
  for (const Row& row : query("SELECT DISTINCT coalesce(pg_partition_root(conrelid), conrelid)::regclass::text, "
                             "coalesce(pg_partition_root(confrelid), confrelid)::regclass::text FROM pg_constraint WHERE contype = 'f'", {})) {
    keys.emplace_back(*row[0], *row[1]);
  }
  return keys;
}

void PostgresDatabase::defer_constraints() { connection_.run("SET CONSTRAINTS ALL DEFERRED"); }

std::map<std::string, std::string> PostgresDatabase::table_shapes() {
  std::map<std::string, std::string> shapes;
  // TRUNCATE and rewriting ALTERs give a table another file, other ALTERs another number of columns.
  for (const Row& row : query(
           "SELECT c.oid::regclass::text, c.oid || ' ' || c.relfilenode || ' ' || c.relnatts FROM pg_class c "
           "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
           "AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'", {})) {
    shapes[*row[0]] = *row[1];
  }
  return shapes;
}

void PostgresDatabase::check_unique_key(const WriterSpec& spec) {
  const std::array params{text_value(spec.sql_table)};
  const std::vector<Row> rows = query(
      "SELECT x.relname, a.attname, a.attnotnull, "
      "CASE WHEN NOT i.indisvalid THEN 'is not valid, since making it failed' "
      "WHEN NOT i.indimmediate THEN 'belongs to a constraint that is deferrable' WHEN i.indpred IS NOT NULL THEN 'covers only some rows' END "
      "FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid "
      "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) "
      "WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indexprs IS NULL", params);
  std::map<std::string, std::set<std::string>> indexes, unfit;
  std::map<std::string, std::string> faults;
  std::set<std::string> nullable;
  for (const Row& row : rows) {
    (row[3] ? unfit : indexes)[*row[0]].insert(*row[1]);
    if (row[3]) faults[*row[0]] = *row[3];
    else if (row[2] == "f") nullable.insert(*row[1]);
  }
  const std::set<std::string> key(spec.key.begin(), spec.key.end());
  const auto is_over_key = [&](const auto& index) { return index.second == key; };
  if (std::ranges::none_of(indexes, is_over_key)) {
    const std::vector<Row> table = query("SELECT FROM pg_class WHERE oid = $1::regclass AND relkind IN ('r', 'p')", params);
    if (table.empty()) throw_not_a_table(spec);
    const auto other = std::ranges::find_if(unfit, is_over_key);
    throw_no_unique_index(spec, other == unfit.end() ? "" : fmt::format("Index \"{}\" will not do: it {}.", other->first, faults[other->first]));
  }
  for (const std::string& column : spec.key) {
    if (nullable.contains(column)) throw_nullable_key(spec, column, Engine::postgres);
  }
}

/// True if a trigger may yet fill a column that an INSERT leaves out.
bool PostgresDatabase::has_insert_trigger(std::string_view sql_table) {
  const std::array params{text_value(sql_table)};
  constexpr const char* kRowBeforeInsert = "7";  // TRIGGER_TYPE_ROW | _BEFORE | _INSERT
  return !query(fmt::format("SELECT FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal AND tgenabled <> 'D' "
                            "AND tgtype & {0} = {0}", kRowBeforeInsert), params).empty();
}

bool PostgresDatabase::is_distributed(std::string_view sql_table) {
  if (query("SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL", {})[0][0] != "t") return false;
  const std::array params{text_value(sql_table)};
  return !query("SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid = $1::regclass", params).empty();
}

std::map<std::string, TableCounts> PostgresDatabase::counts_now() {
  std::map<std::string, TableCounts> counts;
  for (const Row& row : query(
           // What pg_stat_xact_user_tables is made of, which takes longer to plan.  A materialized view
           // refreshed concurrently would show what its refresh wrote.
           "SELECT coalesce(pg_partition_root(oid), oid)::regclass::text, sum(inserted)::bigint, sum(updated)::bigint, "
           "sum(deleted)::bigint FROM (SELECT oid, pg_stat_get_xact_tuples_inserted(oid) AS inserted, "
           "pg_stat_get_xact_tuples_updated(oid) AS updated, pg_stat_get_xact_tuples_deleted(oid) AS deleted FROM pg_class "
           "WHERE relkind = 'r' AND relpersistence <> 't' AND oid >= 16384 OFFSET 0) AS counted "
           "WHERE inserted + updated + deleted > 0 GROUP BY 1", {})) {
    counts[*row[0]] = {*row[0], std::stoll(*row[1]), std::stoll(*row[2]), std::stoll(*row[3])};
  }
  return counts;
}

void PostgresDatabase::require_counting() {
  if (query("SHOW track_counts", {})[0][0] == "on") return;
  throw Error(ExitCode::failed, "the server does not count changed rows: track_counts is off")
      .hint("Set track_counts = on (the server's default), for the server or for this role.");
}

void PostgresDatabase::start_counting() {
  require_counting();
  // The view also holds what earlier transactions of the session have not reported yet.
  counted_ = counts_now();
}

std::vector<TableCounts> PostgresDatabase::changes() {
  require_counting();  // SQL that was run may have switched it off
  std::vector<TableCounts> changed;
  for (auto& [table, now] : counts_now()) {
    TableCounts before = counted_.contains(table) ? counted_[table] : TableCounts{table};
    // TRUNCATE begins the counts anew.
    if (now.inserted < before.inserted || now.updated < before.updated || now.deleted < before.deleted) before = {table};
    TableCounts difference{table, now.inserted - before.inserted, now.updated - before.updated,
                           now.deleted - before.deleted};
    if (difference != TableCounts{table}) changed.push_back(std::move(difference));
  }
  return changed;
}

}  // namespace seedbed::host
