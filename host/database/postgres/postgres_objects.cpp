// What is the user's own in PostgreSQL's catalog: what reset drops, and what it must not touch.

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/postgres/postgres_database.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

/// Schemas that a platform keeps for itself: Supabase's, and those of extensions that fill one.
constexpr std::array kPlatformSchemas{
    "auth", "storage", "realtime", "_realtime", "vault", "extensions", "graphql", "graphql_public", "pgsodium",
    "pgsodium_masks", "pgbouncer", "cron", "net", "supabase_functions", "supabase_migrations", "_analytics", "_supavisor",
    "pgmq", "tiger", "tiger_data", "topology", "citus", "citus_internal", "columnar", "columnar_internal"};

/// Extensions that a database does not survive.
constexpr std::array kKeptExtensions{"plpgsql", "citus", "citus_columnar"};

// Whose objects are ours: the role's own, and those of the roles it belongs to, as a file's SET ROLE
// makes them.  $1: schemas besides the search path; $2: those that are never ours.
constexpr const char* kScope = R"(
    WITH RECURSIVE roles(oid) AS (
      SELECT oid FROM pg_roles WHERE rolname = current_user
      UNION
      SELECT m.roleid FROM pg_auth_members m JOIN roles r ON m.member = r.oid
    ), schemas(oid, name) AS (
      SELECT n.oid, n.nspname FROM pg_namespace n
      WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT IN ('information_schema', 'seedbed')
        AND (n.nspname = ANY ($1::text[])
             OR n.nspname = ANY (current_schemas(false)) AND n.nspname <> ALL ($2::text[]))
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
    ), everything(classid, oid, kind, rank, schema, owner) AS (
      SELECT 'pg_class'::regclass, c.oid,
             CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
                            WHEN 'S' THEN 'sequence' ELSE 'table' END,
             CASE c.relkind WHEN 'v' THEN 1 WHEN 'm' THEN 2 WHEN 'f' THEN 4 WHEN 'S' THEN 5 ELSE 3 END,
             c.relnamespace, c.relowner
      FROM pg_class c
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT c.relispartition
        AND NOT (c.relkind = 'S' AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                               AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'))
      UNION ALL
      SELECT 'pg_proc'::regclass, oid, CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
             6, pronamespace, proowner FROM pg_proc
      UNION ALL
      SELECT 'pg_opclass'::regclass, oid, 'operator class', 7, opcnamespace, opcowner FROM pg_opclass
      UNION ALL
      SELECT 'pg_opfamily'::regclass, oid, 'operator family', 8, opfnamespace, opfowner FROM pg_opfamily
      UNION ALL
      SELECT 'pg_operator'::regclass, oid, 'operator', 9, oprnamespace, oprowner FROM pg_operator
      UNION ALL
      SELECT 'pg_type'::regclass, t.oid, CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, 10, t.typnamespace, t.typowner
      FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE c.oid IS NULL AND t.typtype IN ('b', 'd', 'e', 'p', 'r') OR c.relkind = 'c'
      UNION ALL
      SELECT 'pg_collation'::regclass, oid, 'collation', 11, collnamespace, collowner FROM pg_collation
      UNION ALL
      SELECT 'pg_conversion'::regclass, oid, 'conversion', 11, connamespace, conowner FROM pg_conversion
      UNION ALL
      SELECT 'pg_ts_config'::regclass, oid, 'text search configuration', 12, cfgnamespace, cfgowner FROM pg_ts_config
      UNION ALL
      SELECT 'pg_ts_dict'::regclass, oid, 'text search dictionary', 13, dictnamespace, dictowner FROM pg_ts_dict
    ), objects AS (  -- a partitioned table depends on its own key
      SELECT e.*, s.oid IS NOT NULL AND e.owner IN (SELECT oid FROM roles) AS ours, s.oid IS NOT NULL AS near
      FROM everything e LEFT JOIN schemas s ON s.oid = e.schema
      WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = e.classid AND d.objid = e.oid AND d.deptype IN ('e', 'i')
                        AND (d.refclassid, d.refobjid) <> (d.classid, d.objid))
    ) )";

