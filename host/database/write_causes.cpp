#include "database/write_causes.hpp"

#include <algorithm>
#include <array>
#include <regex>

#include <fmt/format.h>

#include "database/postgres/row_numbers.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

/// "name" of "schema.name", without quotes.
std::string last_part(const std::string& table) {
  std::string name = table.ends_with('"') ? table.substr(table.find_last_of('.') + 1) : table.substr(table.rfind('.') + 1);
  std::erase(name, '"');
  return name;
}

/// True if `text` has `word` standing alone, in any case.
bool mentions(const std::string& text, const std::string& word) {
  const auto lower = [](unsigned char c) { return static_cast<char>(std::tolower(c)); };
  std::string haystack(text), needle(word);
  std::ranges::transform(haystack, haystack.begin(), lower);
  std::ranges::transform(needle, needle.begin(), lower);
  const auto joins = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (auto at = haystack.find(needle); at != haystack.npos; at = haystack.find(needle, at + 1)) {
    const auto end = at + needle.size();
    if ((at == 0 || !joins(haystack[at - 1])) && (end == haystack.size() || !joins(haystack[end]))) return true;
  }
  return false;
}

// Triggers of tables with the source of what they call, and foreign keys that write.
constexpr const char* kPostgresCauses = R"(
    SELECT coalesce(pg_partition_root(t.tgrelid), t.tgrelid)::regclass::text,
           format('trigger "%s" on %s', t.tgname, t.tgrelid::regclass), p.prosrc, NULL
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
    UNION ALL
    SELECT c.confrelid::regclass::text, format('foreign key "%s" of %s', c.conname, c.conrelid::regclass), '',
           coalesce(pg_partition_root(c.conrelid), c.conrelid)::regclass::text
    FROM pg_constraint c WHERE c.contype = 'f' AND (c.confdeltype IN ('c', 'n', 'd') OR c.confupdtype IN ('c', 'n', 'd'))
    ORDER BY 2)";

constexpr const char* kSqliteCauses = R"(
    SELECT tbl_name, 'trigger "' || name || '" on "' || tbl_name || '"', substr(sql, instr(upper(sql), 'BEGIN')), NULL
    FROM main.sqlite_schema WHERE type = 'trigger'
    UNION ALL
    SELECT f."table", 'foreign key of "' || s.name || '" to "' || f."table" || '"', '', s.name
    FROM main.sqlite_schema s JOIN pragma_foreign_key_list(s.name) f
    WHERE s.type = 'table' AND (f.on_delete NOT IN ('NO ACTION', 'RESTRICT') OR f.on_update NOT IN ('NO ACTION', 'RESTRICT'))
    ORDER BY 2)";

// Functions of the database's own with their source, whether they roll back what fails in them, and
// the tables that they are triggers of.
constexpr const char* kFunctions = R"(
    SELECT p.proname, p.prosrc, l.lanname <> 'plpgsql' OR p.prosrc ~* '\mexception\s+when\M', t.tgrelid::regclass::text
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('internal', 'c', 'sql')
    JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    LEFT JOIN (SELECT tgfoid, coalesce(pg_partition_root(tgrelid), tgrelid) AS tgrelid FROM pg_trigger WHERE NOT tgisinternal) t
      ON t.tgfoid = p.oid
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))";

bool has_exception_block(const std::string& sql) {
  static const std::regex kBlock("exception\\s+when", std::regex::icase);
  return std::regex_search(sql, kBlock);
}

}  // namespace

std::vector<std::string> causes_of_writes(Database& database, const std::string& table, const std::vector<std::string>& written) {
  const bool postgres = database.engine() == Engine::postgres;
  std::vector<std::string> causes;
  for (const Row& row : database.query(postgres ? kPostgresCauses : kSqliteCauses)) {
    const std::string from = row[0].value_or("");
    const bool by_foreign_key = row[3].has_value();
    const bool fits = by_foreign_key ? *row[3] == table : from != table && mentions(row[2].value_or(""), last_part(table));
    if (fits && std::ranges::find(written, from) != written.end()) causes.push_back(*row[1]);
  }
  return causes;
}

CountedPart::CountedPart(Database& database) : database_(database) {
  if (database_.engine() == Engine::sqlite) return;
  first_ = next_row_number(database_);
  database_.run_with_next("SAVEPOINT seedbed_seeder");
}

void CountedPart::close() {
  if (database_.engine() == Engine::postgres) database_.run_with_next("RELEASE SAVEPOINT seedbed_seeder");
}

std::vector<std::string> CountedPart::correct(std::vector<TableCounts>& changes, const std::string& source) {
  std::vector<std::string> doubtful;
  if (database_.engine() == Engine::sqlite || changes.empty() || !may_roll_back(changes, source)) return doubtful;
  for (TableCounts& change : changes) {
    const std::int64_t there = change.deleted == 0 ? rows_in_place(change.table) : -1;
    if (there == change.inserted + change.updated) continue;
    if (change.updated == 0 && change.deleted == 0) change.inserted = there;
    else doubtful.push_back(change.table);
  }
  std::erase_if(changes, [](const TableCounts& change) { return change == TableCounts{change.table}; });
  return doubtful;
}

bool CountedPart::may_roll_back(const std::vector<TableCounts>& changes, const std::string& source) {
  if (has_exception_block(source)) return true;
  std::vector<Row> functions = database_.query(kFunctions);
  if (std::ranges::none_of(functions, [](const Row& row) { return row[2] == "t"; })) return false;
  std::string reached = source;
  for (bool more = true; more;) {
    more = false;
    for (Row& function : functions) {
      if (!function[0]) continue;  // reached before
      const bool trigger = function[3] && std::ranges::find(changes, *function[3], &TableCounts::table) != changes.end();
      if (!trigger && !mentions(reached, *function[0])) continue;
      if (function[2] == "t") return true;
      reached += '\n' + function[1].value_or("");
      function[0].reset();
      more = true;
    }
  }
  return false;
}

/// Row versions of `table` that the part wrote and that are there.
std::int64_t CountedPart::rows_in_place(const std::string& table) {
  const std::string sql = fmt::format("SELECT count(*) FROM {} AS t WHERE {}", table, row_number_since(first_, "t.xmin", "in progress"));
  return std::stoll(*database_.query(sql)[0][0]);
}

}  // namespace seedbed::host
