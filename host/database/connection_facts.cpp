#include "database/connection_facts.hpp"

#include <array>
#include <memory>

#include <fmt/format.h>

#include "database/postgres/postgres_database.hpp"

namespace seedbed::host {

namespace {

using Clock = std::chrono::system_clock;
using std::chrono::milliseconds;

constexpr int kLooks = 3;

constexpr const char* kMissing = R"(
    WITH found AS (
      SELECT c.oid, n.oid AS schema, n.nspname, c.relname, string_to_array(w.rights, ',') AS rights
      FROM unnest(string_to_array($1, chr(10)), string_to_array($2, chr(10))) AS w(name, rights)
      JOIN pg_class c ON c.relname = regexp_replace(w.name, '^.*\.', '') AND c.relkind IN ('r', 'p', 'v', 'f')
      JOIN pg_namespace n ON n.oid = c.relnamespace
        AND CASE WHEN strpos(w.name, '.') > 0 THEN n.nspname = split_part(w.name, '.', 1) ELSE n.nspname = ANY (current_schemas(false)) END
    )
    SELECT format('GRANT USAGE ON SCHEMA %I TO %I;', nspname, current_user) FROM (SELECT DISTINCT schema, nspname FROM found) AS s
    WHERE NOT has_schema_privilege(schema, 'USAGE')
    UNION ALL
    SELECT format('GRANT %s ON %I.%I TO %I;', array_to_string(missing, ', '), nspname, relname, current_user)
    FROM (SELECT f.*, ARRAY(SELECT r FROM unnest(f.rights) AS r WHERE NOT has_table_privilege(f.oid, r)) AS missing FROM found f) AS g
    WHERE missing <> '{}')";

std::string backend(Database& database) { return *database.query("SELECT pg_backend_pid()")[0][0]; }

/// A pooler that gives two clients one server process does so between transactions.
Pooling pooling_of(Database& database, const DatabaseUrl& url) {
  if (!database.pooled()) return Pooling::none;
  try {
    const Transaction transaction(database, {});
  } catch (const Error&) {
    return Pooling::statement;
  }
  const std::unique_ptr<Database> other = connect(url, {});
  for (int look = 0; look < kLooks; ++look) {
    if (backend(database) == backend(*other)) return Pooling::transaction;
  }
  return Pooling::session;
}

milliseconds clock_ahead(Database& database) {
  const auto before = Clock::now();
  const double server = std::stod(*database.query("SELECT extract(epoch FROM clock_timestamp())")[0][0]);
  const auto after = Clock::now();
  const auto at = Clock::time_point(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(server)));
  if (at > after) return std::chrono::duration_cast<milliseconds>(at - after);
  if (at < before) return std::chrono::duration_cast<milliseconds>(at - before);
  return milliseconds(0);
}

}  // namespace

ConnectionFacts connection_facts(Database& database, const DatabaseUrl& url) {
  ConnectionFacts facts;
  if (database.engine() != Engine::postgres) return facts;
  const Row row = database.query("SELECT current_user, current_setting('is_superuser') = 'on'")[0];
  facts.role = row[0].value_or("");
  facts.superuser = row[1] == "t";
  // Only libpq knows of the way to a pooler.
  if (const auto* postgres = dynamic_cast<PostgresDatabase*>(&database)) facts.encryption = postgres->encryption();
  facts.pooling = pooling_of(database, url);
  if (facts.pooling == Pooling::statement) return facts;  // it has ended the connection
  facts.clock_ahead = clock_ahead(database);
  return facts;
}

std::vector<std::string> missing_grants(Database& database, const std::vector<NeededRight>& needed) {
  std::vector<std::string> grants;
  if (database.engine() != Engine::postgres || needed.empty()) return grants;
  std::string tables, rights;  // a line each
  for (const NeededRight& right : needed) {
    tables += (tables.empty() ? "" : "\n") + right.table;
    rights += (rights.empty() ? "" : "\n") + right.rights;
  }
  const std::array params{text_value(tables), text_value(rights)};
  for (const Row& row : database.query(kMissing, params)) grants.push_back(row[0].value_or(""));
  return grants;
}

bool can_create_in_schema(Database& database, const std::string& name) {
  if (database.engine() != Engine::postgres) return true;
  const std::array params{text_value(name)};
  const std::vector<Row> schema = database.query("SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1", params);
  if (!schema.empty()) return schema[0][0] == "t";
  return database.query("SELECT has_database_privilege(current_database(), 'CREATE')")[0][0] == "t";
}

// A policy that shows everything hides nothing, unless a restrictive one stands beside it.
std::vector<std::string> secured_tables(Database& database) {
  std::vector<std::string> tables;
  if (database.engine() != Engine::postgres) return tables;
  for (const Row& row : database.query(R"(
    SELECT c.oid::regclass::text FROM pg_class c
    WHERE c.relrowsecurity AND c.relkind IN ('r', 'p') AND row_security_active(c.oid)
      AND (NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('r', '*')
             AND pg_get_expr(p.polqual, p.polrelid) = 'true'
             AND (p.polroles = '{0}' OR EXISTS (SELECT FROM unnest(p.polroles) AS r(role) WHERE pg_has_role(r.role, 'USAGE'))))
           OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd IN ('r', '*')))
    ORDER BY 1)")) {
    tables.push_back(*row[0]);
  }
  return tables;
}

}  // namespace seedbed::host
