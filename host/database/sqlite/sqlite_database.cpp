#include "database/sqlite/sqlite_database.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <sqlite3.h>

#include "database/sqlite/sqlite_error.hpp"
#include "database/sqlite/sqlite_process.hpp"
#include "database/sqlite/sqlite_value.hpp"
#include "database/writer_spec.hpp"
#include "duration.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

constexpr auto kPoll = std::chrono::milliseconds(20);
constexpr int kOpen = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;  // one thread at a time uses it
constexpr int kInstructionsPerCheck = 2000;  // of SQLite's virtual machine, between looks at Ctrl-C and the clock

int stop_in_time(void*) { return must_stop() ? 1 : 0; }

Error open_error(sqlite3* handle, const DatabaseUrl& url) {
  Error error(ExitCode::failed, fmt::format("could not open database \"{}\": {}", url.display,
                                            handle != nullptr ? sqlite3_errmsg(handle) : "out of memory"));
  const auto folder = url.file.parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::exists(folder, ignored)) {
    error.detail(fmt::format("The folder {} does not exist.", folder.string()));
    error.hint(fmt::format("Create it:  mkdir -p {}", folder.string()));
  } else if (!std::filesystem::exists(url.file, ignored)) {
    error.detail(fmt::format("There is no such file, and it could not be made in {}.", folder.empty() ? "this folder" : "the folder " + folder.string()));
    error.hint("Give the user who runs seedbed the right to write to the folder, or name another with --url.");
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
    const bool given_up = database.given_up_ != nullptr && *database.given_up_;
    if (given_up || interrupted() || Clock::now() - database.waiting_since_ >= database.patience_) return 0;
    if (times_before == 0) log::warning("waiting_for_lock", {{"database", database.display_}});
    std::this_thread::sleep_for(kPoll);
    return 1;
  }
};