// $3, $4, $5: kinds, names and tables of what applied files made outside the schemas above.
constexpr const char* kElsewhere = R"(
    SELECT DISTINCT w.kind, w.name, w.of FROM unnest($3::text[], $4::text[], $5::text[]) AS w(kind, name, of)
    WHERE CASE w.kind
      WHEN 'policy' THEN EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE p.polname = w.name AND c.oid = to_regclass(w.of)
          AND NOT EXISTS (SELECT FROM objects o WHERE o.classid = 'pg_class'::regclass AND o.oid = c.oid AND o.ours))
      WHEN 'trigger' THEN EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE t.tgname = w.name AND c.oid = to_regclass(w.of) AND NOT t.tgisinternal
          AND NOT EXISTS (SELECT FROM objects o WHERE o.classid = 'pg_class'::regclass AND o.oid = c.oid AND o.ours))
      WHEN 'publication' THEN EXISTS (SELECT FROM pg_publication WHERE pubname = w.name AND pubowner IN (SELECT oid FROM roles))
      WHEN 'event trigger' THEN EXISTS (SELECT FROM pg_event_trigger WHERE evtname = w.name AND evtowner IN (SELECT oid FROM roles))
      WHEN 'server' THEN EXISTS (SELECT FROM pg_foreign_server WHERE srvname = w.name AND srvowner IN (SELECT oid FROM roles))
      WHEN 'foreign data wrapper' THEN EXISTS (SELECT FROM pg_foreign_data_wrapper WHERE fdwname = w.name AND fdwowner IN (SELECT oid FROM roles))
      WHEN 'extension' THEN EXISTS (SELECT FROM pg_extension WHERE extname = w.name AND extowner IN (SELECT oid FROM roles))
      WHEN 'schema' THEN EXISTS (SELECT FROM pg_namespace n JOIN schemas USING (oid) WHERE n.nspname = w.name AND n.nspname <> 'public' AND n.nspowner IN (SELECT oid FROM roles))
    END ORDER BY 1, 2, 3)";

/// In this order, after what lies in schemas.
constexpr std::array kElsewhereKinds{"policy", "trigger", "publication", "event trigger", "server", "foreign data wrapper",
                                     "extension", "schema"};

bool is_one_of(std::span<const char* const> names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

/// An array, as its text form is read.
std::string array_text(std::span<const std::string> elements) {
  std::string text = "{";
  for (const std::string& element : elements) {
    text += text.size() > 1 ? ",\"" : "\"";
    for (const char letter : element) {
      if (letter == '"' || letter == '\\') text += '\\';
      text += letter;
    }
    text += '"';
  }
  return text + "}";
}

/// The schemas that the files made.  A platform's schema stays, unless its CREATE would have failed
/// had the platform made it.
std::vector<std::string> made_schemas(std::span<const sql::Created> made) {
  std::vector<std::string> names;
  for (const sql::Created& each : made) {
    if (each.kind != "schema" || (is_one_of(kPlatformSchemas, each.name) && each.if_not_exists)) continue;
    names.push_back(each.name);
  }
  return names;
}

std::string drop_statement(const CatalogObject& object) {
  const bool routine = object.kind == "function" || object.kind == "procedure" || object.kind == "aggregate";
  return fmt::format("DROP {} IF EXISTS {} CASCADE", routine ? "ROUTINE" : object.kind, object.name);
}

}  // namespace

std::vector<std::string> PostgresDatabase::user_tables() {
  const std::string platform = array_text(std::vector<std::string>(kPlatformSchemas.begin(), kPlatformSchemas.end()));
  const std::array params{text_value(platform)};
  // Mostly there is none, which is found out much faster.
  if (query("SELECT FROM pg_class WHERE relkind IN ('r', 'p', 'f') AND relnamespace IN (SELECT oid FROM pg_namespace "
            "WHERE nspname = ANY (current_schemas(false)) AND nspname <> 'seedbed' AND nspname <> ALL ($1::text[])) LIMIT 1", params).empty()) {
    return {};
  }
  std::vector<std::string> tables;
  for (const Row& row : query(
           "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
           "WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname = ANY (current_schemas(false)) AND n.nspname <> 'seedbed' "
           "AND n.nspname <> ALL ($1::text[]) "
           "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') "
           "ORDER BY 1", params)) {
    tables.push_back(*row[0]);
  }
  return tables;
}

