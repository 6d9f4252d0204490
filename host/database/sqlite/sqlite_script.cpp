// How files run: what the sqlite3 program would have done with them, and what is undone afterwards.

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "database/sql/lexer.hpp"
#include "database/sql/token_cursor.hpp"
#include "database/sqlite/sqlite_database.hpp"
#include "database/sqlite/sqlite_error.hpp"
#include "database/writer_spec.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

// What a file may switch and would leave to the next one.
constexpr std::array<std::string_view, 20> kSettings{
    "analysis_limit", "automatic_index", "cache_size", "cache_spill", "cell_size_check", "count_changes",
    "full_column_names", "ignore_check_constraints", "journal_size_limit", "legacy_alter_table", "max_page_count",
    "mmap_size", "query_only", "read_uncommitted", "recursive_triggers", "reverse_unordered_selects", "secure_delete",
    "short_column_names", "wal_autocheckpoint", "threads"};

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

/// The value that a setting has in a session in which nobody has set it.
std::string pristine_value(const std::string& setting) {
  sqlite3* handle = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::string value;
  if (sqlite3_open(":memory:", &handle) == SQLITE_OK &&
      sqlite3_prepare_v2(handle, ("PRAGMA " + setting).c_str(), -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    value = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  }
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return value;
}

bool is_detach(std::string_view sql) { return sql::TokenCursor(sql, {Engine::sqlite, true}).at("detach"); }

bool is_locked(sqlite3* handle) {
  return std::string_view(sqlite3_errmsg(handle)).ends_with(" is locked");
}

/// `sql` with the line ends that the sqlite3 program makes of them, so that a checkout with CRLF gives
/// the same schema and the same strings.
std::string with_plain_line_ends(std::string_view sql) {
  std::string result;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (!sql.substr(i).starts_with("\r\n")) result += sql[i];
  }
  return result;
}

/// Where in `sql` is what with_plain_line_ends() has at `offset`.
std::size_t offset_before(std::string_view sql, std::size_t offset) {
  std::size_t at = 0;
  for (; at < sql.size(); ++at) {
    if (sql.substr(at).starts_with("\r\n")) continue;
    if (offset-- == 0) break;
  }
  return at;
}

/// True for a statement that changes rows by its nature.
bool changes_rows(std::string_view sql) {
  const sql::TokenCursor cursor(sql, {Engine::sqlite, true});
  return cursor.at("insert") || cursor.at("update") || cursor.at("delete") || cursor.at("replace") || cursor.at("with");
}

/// The first ?, ?1, :name, @name or $name in `sql`, which has one.
sql::Token first_parameter(std::string_view sql) {
  sql::Lexer lexer(sql, {Engine::sqlite, true});
  const auto is_parameter = [&](const sql::Token& token) {
    return token.kind == sql::TokenKind::symbol && std::string_view("?:@$#").find(sql[token.offset]) != std::string_view::npos;
  };
  sql::Token token = lexer.next();
  while (token.kind != sql::TokenKind::end && !is_parameter(token)) token = lexer.next();
  return token;
}

/// True if an INSERT may put rows in the place of others.
bool replaces(std::string_view sql) { return lower_case(sql).find("replace") != std::string::npos; }

}  // namespace

/// Hears of everything that SQLite is about to compile; forbids nothing.
struct SqliteAuthorizer {
  static int hear(void* self, int action, const char* first, const char* second, const char* schema, const char*) {
    auto& database = *static_cast<SqliteDatabase*>(self);
    SqliteDatabase::Traces& traces = database.traces_;
    switch (action) {
      case SQLITE_INSERT:
      case SQLITE_UPDATE:
      case SQLITE_DELETE:
        if (database.mode_ == SqliteDatabase::Mode::script && schema != nullptr && std::string_view(schema) == "main" &&
            !std::string_view(first).starts_with("sqlite_")) {
          database.writes_.push_back({lower_case(first), action != SQLITE_INSERT});
        }
        break;
      case SQLITE_PRAGMA:
        if (second != nullptr) traces.settings.insert(lower_case(first));
        break;
      case SQLITE_CREATE_VTABLE:
        traces.temporary = traces.temporary || (schema != nullptr && std::string_view(schema) == "temp");
        break;
      case SQLITE_CREATE_TEMP_TABLE:
      case SQLITE_CREATE_TEMP_TRIGGER:
      case SQLITE_CREATE_TEMP_VIEW: traces.temporary = true; break;
      case SQLITE_ATTACH: traces.attached = true; break;
      default: break;
    }
    return SQLITE_OK;
  }
};

void SqliteDatabase::listen() { sqlite3_set_authorizer(handle_, SqliteAuthorizer::hear, this); }

