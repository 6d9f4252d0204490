#include "database/sqlite/sqlite_database.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <sqlite3.h>

#include "database/sqlite/sqlite_value.hpp"
#include "database/writer_spec.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

constexpr auto kPoll = std::chrono::milliseconds(20);
// What a file may switch inside a transaction and would leave to the next one.
constexpr const char* kSettings[] = {
    "analysis_limit", "automatic_index", "cache_size", "cache_spill", "cell_size_check", "count_changes",
    "full_column_names", "ignore_check_constraints", "legacy_alter_table", "query_only", "read_uncommitted",
    "recursive_triggers", "reverse_unordered_selects", "secure_delete", "short_column_names", "trusted_schema",
    "writable_schema"};

constexpr int kInstructionsPerCheck = 2000;  // of SQLite's virtual machine, between looks at Ctrl-C

int stop_when_interrupted(void*) { return interrupted() ? 1 : 0; }

Error sqlite_error(sqlite3* handle, const std::string& doing) {
  const int code = sqlite3_extended_errcode(handle);
  if ((code & 0xff) == SQLITE_INTERRUPT && interrupted()) {
    return Error(ExitCode::interrupted, "interrupted");
  }
  const bool locked = (code & 0xff) == SQLITE_BUSY;
  Error error(locked ? ExitCode::locked : ExitCode::failed, doing + sqlite3_errmsg(handle));
  if (locked) error.hint("Wait for the other process to end, or give more time with --lock-timeout.");
  error.sqlstate(fmt::format("SQLite {}", code));
  return error;
}

Error open_error(sqlite3* handle, const DatabaseUrl& url) {
  Error error(ExitCode::failed, fmt::format("could not open database \"{}\": {}", url.display,
                                            handle != nullptr ? sqlite3_errmsg(handle) : "out of memory"));
  const auto folder = url.file.parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::exists(folder, ignored)) {
    error.detail(fmt::format("The folder {} does not exist.", folder.string()));
    error.hint(fmt::format("Create it:  mkdir -p {}", folder.string()));
  }
  return error;
}

}  // namespace

/// What SQLite asks while another process has locked the file: whether to try once more.
struct SqliteBusy {
  static int wait(void* self, int times_before) {
    using Clock = std::chrono::steady_clock;
    auto& database = *static_cast<SqliteDatabase*>(self);
    if (times_before == 0) database.waiting_since_ = Clock::now();
    if (interrupted() || Clock::now() - database.waiting_since_ >= database.patience_) return 0;
    if (times_before == 0) log::warning("waiting_for_lock", {{"database", database.display_}});
    std::this_thread::sleep_for(kPoll);
    return 1;
  }
};

void SqliteFinalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteDatabase::SqliteDatabase(const DatabaseUrl& url, const ConnectOptions& options)
    : display_(url.display), patience_(options.patience) {
  std::error_code ignored;
  const bool in_memory = url.file.empty() || (!options.create && !std::filesystem::exists(url.file, ignored));
  const std::string name = in_memory ? ":memory:" : url.file.string();
  const int opened = sqlite3_open_v2(name.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  if (opened != SQLITE_OK) {
    const Error error = open_error(handle_, url);
    sqlite3_close(handle_);
    throw error;
  }
  try {
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_handler(handle_, SqliteBusy::wait, this);
    sqlite3_progress_handler(handle_, kInstructionsPerCheck, stop_when_interrupted, nullptr);
    query("SELECT count(*) FROM sqlite_schema", {});  // the first look at the file
    pragma("PRAGMA foreign_keys = ON");
    remember_settings();
  } catch (const Error& cause) {
    sqlite3_close(handle_);
    throw_if_interrupted();
    throw Error(cause.code(), fmt::format("could not open database \"{}\": {}", url.display, cause.message()))
        .hint(cause.hint())
        .hint(cause.message().find("not a database") != std::string::npos
                  ? "The file exists and holds something else; choose another path."
                  : "");
  }
}

SqliteDatabase::~SqliteDatabase() { sqlite3_close(handle_); }

std::string SqliteDatabase::server_version() const { return std::string("SQLite ") + sqlite3_libversion(); }

bool SqliteDatabase::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void SqliteDatabase::pragma(const char* text) {
  if (sqlite3_exec(handle_, text, nullptr, nullptr, nullptr) != SQLITE_OK) throw sqlite_error(handle_, "");
}

void SqliteDatabase::begin(const BeginOptions& options) {
  if (sqlite3_db_readonly(handle_, "main") == 1) {
    throw Error(ExitCode::failed, fmt::format("database \"{}\" is read-only", display_))
        .hint("Give the user who runs seedbed the right to write the file and its folder.");
  }
  // A silent no-op inside a transaction, so it comes first; a file outside of one may have switched it.
  pragma(options.rebuilds_tables ? "PRAGMA foreign_keys = OFF" : "PRAGMA foreign_keys = ON");
  rebuilds_tables_ = options.rebuilds_tables;
  patience_ = options.patience;
  const int code = sqlite3_exec(handle_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) & 0xff;
  if (code == SQLITE_OK) return;
  Error error = sqlite_error(handle_, "could not start a transaction: ");
  restore_foreign_keys();
  throw_if_interrupted();
  if (code != SQLITE_BUSY) throw error;
  throw Error(ExitCode::locked, fmt::format("could not lock database \"{}\" within {} ms", display_, options.patience.count()))
      .detail("Another process is writing to it.")
      .hint("Wait for it to end, or give more time with --lock-timeout.");
}

void SqliteDatabase::commit() {
  if (rebuilds_tables_) check_foreign_keys();
  if (sqlite3_exec(handle_, "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) {
    // A deferred constraint leaves the transaction open; the caller's guard rolls it back.
    Error error = sqlite_error(handle_, "could not commit: ");
    throw_if_interrupted();
    throw error;
  }
  restore_foreign_keys();
}

void SqliteDatabase::rollback() noexcept {
  if (in_transaction()) {
    // The progress handler would interrupt the rollback of an interrupted run.
    sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_progress_handler(handle_, kInstructionsPerCheck, stop_when_interrupted, nullptr);
  }
  restore_foreign_keys();
}

void SqliteDatabase::restore_foreign_keys() noexcept {
  if (!rebuilds_tables_) return;
  rebuilds_tables_ = false;
  sqlite3_exec(handle_, "PRAGMA foreign_keys = ON", nullptr, nullptr, nullptr);
}

void SqliteDatabase::check_foreign_keys() {
  const std::vector<Row> broken = query("PRAGMA foreign_key_check", {});
  if (broken.empty()) return;
  const Row& first = broken.front();
  throw Error(ExitCode::failed,
              fmt::format("{} {} of table \"{}\" refer{} to a row of \"{}\" that does not exist", broken.size(),
                          broken.size() == 1 ? "row" : "rows", first[0].value_or(""),
                          broken.size() == 1 ? "s" : "", first[2].value_or("")))
      .detail(fmt::format("The first is the row with rowid {}.", first[1].value_or("NULL")));
}

SqliteStatement SqliteDatabase::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, &tail) != SQLITE_OK) {
    throw sqlite_error(handle_, "");
  }
  SqliteStatement owned(statement);
  const std::string_view rest(tail, static_cast<std::size_t>(sql.data() + sql.size() - tail));
  if (rest.find_first_not_of(" \t\r\n;") != rest.npos) {
    sqlite3_stmt* second = nullptr;
    sqlite3_prepare_v2(handle_, rest.data(), static_cast<int>(rest.size()), &second, nullptr);
    const SqliteStatement owned_second(second);
    if (second != nullptr) throw Error(ExitCode::failed, "cannot run more than one statement at once");
  }
  if (owned == nullptr) throw Error(ExitCode::failed, "cannot run an empty statement");
  return owned;
}

bool SqliteDatabase::step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw sqlite_error(handle_, "");
}