OwnObjects PostgresDatabase::own_objects(std::span<const sql::Created> made) {
  const std::string schemas = array_text(made_schemas(made));
  const std::string platform = array_text(std::vector<std::string>(kPlatformSchemas.begin(), kPlatformSchemas.end()));
  const std::array scope{text_value(schemas), text_value(platform)};
  OwnObjects found;
  for (const Row& row : query(std::string(kScope) + "SELECT o.kind, i.identity, o.ours FROM objects o, "
                              "LATERAL pg_identify_object(o.classid, o.oid, 0) i WHERE o.near ORDER BY o.rank, 2", scope)) {
    (row[2] == "t" ? found.own : found.others).push_back({*row[0], *row[1]});
  }
  std::vector<std::string> kinds, names, tables;
  for (const sql::Created& each : made) {
    // One that may have been there before the files stays.
    if (each.kind == "extension" && (each.if_not_exists || is_one_of(kKeptExtensions, each.name))) continue;
    if (each.kind == "schema" && is_one_of(kPlatformSchemas, each.name) && each.if_not_exists) continue;
    kinds.push_back(each.kind);
    names.push_back(each.name);
    tables.push_back(each.table.empty()       ? ""
                     : each.table.size() == 1 ? quoted_name(each.table[0])
                                              : quoted_name(each.table[0]) + "." + quoted_name(each.table[1]));
  }
  if (kinds.empty()) return found;
  const std::string kind_array = array_text(kinds), name_array = array_text(names), table_array = array_text(tables);
  const std::array params{scope[0], scope[1], text_value(kind_array), text_value(name_array), text_value(table_array)};
  const std::vector<Row> elsewhere = query(std::string(kScope) + kElsewhere, params);
  for (const char* kind : kElsewhereKinds) {
    for (const Row& row : elsewhere) {
      if (row[0] != kind) continue;
      const std::string name = quoted_name(*row[1]);
      found.own.push_back({kind, row[2]->empty() ? name : fmt::format("{} ON {}", name, *row[2])});
    }
  }
  return found;
}

/// What is not ours, as sentences would name it.
std::vector<std::string> PostgresDatabase::bystanders(std::span<const sql::Created> made) {
  const std::string schemas = array_text(made_schemas(made));
  const std::string platform = array_text(std::vector<std::string>(kPlatformSchemas.begin(), kPlatformSchemas.end()));
  const std::array scope{text_value(schemas), text_value(platform)};
  std::vector<std::string> names;
  for (const Row& row : query(std::string(kScope) +
           "SELECT i.type || ' ' || i.identity FROM ("
           "SELECT o.classid, o.oid FROM objects o JOIN pg_namespace n ON n.oid = o.schema WHERE NOT o.ours "
           "AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'seedbed') "
           "UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k JOIN objects o "
           "ON o.classid = 'pg_class'::regclass AND o.oid = k.conrelid WHERE k.contype = 'f' AND NOT o.ours "
           "UNION ALL SELECT 'pg_extension'::regclass, oid FROM pg_extension) x, "
           "LATERAL pg_identify_object(x.classid, x.oid, 0) i ORDER BY 1", scope)) {
    names.push_back(*row[0]);
  }
  return names;
}

std::vector<CatalogObject> PostgresDatabase::drop_objects(std::span<const CatalogObject> objects, std::span<const sql::Created> made) {
  const std::vector<std::string> before = bystanders(made);
  execute("SET LOCAL client_min_messages = warning", {});  // of each that a cascade has taken
  std::vector<CatalogObject> kept;
  std::set<std::string> dropped;
  for (const CatalogObject& object : objects) {
    if (object.kind != "schema" && object.kind != "extension") {
      execute(drop_statement(object), {});
      continue;
    }
    // Somebody else's objects may lie in it, or need it.
    execute("SAVEPOINT seedbed_drop", {});
    try {
      execute(fmt::format("DROP {} IF EXISTS {}", object.kind, object.name), {});
      dropped.insert(object.kind + " " + object.name);
    } catch (const Error& error) {
      if (error.sqlstate() != "2BP01") throw;
      execute("ROLLBACK TO SAVEPOINT seedbed_drop", {});
      kept.push_back(object);
    }
    execute("RELEASE SAVEPOINT seedbed_drop", {});
  }
  const std::vector<std::string> after = bystanders(made);
  const std::set<std::string> there(after.begin(), after.end());
  std::vector<std::string> lost;
  for (const std::string& name : before) {
    const bool meant = dropped.contains(name) || (name.starts_with("extension ") && dropped.contains("extension " + quoted_name(name.substr(10))));
    if (!there.contains(name) && !meant) lost.push_back(name);
  }
  if (lost.empty()) return kept;
  throw Error(ExitCode::refused, "dropping everything would also drop what is somebody else's")
      .detail(fmt::format("It depends on what would be dropped: {}. Nothing was changed.", fmt::join(lost, ", ")))
      .hint("Drop it yourself first, or cut what makes it depend.");
}

}  // namespace seedbed::host