void SqliteDatabase::set_mode(Mode mode) noexcept {
  mode_ = mode;
  const bool script = mode == Mode::script;
  enforce_foreign_keys(!script);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, script ? 1 : 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, script || quoted_strings_ ? 1 : 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, script ? 0 : 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, script || trusted_schema_ ? 1 : 0, nullptr);
}

/// Unlike the PRAGMA, it works inside a transaction, too.  Sound while no violation is deferred.
void SqliteDatabase::enforce_foreign_keys(bool on) noexcept {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, on ? 1 : 0, nullptr);
}

void SqliteDatabase::start_script() {
  script_in_transaction_ = in_transaction();
  keys_.start();
  set_mode(Mode::script);
}

void SqliteDatabase::leave_script() noexcept {
  if (mode_ == Mode::strict) return;
  script_in_transaction_ = false;
  set_mode(Mode::strict);
}

void SqliteDatabase::run_ahead(std::string_view text, std::span<const sql::Statement> statements, const Locate& locate) {
  for (const sql::Statement& statement : statements) {
    if (statement.kind != sql::Kind::session) continue;
    const std::vector<sql::Setting> settings =
        sql::settings_in(text.substr(statement.offset, statement.size), {Engine::sqlite, true});
    if (settings[0].name != "journal_mode") continue;
    try {
      switch_journal(*settings[0].value);
    } catch (Error& error) {
      error.at(locate(statement.offset));
      throw;
    }
  }
}

void SqliteDatabase::run_script(std::string_view text, std::span<const sql::Statement> statements,
                                const Locate& locate) {
  if (mode_ == Mode::script && script_in_transaction_) keys_.expect(text, statements);
  const std::string file = mode_ == Mode::script || statements.empty() ? "" : locate(statements.front().offset).file;
  for (const sql::Statement& source : statements) {
    throw_if_interrupted();
    const std::string_view sql = text.substr(source.offset, source.size);
    std::size_t offset = source.offset;
    try {
      if (source.kind == sql::Kind::session && run_session_pragma(sql::settings_in(sql, {Engine::sqlite, true})[0])) continue;
      const std::int64_t before = sqlite3_total_changes64(handle_);
      run_statement(sql, offset);
      // sqlite3_changes() keeps the last statement's count when this one changed nothing.
      const std::int64_t rows = sqlite3_total_changes64(handle_) == before ? 0 : sqlite3_changes64(handle_);
      if (!file.empty() && changes_rows(sql)) {
        log::info("statement_completed", {{"at", fmt::format("{}:{}", file, source.line)}, {"rows", rows}});
      }
    } catch (Error& error) {
      if (error.code() == ExitCode::failed && error.place().file.empty()) error.at(locate(offset));
      throw;
    }
  }
}

/// Adds to `offset` where in the statement an error is.
void SqliteDatabase::run_statement(std::string_view sql, std::size_t& offset) {
  writes_.clear();
  const bool crlf = sql.find("\r\n") != sql.npos;
  const std::string plain = crlf ? with_plain_line_ends(sql) : "";
  sqlite3_stmt* compiled = nullptr;
  const int code = compile(crlf ? plain : sql, &compiled, nullptr);
  const SqliteStatement statement(compiled);
  if (code != SQLITE_OK) {
    if (const int at = sqlite3_error_offset(handle_); at >= 0) {
      const auto distance = static_cast<std::size_t>(at);
      offset += crlf ? offset_before(sql, distance) : distance;
    }
    throw sqlite_error(handle_, "");
  }
  if (mode_ != Mode::script && sqlite3_bind_parameter_count(compiled) > 0) {  // the sqlite3 program takes it for NULL
    const sql::Token parameter = first_parameter(sql);
    offset += parameter.offset;
    throw Error(ExitCode::failed, fmt::format("parameter \"{}\" has no value", sql.substr(parameter.offset, parameter.size)))
        .detail("SQLite would take it for NULL.")
        .hint("Only the .sql files of a seeder's folder have parameters, those of its seeder.toml: $name or :name.");
  }
  if (script_in_transaction_ && !writes_.empty()) {
    const bool replacing = replaces(sql);
    for (const Write& write : std::exchange(writes_, {})) keys_.before_write(write.table, write.removes || replacing);
  }
  try {
    while (compiled != nullptr && step(compiled)) {
    }
  } catch (const Error&) {
    // What the open transaction has used is locked until it ends, and detached then.
    if (!traces_.attached || !in_transaction() || !is_detach(sql) || !is_locked(handle_)) throw;
  }
}

