// What PostgreSQL's catalog and statistics say about tables.

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/postgres/postgres_database.hpp"
#include "database/postgres/postgres_value.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

/// True if SQL can read `table` as a name.
bool is_sql_name(std::string_view table) {
  bool quoted = false, dotted = false;
  std::size_t length = 0;  // of a part
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = table[i];
    if (quoted && c == '"' && i + 1 < table.size() && table[i + 1] == '"') ++length, ++i;
    else if (quoted && c == '"') {
      if (length == 0 || (i + 1 < table.size() && table[i + 1] != '.')) return false;
      quoted = false;
    } else if (quoted) ++length;
    else if (c == '"') {
      if (length != 0) return false;
      quoted = true;
    } else if (c == '.') {
      if (dotted || length == 0) return false;
      dotted = true;
      length = 0;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) return false;
    else ++length;
  }
  return !quoted && length != 0;
}

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

// Three short queries are planned faster than one that joins them, which is what counts in a new
// session.  The last has the indexes that ON CONFLICT could use but for what it tells of them.
constexpr const char* kTable =
    "SELECT oid::regclass::text, oid, relkind, relhassubclass, pg_relation_size(oid), "
    "to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL, coalesce(pg_partition_root(oid), oid)::regclass::text "
    "FROM pg_class WHERE oid = ";
constexpr const char* kTableColumns =
    "SELECT attnum, attname, format_type(atttypid, CASE WHEN atttypid IN (1042, 1043) THEN -1 ELSE atttypmod END), attnotnull, "
    "atthasdef OR attidentity <> '', attidentity = 'a', atttypid, attcollation FROM pg_attribute "
    "WHERE attnum > 0 AND NOT attisdropped AND attrelid = ";
constexpr const char* kTableIndexes =
    "SELECT indexrelid, indnkeyatts, indkey, indisvalid, indimmediate, indpred IS NULL FROM pg_index "
    "WHERE indisunique AND indexprs IS NULL AND indrelid = ";

/// True for a type that is built in and equal to nothing but itself, and a collation that tells all texts
/// apart; their numbers are fixed.
bool is_plain(const std::string& type, const std::string& collation) {
  constexpr std::array kTypes{"16", "17", "20", "21", "23", "25", "700", "701", "1042", "1043", "1082", "1083", "1114", "1184", "1186", "1266",
                              "1700", "2950", "3802"};
  constexpr std::array kCollations{"0", "100", "950", "951"};
  return std::ranges::find(kTypes, type) != kTypes.end() && std::ranges::find(kCollations, collation) != kCollations.end();
}

