#include "ledger/other_history.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/writer_spec.hpp"
#include "ledger/supabase_history.hpp"
#include "nearest.hpp"

namespace seedbed::host {

namespace {

constexpr std::array kTools{
    std::pair{Tool::supabase, "supabase"}, std::pair{Tool::dbmate, "dbmate"},
    std::pair{Tool::goose, "goose"},       std::pair{Tool::golang_migrate, "golang-migrate"},
    std::pair{Tool::flyway, "flyway"},     std::pair{Tool::sqlx, "sqlx"},
};

using Columns = std::set<std::string>;

const Columns kDbmate{"version"};
const Columns kGolangMigrate{"version", "dirty"};
const Columns kGoose{"id", "version_id", "is_applied", "tstamp"};
const Columns kFlyway{"installed_rank", "version", "description", "type", "script", "checksum", "installed_on", "execution_time", "success"};
const Columns kSqlx{"version", "description", "installed_on", "success", "checksum", "execution_time"};

// schema_version is Flyway's name before 5.0.
constexpr const char* kSharedName = "schema_migrations";
constexpr const char* kRailsTable = "ar_internal_metadata";
constexpr const char* kNames = "'schema_migrations', 'goose_db_version', 'flyway_schema_history', 'schema_version', '_sqlx_migrations', "
                               "'ar_internal_metadata'";

/// A table of a familiar name.
struct Candidate {
  std::string schema;  ///< empty on SQLite
  std::string name;
  Columns columns;
  std::string shown, sql;
  bool in_search_path = true;
};

bool has_all(const Columns& columns, const Columns& wanted) { return std::ranges::includes(columns, wanted); }

std::optional<Tool> tool_of(const Columns& columns) {
  if (columns == kDbmate) return Tool::dbmate;
  if (columns == kGolangMigrate) return Tool::golang_migrate;
  if (has_all(columns, kGoose)) return Tool::goose;
  if (has_all(columns, kFlyway)) return Tool::flyway;
  if (has_all(columns, kSqlx)) return Tool::sqlx;
  return std::nullopt;
}

bool is_supabase(const Candidate& table) { return table.schema == "supabase_migrations" && table.columns.contains("version"); }

Columns words(const std::string& text) {
  Columns result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    result.insert(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

// The platform's own services keep such tables in schemas of theirs.
constexpr const char* kPostgresCandidates = R"(
    SELECT n.nspname, c.relname, string_agg(a.attname, ' '), n.nspname = ANY (current_schemas(false)),
           quote_ident(n.nspname) || '.' || quote_ident(c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relname IN ({}) AND n.nspname NOT LIKE 'pg\_%'
      AND n.nspname NOT IN ('information_schema', 'auth', 'storage', 'realtime', '_realtime', 'supabase_functions')
      AND has_schema_privilege(n.oid, 'USAGE')
    GROUP BY 1, 2, 4 ORDER BY 4 DESC, array_position(current_schemas(false), n.nspname), 1, 2)";

constexpr const char* kSqliteCandidates = R"(
    SELECT '', s.name, group_concat(p.name, ' '), 't', NULL
    FROM main.sqlite_schema s JOIN pragma_table_info(s.name) p
    WHERE s.type = 'table' AND lower(s.name) IN ({}) GROUP BY s.name ORDER BY s.name)";

std::vector<Candidate> candidates(Database& database) {
  const bool postgres = database.engine() == Engine::postgres;
  std::vector<Candidate> tables;
  for (const Row& row : database.query(fmt::format(fmt::runtime(postgres ? kPostgresCandidates : kSqliteCandidates), kNames))) {
    Candidate table{*row[0], *row[1], words(*row[2]), "", "", row[3] == "t"};
    table.shown = postgres ? *row[4] : table.name;
    table.sql = postgres ? *row[4] : quoted_name(table.name);
    tables.push_back(std::move(table));
  }
  return tables;
}

bool is_rails(const std::vector<Candidate>& tables, const Candidate& table) {
  return table.columns == kDbmate && std::ranges::any_of(tables, [&](const Candidate& other) {
           return other.name == kRailsTable && other.schema == table.schema;
         });
}

Error not_of(const std::string& name, const Columns& columns, const std::string& expected) {
  return Error(ExitCode::usage, fmt::format("table \"{}\" is not {}", name, expected))
      .detail(fmt::format("Its columns are {}.", fmt::join(columns, ", ")));
}

bool is_true(const std::optional<std::string>& value) { return value == "t" || value == "1" || value == "true"; }

class Reader {
 public:
  Reader(Database& database, const HistoryTable& table) : database_(database), table_(table) { history_.table = table; }

  OtherHistory read() {
    switch (table_.tool) {
      case Tool::supabase: read_supabase(); break;
      case Tool::dbmate: read_dbmate(); break;
      case Tool::goose: read_goose(); break;
      case Tool::golang_migrate: read_golang_migrate(); break;
      case Tool::flyway: read_flyway(); break;
      case Tool::sqlx: read_sqlx(); break;
    }
    return std::move(history_);
  }

 private:
  bool postgres() const { return database_.engine() == Engine::postgres; }

  std::vector<Row> rows(std::string_view columns, std::string_view order) {
    return database_.query(fmt::format("SELECT {} FROM {} ORDER BY {}", columns, table_.sql, order));
  }

  /// A time without a zone is in that of the session, as it was when the server's now() wrote it.
  std::string time(std::string_view column) const {
    if (!postgres()) return std::string(column);
    return fmt::format("to_char({}::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')", column);
  }

  static std::optional<std::int64_t> instant(const std::optional<std::string>& text) {
    return text ? parse_timestamp(*text) : std::nullopt;
  }

  void read_supabase() {
    SupabaseHistory supabase(database_);
    const std::vector<std::string> versions = supabase.versions();
    std::map<std::string, SupabaseRow> rows = supabase.rows(versions);
    for (const std::string& version : versions) {
      RecordedVersion recorded;
      recorded.version = version;
      recorded.description = rows[version].name;
      recorded.text = rows[version].text;
      history_.versions.push_back(std::move(recorded));
    }
  }

  void read_dbmate() {
    for (const Row& row : rows("version", "version")) history_.versions.push_back(version(*row[0]));
  }

  /// The newest row of a version says whether it is applied; version 0 stands for the empty database.
  void read_goose() {
    for (const Row& row : rows("version_id, is_applied, " + time("tstamp"), "id")) {
      remove(*row[0]);
      if (!is_true(row[1]) || row[0] == "0") continue;
      RecordedVersion recorded = version(*row[0]);
      recorded.applied_at = instant(row[2]);
      history_.versions.push_back(std::move(recorded));
    }
  }

  /// No row: nothing is applied.  -1: the first migration failed.
  void read_golang_migrate() {
    for (const Row& row : rows("version, dirty", "version DESC")) {
      if (is_true(row[1])) throw dirty(*row[0]);
      history_.versions.push_back(version(*row[0]));
      history_.up_to = *row[0];
      return;
    }
  }

  Error dirty(const std::string& version) const {
    return Error(ExitCode::refused, fmt::format("{} says that version {} is dirty: a migration failed half-way", table_.name, version))
        .detail("Which of its statements took effect is not known. Nothing was recorded.")
        .hint(fmt::format("Mend the database by hand, tell the tool with \"migrate force VERSION\" which version it has then, and adopt again."));
  }

  void read_flyway() {
    for (const Row& row : rows(fmt::format("version, description, type, script, checksum, {}, execution_time, success",
                                           time("installed_on")), "installed_rank")) {
      const std::string number = row[0].value_or(""), &type = *row[2], &script = *row[3];
      if (!is_true(row[7])) throw failed(script, "remove the failed row with \"flyway repair\"");
      if (type == "SCHEMA") continue;  // says that the tool made the schema
      if (type == "BASELINE" || type.ends_with("_BASELINE")) history_.up_to = number;
      if (number.empty()) {
        std::erase_if(history_.versions, [&](const RecordedVersion& other) {
          return other.version.empty() && other.description == row[1];
        });
      } else {
        remove(number);
      }
      if (type == "BASELINE" || type == "DELETE" || type.starts_with("UNDO_")) continue;
      RecordedVersion recorded = version(number);
      recorded.description = row[1].value_or("");
      recorded.script = script;
      recorded.checksum = row[4].value_or("");
      recorded.applied_at = instant(row[5]);
      recorded.took_ms = std::stoll(row[6].value_or("0"));
      history_.versions.push_back(std::move(recorded));
    }
  }

  void read_sqlx() {
    constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
    for (const Row& row : rows(fmt::format("version, description, {}, success, {}, execution_time", time("installed_on"),
                                           postgres() ? "encode(checksum, 'hex')" : "lower(hex(checksum))"),
                               "installed_on, version")) {
      if (!is_true(row[3])) {
        throw failed(*row[0] + '_' + *row[1], fmt::format("remove its row from {}, or let \"sqlx migrate run\" finish it", table_.name));
      }
      RecordedVersion recorded = version(*row[0]);
      recorded.description = *row[1];
      recorded.applied_at = instant(row[2]);
      recorded.checksum = *row[4];
      recorded.took_ms = std::max<std::int64_t>(std::stoll(*row[5]) / kNanosecondsPerMillisecond, 0);
      history_.versions.push_back(std::move(recorded));
    }
  }

  Error failed(const std::string& migration, const std::string& what_to_do) const {
    return Error(ExitCode::refused, fmt::format("{} says that migration \"{}\" failed", table_.name, migration))
        .detail("Which of its statements took effect is not known. Nothing was recorded.")
        .hint(fmt::format("Mend the database by hand, {}, and adopt again.", what_to_do));
  }

  static RecordedVersion version(std::string text) {
    RecordedVersion recorded;
    recorded.version = std::move(text);
    return recorded;
  }

  void remove(const std::string& version) {
    std::erase_if(history_.versions, [&](const RecordedVersion& other) { return other.version == version; });
  }

  Database& database_;
  const HistoryTable& table_;
  OtherHistory history_;
};

}  // namespace

const char* tool_name(Tool tool) { return std::ranges::find(kTools, tool, [](const auto& entry) { return entry.first; })->second; }

Tool parse_tool(const std::string& text) {
  std::vector<std::string> known;
  for (const auto& [tool, name] : kTools) {
    if (text == name) return tool;
    known.emplace_back(name);
  }
  Error error(ExitCode::usage, fmt::format("there is no tool \"{}\" to adopt from", text));
  error.detail(fmt::format("The tools are {}.", fmt::join(known, ", ")));
  if (const std::string near = nearest(text, known); !near.empty()) error.hint(fmt::format("Did you mean \"{}\"?", near));
  throw error;
}

HistorySearch find_histories(Database& database) {
  const std::vector<Candidate> tables = candidates(database);
  HistorySearch search;
  for (const Candidate& table : tables) {
    if (table.name == kRailsTable) continue;
    std::optional<Tool> tool = is_supabase(table) ? Tool::supabase : tool_of(table.columns);
    if (tool != Tool::supabase && table.name == kSharedName && !table.in_search_path) continue;
    if (is_rails(tables, table)) {
      search.others.push_back(fmt::format("{} is that of Rails", table.shown));
    } else if (!tool) {
      search.others.push_back(fmt::format("{} has the columns {}", table.shown, fmt::join(table.columns, ", ")));
    } else {
      // What the search path finds hides the same tool's tables elsewhere.
      const bool hidden = !table.in_search_path && tool != Tool::supabase &&
                          std::ranges::any_of(search.found, [&](const HistoryTable& other) { return other.tool == *tool; });
      if (!hidden) search.found.push_back({*tool, table.shown, table.sql});
    }
  }
  return search;
}

HistoryTable history_named(Database& database, const std::string& name, std::optional<Tool> tool) {
  if (!database.table_exists(name)) throw Error(ExitCode::usage, fmt::format("there is no table \"{}\"", name));
  const std::string canonical = database.canonical_table(name);
  Columns columns;
  for (const Column& column : database.columns(name)) columns.insert(column.name);
  const bool supabase = canonical == SupabaseHistory::kTable;
  const std::optional<Tool> found = supabase ? Tool::supabase : tool_of(columns);
  if (tool && found != tool) throw not_of(canonical, columns, fmt::format("a history of {}", tool_name(*tool)));
  if (!found) throw not_of(canonical, columns, "the history of a tool that is known here");
  return {*found, canonical, database.engine() == Engine::postgres ? canonical : quoted_name(canonical)};
}

OtherHistory read_history(Database& database, const HistoryTable& table) { return Reader(database, table).read(); }

}  // namespace seedbed::host