/// Does what a PRAGMA of Kind::session means here.  Returns false if it is to run as it is.
bool SqliteDatabase::run_session_pragma(const sql::Setting& setting) {
  if (setting.name == "foreign_keys") {
    const bool on = sql::pragma_boolean(setting);
    if (mode_ == Mode::strict) {
      if (!on && in_transaction()) defer_constraints();
    } else if (script_in_transaction_ || !in_transaction()) {
      check_deferred_keys();
      enforce_foreign_keys(on);
    }
    return true;
  }
  if (setting.name == "wal_checkpoint") return in_transaction();
  if (setting.name == "journal_mode" && !in_transaction()) switch_journal(*setting.value);
  return true;  // the others are the host's own affair and change nothing in the database
}

/// Only WAL is a property of the file; the other modes last as long as the session.
void SqliteDatabase::switch_journal(std::string_view mode) {
  const bool wanted = lower_case(mode) == "wal";
  const std::vector<Row> now = query("PRAGMA journal_mode", {});
  if ((now[0][0] == "wal") == wanted || now[0][0] == "memory") return;
  set_journal(wanted ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE");
}

void SqliteDatabase::reset_session() {
  restore_settings();
  drop_temporary_objects();
  if (script_in_transaction_) keys_.check();
  check_deferred_keys();
  // Switching it off forgets what is unresolved, so it comes after the check.
  if (traces_.settings.contains("defer_foreign_keys")) pragma("PRAGMA defer_foreign_keys = OFF");
  if (!in_transaction()) detach_all();
  traces_.settings.clear();
  leave_script();
}

void SqliteDatabase::check_deferred_keys() {
  int unresolved = 0;
  int highest = 0;
  sqlite3_db_status(handle_, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &highest, 0);
  if (unresolved == 0) return;
  const std::vector<Row> broken = query("SELECT lower(\"table\"), count(*) FROM pragma_foreign_key_check GROUP BY 1", {});
  if (!broken.empty()) throw_broken_rows(*broken[0][0], std::stoll(*broken[0][1]));
}

void SqliteDatabase::throw_broken_rows(const std::string& table, std::int64_t count) {
  const std::array params{text_value(table)};
  const Row first = query("SELECT \"table\", rowid, parent, fkid FROM pragma_foreign_key_check($1) LIMIT 1", params)[0];
  Error error(ExitCode::failed, fmt::format("{} {} of table \"{}\" refer{} to a row of \"{}\" that does not exist", count,
                                            count == 1 ? "row" : "rows", *first[0], count == 1 ? "s" : "", *first[2]));
  error.hint("Let the same file add the missing rows, or remove those that refer to them.");
  if (!first[1]) throw error;
  std::string values;
  const std::array key{text_value(table), integer_value(std::stoll(*first[3]))};
  for (const Row& column : query("SELECT \"from\" FROM pragma_foreign_key_list($1) WHERE id = $2 ORDER BY seq", key)) {
    const std::vector<Row> value = query(fmt::format("SELECT quote({}) FROM main.{} WHERE rowid = {}", quoted_name(*column[0]),
                                                     quoted_name(*first[0]), *first[1]), {});
    values += fmt::format("{}{} = {}", values.empty() ? "" : ", ", *column[0], value[0][0].value_or("NULL"));
  }
  throw error.detail(fmt::format("The first is the row with rowid {}: {}.", *first[1], values));
}

void SqliteDatabase::restore_settings() {
  if (traces_.settings.empty()) return;
  for (const std::string_view name : kSettings) {
    const std::string setting(name);
    if (traces_.settings.contains(setting)) pragma(fmt::format("PRAGMA {} = {}", name, pristine_value(setting)).c_str());
  }
  // Read anew, the schema is what the file made of it.
  if (traces_.settings.contains("writable_schema")) pragma("PRAGMA writable_schema = RESET");
  if (traces_.settings.contains("case_sensitive_like")) pragma("PRAGMA case_sensitive_like = OFF");  // cannot be asked for
  if (traces_.settings.contains("busy_timeout")) wait_for_locks();  // it puts a handler of its own in place
}

void SqliteDatabase::drop_temporary_objects() {
  if (!traces_.temporary) return;
  for (const Row& row : query("SELECT type, name FROM temp.sqlite_schema WHERE type IN ('table', 'view', 'trigger') "
                              "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type = 'table'", {})) {
    execute(fmt::format("DROP {} IF EXISTS temp.{}", *row[0], quoted_name(*row[1])), {});
  }
  traces_.temporary = false;
}

void SqliteDatabase::detach_all() noexcept {
  if (!traces_.attached) return;
  traces_.attached = false;
  try {
    for (const Row& row : query("SELECT name FROM pragma_database_list WHERE name NOT IN ('main', 'temp')", {})) {
      execute(fmt::format("DETACH {}", quoted_name(*row[0])), {});
    }
  } catch (const Error& error) {  // the session goes on beside it, and ends with the run
    log::warning("not_detached", {{"cause", error.message()}});
  }
}

}  // namespace seedbed::host