std::int64_t SqliteDatabase::execute(std::string_view sql, std::span<const seedbed_value> params) {
  throw_if_interrupted();
  const SqliteStatement statement = prepare(sql);
  bind_named(statement.get(), params);
  const std::int64_t before = sqlite3_total_changes64(handle_);
  while (step(statement.get())) {
  }
  // sqlite3_changes() keeps the last statement's count when this one changed nothing.
  return sqlite3_total_changes64(handle_) == before ? 0 : sqlite3_changes64(handle_);
}

std::vector<Row> SqliteDatabase::query(std::string_view sql, std::span<const seedbed_value> params) {
  const SqliteStatement statement = prepare(sql);
  bind_named(statement.get(), params);
  std::vector<Row> rows;
  const int width = sqlite3_column_count(statement.get());
  while (step(statement.get())) {
    Row& row = rows.emplace_back();
    for (int i = 0; i < width; ++i) row.push_back(column_text(statement.get(), i));
  }
  return rows;
}

void SqliteDatabase::query_typed(std::string_view sql, std::span<const seedbed_value> params,
                                 const TypedRow& row) {
  throw_if_interrupted();
  const SqliteStatement statement = prepare(sql);
  bind_named(statement.get(), params);
  std::vector<seedbed_value> values(static_cast<std::size_t>(sqlite3_column_count(statement.get())));
  while (step(statement.get())) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = column_value(statement.get(), static_cast<int>(i));
    if (!row(values.data(), values.size())) return;
  }
}

void SqliteDatabase::run_script(std::string_view text, std::span<const sql::Statement> statements,
                                const Locate& locate) {
  for (const sql::Statement& source : statements) {
    throw_if_interrupted();
    std::size_t offset = source.offset;
    try {
      sqlite3_stmt* compiled = nullptr;
      const int code = sqlite3_prepare_v2(handle_, text.data() + source.offset, static_cast<int>(source.size),
                                          &compiled, nullptr);
      const SqliteStatement statement(compiled);
      if (code != SQLITE_OK) {
        if (const int at = sqlite3_error_offset(handle_); at >= 0) offset += static_cast<std::size_t>(at);
        throw sqlite_error(handle_, "");
      }
      while (compiled != nullptr && step(compiled)) {
      }
    } catch (Error& error) {
      if (error.code() == ExitCode::failed) error.at(locate(offset));
      throw;
    }
  }
}

std::string SqliteDatabase::literal(std::string_view text) const {
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

void SqliteDatabase::reset_session() {
  restore_settings();
  drop_temporary_objects();
  int unresolved = 0;
  int highest = 0;
  sqlite3_db_status(handle_, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &highest, 0);
  if (unresolved != 0 || rebuilds_tables_) check_foreign_keys();
  // Switching it off forgets what is unresolved, so it comes after the check.
  pragma("PRAGMA defer_foreign_keys = OFF");
}

void SqliteDatabase::remember_settings() {
  for (const char* name : kSettings) {
    const std::vector<Row> rows = query(fmt::format("PRAGMA {}", name), {});
    if (!rows.empty()) settings_.push_back(fmt::format("PRAGMA {} = {}", name, rows[0][0].value_or("0")));
  }
}

void SqliteDatabase::restore_settings() {
  for (const std::string& setting : settings_) pragma(setting.c_str());
  pragma("PRAGMA case_sensitive_like = OFF");             // cannot be asked for
  sqlite3_busy_handler(handle_, SqliteBusy::wait, this);  // PRAGMA busy_timeout puts its own in place
}

void SqliteDatabase::drop_temporary_objects() {
  for (const Row& row : query("SELECT type, name FROM temp.sqlite_schema WHERE type IN ('table', 'view', 'trigger') "
                              "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type = 'table'", {})) {
    execute(fmt::format("DROP {} IF EXISTS temp.{}", *row[0], quoted_name(*row[1])), {});
  }
}

}  // namespace seedbed::host
