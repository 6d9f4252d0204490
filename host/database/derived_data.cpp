#include "database/derived_data.hpp"

#include <array>
#include <map>

#include <fmt/format.h>

#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

// Columns of $1 (an array of names) and their partitions' roots that a sequence fills: through
// nextval() in the default, or as the sequence of an identity.
constexpr const char* kSequences = R"(
    WITH written AS (SELECT to_regclass(name)::oid AS oid FROM unnest($1::text[]) AS name),
    filled AS (
      SELECT d.refobjid AS seq, a.adrelid AS tab, a.adnum AS num
      FROM pg_attrdef a JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid
        AND d.refclassid = 'pg_class'::regclass
      WHERE pg_get_expr(a.adbin, a.adrelid) ~ '^nextval\('
      UNION
      SELECT d.objid, d.refobjid, d.refobjsubid FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i' AND d.refobjsubid > 0
    )
    SELECT s.oid::regclass::text, f.tab::regclass::text, quote_ident(c.attname), q.seqincrement < 0, q.seqmin, q.seqmax,
           has_sequence_privilege(s.oid, 'UPDATE') AND has_sequence_privilege(s.oid, 'SELECT')
    FROM filled f JOIN written w ON w.oid = f.tab JOIN pg_class s ON s.oid = f.seq AND s.relkind = 'S'
    JOIN pg_sequence q ON q.seqrelid = s.oid
    JOIN pg_attribute c ON c.attrelid = f.tab AND c.attnum = f.num AND NOT c.attisdropped
      AND c.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    ORDER BY 1, 2, 3)";

// Views of both kinds with all that they read, directly and through other views.
constexpr const char* kViews = R"(
    WITH RECURSIVE reads AS (
      SELECT DISTINCT r.ev_class AS view, d.refobjid AS relation
      FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
      JOIN pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')
    ), closure AS (
      SELECT view, relation FROM reads
      UNION
      SELECT c.view, r.relation FROM closure c JOIN reads r ON r.view = c.relation
    ), written AS (
      SELECT to_regclass(name)::oid AS oid FROM unnest($1::text[]) AS name
    )
    SELECT m.oid::regclass::text, m.relispopulated, {},
           EXISTS (SELECT FROM closure c JOIN written w ON coalesce(pg_partition_root(c.relation), c.relation) = w.oid WHERE c.view = m.oid),
           m.relispopulated AND has_database_privilege(current_database(), 'TEMP') AND EXISTS (
             SELECT FROM pg_index i WHERE i.indrelid = m.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
               AND i.indpred IS NULL AND i.indexprs IS NULL)
    FROM pg_class m JOIN pg_namespace n ON n.oid = m.relnamespace
    WHERE m.relkind = 'm' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = m.oid AND d.deptype = 'e')
    ORDER BY (SELECT count(*) FROM closure c JOIN pg_class r ON r.oid = c.relation AND r.relkind = 'm' WHERE c.view = m.oid), 1)";

/// An array as PostgreSQL reads it.
std::string array_text(const std::vector<std::string>& elements) {
  std::string text = "{";
  for (const std::string& element : elements) {
    text += text.size() > 1 ? ",\"" : "\"";
    for (const char c : element) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

}  // namespace

std::vector<MovedSequence> move_sequences(Database& database, const std::vector<std::string>& tables,
                                          std::vector<std::string>& notices) {
  std::vector<MovedSequence> moved;
  if (database.engine() == Engine::sqlite || tables.empty()) return moved;
  const std::string names = array_text(tables);
  const std::array params{text_value(names)};
  for (const Row& row : database.query(kSequences, params)) {
    const std::string& sequence = *row[0];
    const bool falls = row[3] == "t";
    if (row[6] != "t") {
      notices.push_back(fmt::format("Sequence {} may be behind {}: this role may not move it.", sequence, *row[1]));
      continue;
    }
    // Compared and moved in one statement, so that others who draw from it meanwhile have next to no time to.
    const std::array name{text_value(sequence)};
    const std::vector<Row> done = database.query(fmt::format(
        "SELECT setval($1::regclass, edge) FROM (SELECT {0}({1})::bigint AS edge FROM {2}) AS held, {3} AS s "
        "WHERE edge BETWEEN {4} AND {5} AND (edge {6} s.last_value OR edge = s.last_value AND NOT s.is_called)",
        falls ? "min" : "max", *row[2], *row[1], sequence, *row[4], *row[5], falls ? "<" : ">"), name);
    if (!done.empty()) moved.push_back({sequence, std::stoll(*done[0][0])});
  }
  return moved;
}

std::vector<MaterializedView> materialized_views(Database& database, const std::vector<std::string>& tables) {
  std::vector<MaterializedView> views;
  if (database.engine() == Engine::sqlite) return views;
  const bool has_maintain = std::stoi(*database.query("SHOW server_version_num")[0][0]) >= 170000;
  const std::string may_refresh = has_maintain ? "has_table_privilege(m.oid, 'MAINTAIN')" : "pg_has_role(m.relowner, 'USAGE')";
  const std::string names = array_text(tables);
  const std::array params{text_value(names)};
  for (const Row& row : database.query(fmt::format(kViews, may_refresh), params)) {
    views.push_back({*row[0], row[3] == "t", row[1] == "t", row[2] == "t", row[4] == "t"});
  }
  return views;
}

}  // namespace seedbed::host