void keep_no_memory_statistics() noexcept { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

void SqliteFinalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteDatabase::SqliteDatabase(const DatabaseUrl& url, const ConnectOptions& options, const std::atomic<bool>* given_up)
    : display_(url.display), patience_(options.patience), given_up_(given_up) {
  std::error_code ignored;
  const bool in_memory = url.file.empty() || (!options.create && !std::filesystem::exists(url.file, ignored));
  const bool made = !in_memory && !std::filesystem::exists(url.file, ignored);
  const std::string name = in_memory ? ":memory:" : url.file.string();
  const int opened = sqlite3_open_v2(name.c_str(), &handle_, kOpen, nullptr);
  if (opened != SQLITE_OK) {
    const Error error = open_error(handle_, url);
    sqlite3_close(handle_);
    throw error;
  }
  try {
    sqlite3_extended_result_codes(handle_, 1);
    wait_for_locks();
    sqlite3_progress_handler(handle_, kInstructionsPerCheck, stop_in_time, nullptr);
    query("SELECT count(*) FROM sqlite_schema", {});  // the first look at the file
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    set_mode(Mode::strict);
    listen();
    if (made && options.journal == "wal") make_wal();
    given_up_ = nullptr;
  } catch (const Error& cause) {
    sqlite3_close(handle_);
    throw_if_interrupted();
    throw Error(cause.code(), fmt::format("could not open database \"{}\": {}", url.display, cause.message()))
        .sqlstate(cause.sqlstate())
        .hint(cause.hint());
  }
}

SqliteDatabase::~SqliteDatabase() { sqlite3_close(handle_); }

std::string SqliteDatabase::server_version() const { return std::string("SQLite ") + sqlite3_libversion(); }

bool SqliteDatabase::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void SqliteDatabase::wait_for_locks() { sqlite3_busy_handler(handle_, SqliteBusy::wait, this); }

/// SQLite asks nobody whether to wait when another process has locked the file here.
void SqliteDatabase::set_journal(const char* pragma) {
  for (int tries = 0; sqlite3_exec(handle_, pragma, nullptr, nullptr, nullptr) != SQLITE_OK; ++tries) {
    if ((sqlite3_errcode(handle_) & 0xff) != SQLITE_BUSY || SqliteBusy::wait(this, tries) == 0) throw sqlite_error(handle_, "");
  }
}

/// Of a file that has just been made and is empty: a journal on disk would keep nothing of it, and takes
/// three syncs.  What is written here is one page, and synced, before anything is committed.
void SqliteDatabase::make_wal() {
  const auto mode = [&] { return *query("PRAGMA journal_mode", {})[0][0]; };
  if (mode() != "wal") pragma("PRAGMA journal_mode = MEMORY");  // else another process was faster
  set_journal("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  if (mode() != "wal") pragma("PRAGMA journal_mode = DELETE");  // where it cannot be, as over some networks
}

void SqliteDatabase::pragma(const char* text) {
  const SqliteStatement statement = prepare(text);
  while (step(statement.get())) {
  }
}

void SqliteDatabase::begin(const BeginOptions& options) {
  if (sqlite3_db_readonly(handle_, "main") == 1) {
    throw Error(ExitCode::failed, fmt::format("database \"{}\" is read-only", display_))
        .hint("Give the user who runs seedbed the right to write the file and its folder.");
  }
  patience_ = options.patience;
  const int code = sqlite3_exec(handle_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) & 0xff;
  if (code == SQLITE_OK) return;
  Error error = sqlite_error(handle_, "could not start a transaction: ");
  throw_if_interrupted();
  if (code != SQLITE_BUSY) throw error;
  throw Error(ExitCode::locked, fmt::format("could not lock database \"{}\" within {}", display_, duration_text(options.patience)))
      .detail("Another process is writing to it.")
      .hint("Wait for it to end, or give more time with --lock-timeout.");
}

void SqliteDatabase::commit() {
  if (sqlite3_exec(handle_, "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) {
    Error error = sqlite_error(handle_, "could not commit: ");
    throw_if_interrupted();
    // A deferred constraint leaves the transaction open; the caller's guard rolls it back.
    if (in_transaction()) check_deferred_keys();
    throw error;
  }
  end_script_transaction();
}

/// What a file outside a transaction has attached stays so until reset_session().
void SqliteDatabase::end_script_transaction() noexcept {
  if (mode_ == Mode::script && !script_in_transaction_) return;
  if (script_in_transaction_) leave_script();
  detach_all();
}

void SqliteDatabase::rollback() noexcept {
  if (in_transaction()) {
    // The progress handler would interrupt the rollback of an interrupted run.
    sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_progress_handler(handle_, kInstructionsPerCheck, stop_in_time, nullptr);
  }
  // A full disk, for one, makes SQLite roll back by itself.
  end_script_transaction();
}

/// JSON functions in an index, and the database's own full-text and R-tree tables behind triggers, which
/// SQLite has not always counted as harmless.  Extensions are never loaded, and SQLite's own tables, such as
/// those of PRAGMAs, are in no schema.
bool SqliteDatabase::is_harmless(const std::string& message) {
  constexpr std::array<std::string_view, 2> kJson{"unsafe use of json", "unsafe use of ->"};
  if (std::ranges::any_of(kJson, [&](std::string_view use) { return message.find(use) != std::string::npos; })) return true;
  constexpr std::string_view kTable = "unsafe use of virtual table \"";
  const std::size_t at = message.find(kTable);
  return at != std::string::npos && table_exists(message.substr(at + kTable.size(), message.rfind('"') - at - kTable.size()));
}

/// As sqlite3_prepare_v2.  "Strings" in double quotes are off for what is compiled here, but the
/// triggers and views of a database may be full of them: those are taken as their authors meant them.
/// So is what is_harmless() in its schema, which SQLite reads anew, and then finds malformed, after a
/// rollback or another process has changed it.
int SqliteDatabase::compile(std::string_view sql, sqlite3_stmt** statement, const char** tail) {
  const auto prepare = [&] { return sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), statement, tail); };
  for (;;) {
    const int code = prepare();
    if ((code != SQLITE_ERROR && code != SQLITE_CORRUPT) || mode_ == Mode::script) return code;
    const std::string message = sqlite3_errmsg(handle_);
    // Without an offset it is not in `sql` itself.
    const bool quoted = !quoted_strings_ && sqlite3_error_offset(handle_) < 0 && message.starts_with("no such column: ");
    if (!quoted && !trust_schema(message)) return prepare();  // once more for its error, since the database may have been asked meanwhile
    quoted_strings_ = quoted_strings_ || quoted;
    set_mode(mode_);
  }
}

/// Trusts the schema from now on if `message` complains of what is harmless in it, and it was not trusted.
bool SqliteDatabase::trust_schema(const std::string& message) {
  if (trusted_schema_ || mode_ == Mode::script || !is_harmless(message)) return false;
  trusted_schema_ = true;
  set_mode(mode_);
  return true;
}

SqliteStatement SqliteDatabase::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  if (compile(sql, &statement, &tail) != SQLITE_OK) {
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
  const bool first = sqlite3_stmt_busy(statement) == 0;
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const Error error = sqlite_error(handle_, "");
  // ALTER TABLE compiles the whole schema while it runs, and what was compiled before the schema changed is
  // compiled anew: see compile().
  if (!first || !trust_schema(error.message())) throw error;
  sqlite3_reset(statement);
  return step(statement);
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
    row.reserve(static_cast<std::size_t>(width));
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

std::string SqliteDatabase::literal(std::string_view text) const {
  std::string quoted = "'";
  quoted.reserve(text.size() + 2);
  for (std::size_t quote; (quote = text.find('\'')) != text.npos; text.remove_prefix(quote + 1)) {
    quoted.append(text, 0, quote).append("''");
  }
  return quoted.append(text).append("'");
}

}  // namespace seedbed::host