/// True for a built-in type whose equal values are the same text.
bool is_written_one_way(const std::string& type) {
  constexpr std::array kTypes{"16", "20", "21", "23", "25", "1042", "1043", "2950"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

/// SQL: the number of the table that the user calls `table`, or NULL.
///
/// Users write table names as they write SQL: unquoted parts in lower case, or exactly as created, a dot in
/// a name included.  All are tried, the exact spelling first; the last only where it is a name in SQL, since
/// to_regclass() throws for what is none.
std::string find_table_sql(const PostgresConnection& connection, std::string_view table) {
  std::string names;
  const auto try_name = [&](const std::string& name) {
    names += fmt::format("{}to_regclass({})", names.empty() ? "" : ", ", connection.literal(*checked_text(text_value(name))));
  };
  try_name(quoted_table(table));
  if (table.find('.') != table.npos) try_name(quoted_name(table));
  if (is_sql_name(table)) try_name(std::string(table));
  return fmt::format("coalesce({}, NULL)", names);
}

/// The number of the database, for which the server names the folder of its catalogs: the last but one in
/// `path`.  pg_database tells it as well, but takes four times as long to ask in a new session.
std::string folder_in(std::string_view path) {
  path = path.substr(0, path.rfind('/'));
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

std::string PostgresDatabase::canonical_table(std::string_view table) {
  const std::vector<Row> rows = query(fmt::format("SELECT coalesce(pg_partition_root(oid), oid)::regclass::text FROM pg_class WHERE oid = {}",
                                                  find_table_sql(connection_, table)), {});
  return rows.empty() ? std::string(table) : *rows[0][0];
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
  return query(fmt::format("SELECT {}::text", find_table_sql(connection_, table)), {})[0][0];
}

DatabaseFacts PostgresDatabase::identify(std::string_view table) {
  const std::array params{text_value(table)};
  const auto ask = [&](const char* system, const char* path) {
    const Row row = query(fmt::format("SELECT current_database(), {}, {}, to_regclass($1) IS NOT NULL", system, path), params)[0];
    return DatabaseFacts{*row[0], row[1].value_or(""), folder_in(row[2].value_or("")), row[3] == "t"};
  };
  try {
    return ask("(pg_control_system()).system_identifier", "pg_relation_filepath('pg_class'::regclass)");
  } catch (const Error& error) {
    // A provider may have taken the right away, or a function.
    if (error.sqlstate() != "42501" && error.sqlstate() != "42883") throw;
    return ask("NULL::text", "(SELECT '/' || oid || '/' FROM pg_database WHERE datname = current_database())");
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

std::optional<PostgresTable> PostgresDatabase::find_table(std::string_view name) {
  const std::string found = find_table_sql(connection_, name);
  const std::vector<PgResult> answers =
      connection_.run_each(fmt::format("{}{}; {}{} ORDER BY attnum; {}{}", kTable, found, kTableColumns, found, kTableIndexes, found));
  const std::vector<Row> tables = rows_of(answers.at(0).get());
  if (tables.empty()) return std::nullopt;
  const Row& about = tables.front();
  PostgresTable table;
  table.name = *about[0];
  table.root = *about[6];
  table.is_table = about[2] == "r" || about[2] == "p";
  table.has_heirs = about[2] == "r" && about[3] == "t";
  table.is_distributed = about[5] == "t" && !query(fmt::format("SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid = {}", *about[1]), {}).empty();
  table.is_new = about[2] == "r" && about[4] == "0" && !table.has_heirs && !table.is_distributed;
  std::map<std::string, std::string> names;
  for (const Row& row : rows_of(answers.at(1).get())) {
    names[*row[0]] = *row[1];
    PostgresColumn& column = table.columns.emplace_back();
    column.name = *row[1];
    column.type = column.cast = *row[2];
    column.not_null = row[3] == "t";
    column.has_default = row[4] == "t";
    column.always_identity = row[5] == "t";
    table.columns_are_plain = table.columns_are_plain && is_plain(*row[6], *row[7]);
    if (is_written_one_way(*row[6])) column.canonical = "?::text";
  }
  for (const Row& row : rows_of(answers.at(2).get())) {
    UniqueIndex& index = table.indexes.emplace_back();
    index.number = *row[0];
    std::istringstream numbers(*row[2]);
    std::string number;
    for (int i = 0; i < std::stoi(*row[1]) && numbers >> number; ++i) index.columns.insert(names.at(number));
    if (row[3] != "t") index.fault = "is not valid, since making it failed";
    else if (row[4] != "t") index.fault = "belongs to a constraint that is deferrable";
    else if (row[5] != "t") index.fault = "covers only some rows";
  }
  return table;
}

void PostgresDatabase::check_unique_key(const WriterSpec& spec, const PostgresTable& table) {
  const std::set<std::string> key(spec.key.begin(), spec.key.end());
  const auto over_key = [&](bool fit) {
    return std::ranges::find_if(table.indexes, [&](const UniqueIndex& index) { return index.columns == key && index.fault.empty() == fit; });
  };
  if (over_key(true) == table.indexes.end()) {
    if (!table.is_table) throw_not_a_table(spec);
    const auto other = over_key(false);
    if (other == table.indexes.end()) throw_no_unique_index(spec, "");
    const std::string name = *query(fmt::format("SELECT relname FROM pg_class WHERE oid = {}", other->number), {})[0][0];
    throw_no_unique_index(spec, fmt::format("Index \"{}\" will not do: it {}.", name, other->fault));
  }
  for (const PostgresColumn& column : table.columns) {
    if (key.contains(column.name) && !column.not_null) throw_nullable_key(spec, column.name, Engine::postgres);
  }
}

/// True if a trigger may yet fill a column that an INSERT leaves out.
bool PostgresDatabase::has_insert_trigger(std::string_view sql_table) {
  const std::array params{text_value(sql_table)};
  constexpr const char* kRowBeforeInsert = "7";  // TRIGGER_TYPE_ROW | _BEFORE | _INSERT
  return !query(fmt::format("SELECT FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal AND tgenabled <> 'D' "
                            "AND tgtype & {0} = {0}", kRowBeforeInsert), params).empty();
}

namespace {

// What pg_stat_xact_user_tables is made of, which takes longer to plan.  A materialized view refreshed
// concurrently would show what its refresh wrote.
constexpr const char* kCounting[] = {
    "SHOW track_counts",
    "SELECT coalesce(pg_partition_root(oid), oid)::regclass::text, inserted, updated, deleted "
    "FROM (SELECT oid, pg_stat_get_xact_tuples_inserted(oid) AS inserted, pg_stat_get_xact_tuples_updated(oid) AS updated, "
    "pg_stat_get_xact_tuples_deleted(oid) AS deleted FROM pg_class WHERE relkind = 'r' AND relpersistence <> 't' "
    "AND oid >= 16384 OFFSET 0) AS counted WHERE inserted + updated + deleted > 0"};

/// The results of kCounting.
std::map<std::string, TableCounts> counts_in(std::span<const PgResult> answers) {
  if (rows_of(answers[0].get())[0][0] != "on") {
    throw Error(ExitCode::failed, "the server does not count changed rows: track_counts is off")
        .hint("Set track_counts = on (the server's default), for the server or for this role.");
  }
  std::map<std::string, TableCounts> counts;
  for (const Row& row : rows_of(answers[1].get())) {  // partitions one by one
    TableCounts& table = counts.try_emplace(*row[0], TableCounts{*row[0]}).first->second;
    table.inserted += std::stoll(*row[1]);
    table.updated += std::stoll(*row[2]);
    table.deleted += std::stoll(*row[3]);
  }
  return counts;
}

}  // namespace

void PostgresDatabase::start_counting() {
  counting_ = true;
  // It also holds what earlier transactions of the session have not reported yet.
  connection_.run_ahead_of_next({std::begin(kCounting), std::end(kCounting)},
                                [this](std::span<const PgResult> answers) { counted_ = counts_in(answers); });
}

bool PostgresDatabase::counts_are_complete(std::string_view table) {
  if (!facts().citus) return true;
  const std::array params{text_value(table)};
  return query("SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid = to_regclass($1)", params).empty();
}

std::vector<TableCounts> PostgresDatabase::changes() {
  counting_ = false;
  std::vector<TableCounts> changed;
  for (auto& [table, now] : counts_in(connection_.run_each(fmt::format("{}", fmt::join(kCounting, "; "))))) {
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
