// Scripts, in as few messages as what they say allows; and what they leave in a session.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libpq-fe.h>

#include "database/postgres/error_offset.hpp"
#include "database/postgres/postgres_database.hpp"
#include "database/postgres/postgres_value.hpp"
#include "database/sql/transaction.hpp"
#include "database/writer_spec.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

/// The server holds the parse trees of a whole message: a file of many megabytes goes in parts.
constexpr std::size_t kLongestMessage = 1 << 20;

/// DISCARD ALL cannot run in a transaction.
constexpr std::array<const char*, 10> kUndoScript{
    "SET CONSTRAINTS ALL IMMEDIATE", "SET SESSION AUTHORIZATION DEFAULT", "RESET ROLE", "RESET ALL",
    "CLOSE ALL", "DEALLOCATE ALL", "DISCARD TEMP", "DISCARD SEQUENCES", "UNLISTEN *",
    "SELECT pg_catalog.pg_advisory_unlock_all()"};

bool contains_word_citus(std::string_view text) {
  constexpr std::string_view kWord = "citus";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::search(text.begin(), text.end(), kWord.begin(), kWord.end(), same) != text.end();
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::vector<std::string> settings_for(const TimeLimits& limits, std::string_view how) {
  std::vector<std::string> statements;
  const auto add = [&](const char* name, const std::optional<std::chrono::milliseconds>& longest) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();  // that the server takes
    if (longest) statements.push_back(fmt::format("{} {} = {}", how, name, std::min<std::int64_t>(longest->count(), kMost)));
  };
  add("lock_timeout", limits.lock);
  add("statement_timeout", limits.statement);
  return statements;
}

/// A guard that did not hold: the server was made to divide by zero.
struct GuardFailed {};

/// Statements on their way to the server, together where that makes no difference: a message is read
/// as a whole before its first statement runs, and there can be no data of COPY in it.
class Messages {
 public:
  Messages(PostgresConnection& connection, std::string_view text, const Database::Locate& locate)
      : connection_(connection), text_(text), locate_(locate) {}

  /// Lets the log have the rows that each statement changes, under the name of its file.
  void log_rows(std::string file) { file_ = std::move(file); }

  /// One of our own.
  void add(std::string_view sql) { append(sql, nullptr, /*is_guard=*/false); }
  void add_guard(std::string_view sql) { append(sql, nullptr, /*is_guard=*/true); }

  /// One of the script's.
  void add(const sql::Statement& statement) {
    const bool alone = statement.kind != sql::Kind::ordinary && statement.kind != sql::Kind::savepoint;
    if (alone || sql_.size() + statement.size > kLongestMessage) send();
    append(text_.substr(statement.offset, statement.size), &statement, /*is_guard=*/false);
    if (alone) send();
  }

  void send() {
    if (parts_.empty()) return;
    PgErrorPlace place;
    const sql::Statement* only = parts_.size() == 1 ? parts_.front().source : nullptr;
    const std::string_view data = only == nullptr ? "" : text_.substr(only->data_offset, only->data_size);
    try {
      connection_.run(sql_, {}, data, &place);
    } catch (Error& error) {
      if (error.code() != ExitCode::failed) throw;
      if (place.unanswered) {
        if (commits_) throw connection_.in_doubt();
        throw;
      }
      locate(error, place);
      throw;
    }
    for (std::size_t i = 0; !file_.empty() && i < std::min(parts_.size(), place.rows.size()); ++i) {
      if (place.rows[i]) log::info("statement_completed", {{"at", fmt::format("{}:{}", file_, parts_[i].source->line)}, {"rows", *place.rows[i]}});
    }
    sql_.clear();
    parts_.clear();
  }

  /// What is added now commits, so that a connection lost from here on leaves a doubt.
  void commit() {
    commits_ = true;
    add("COMMIT");
    send();
  }

 private:
  struct Part {
    std::size_t begin;              ///< in the message
    const sql::Statement* source;   ///< nullptr: not the script's
    bool is_guard;
  };

  void append(std::string_view sql, const sql::Statement* source, bool is_guard) {
    if (!parts_.empty()) sql_ += ";\n";
    parts_.push_back({sql_.size(), source, is_guard});
    sql_ += sql;
  }

  void locate(Error& error, PgErrorPlace place) const {
    std::size_t index = std::min(place.completed, parts_.size() - 1);
    if (place.position > 0) {
      const std::size_t byte = byte_of_character(sql_, place.position);
      const auto next = std::ranges::upper_bound(parts_, byte, {}, &Part::begin);
      index = static_cast<std::size_t>(next - parts_.begin()) - 1;
      place.position -= characters(std::string_view(sql_).substr(0, parts_[index].begin));
    }
    const Part& part = parts_[index];
    if (part.is_guard && error.sqlstate() == "22012") throw GuardFailed{};
    if (part.source == nullptr) return;
    const std::string_view statement = text_.substr(part.source->offset, part.source->size);
    error.at(locate_(part.source->offset + error_offset(statement, place)));
    if (part.source->kind == sql::Kind::copy_in) error.detail(place.context);
  }

  PostgresConnection& connection_;
  std::string_view text_;
  const Database::Locate& locate_;
  std::string sql_;
  std::vector<Part> parts_;
  bool commits_ = false;
  std::string file_;  ///< empty: not to be logged
};

}  // namespace

/// Citus refuses some statements on distributed tables unless they come alone.  A file that speaks of
/// it may be about to create it.
bool PostgresDatabase::goes_together(std::string_view text) { return !contains_word_citus(text) && !facts().citus; }

void PostgresDatabase::run_script(std::string_view text, std::span<const sql::Statement> statements,
                                  const Locate& locate) {
  if (statements.empty()) return;
  const bool together = statements.size() > 1 && in_transaction() && goes_together(text);
  Messages messages(connection_, text, locate);
  messages.log_rows(locate(statements.front().offset).file);
  for (const sql::Statement& statement : statements) {
    messages.add(statement);
    if (!together) messages.send();
    if (connection_.in_transaction() && !connection_.server_in_transaction()) {
      throw Error(ExitCode::failed, "the statement ended the transaction that it was run in").at(locate(statement.offset));
    }
  }
  messages.send();
}

bool PostgresDatabase::run_transaction(const ScriptTransaction& work) {
  const bool together = work.statements.empty() || goes_together(work.text);
  const bool reads_alike = std::ranges::find(work.statements, sql::Kind::session, &sql::Statement::kind) == work.statements.end();
  Messages messages(connection_, work.text, work.locate);
  try {
    std::size_t first = 0;  // what the server takes only before any query, as which the guard counts
    if (!work.statements.empty() && work.statements[0].kind == sql::Kind::begin) {
      messages.add(work.statements[first++]);
    } else {
      messages.add("BEGIN");
    }
    for (; first < work.statements.size(); ++first) {
      const sql::Statement& statement = work.statements[first];
      if (!sql::sets_transaction(work.text.substr(statement.offset, statement.size))) break;
      messages.add(statement);
    }
    if (work.begin.alone) messages.add_guard(fmt::format("SELECT 1 / {}::int", try_lock_sql()));
    if (!work.guard.empty()) messages.add_guard(fmt::format("SELECT 1 / EXISTS ({})::int", work.guard));
    for (const std::string& statement : work.before) messages.add(statement);
    for (const std::string& setting : settings_for(work.begin.limits, "SET LOCAL")) messages.add(setting);
    for (const sql::Statement& statement : work.statements.subspan(first)) {
      if (!together) messages.send();
      messages.add(statement);
    }
    if (!work.statements.empty()) {
      if (!together) messages.send();
      for (const char* statement : kUndoScript) messages.add(statement);
      if (!reads_alike) messages.send();  // the rest would be read under the script's settings
    }
    for (const std::string& statement : work.after) messages.add(statement);
    messages.commit();
  } catch (const GuardFailed&) {
    connection_.rollback();
    return false;
  } catch (...) {
    connection_.rollback();
    throw;
  }
  if (contains_word_citus(work.text)) facts_.reset();
  return true;
}

void PostgresDatabase::limit_transaction() {
  const std::vector<std::string> settings = settings_for(limits_, "SET LOCAL");
  if (!settings.empty()) connection_.run(fmt::format("{}", fmt::join(settings, "; ")));
}

void PostgresDatabase::limit_session(const TimeLimits& limits) {
  const std::vector<std::string> settings = settings_for(limits, "SET");
  if (!settings.empty() && !pooled()) connection_.run(fmt::format("{}", fmt::join(settings, "; ")));
}

void PostgresDatabase::as_ourselves(const std::function<void()>& work) {
  const Row who = query("SELECT session_user, current_setting('role')", {})[0];
  if (who[0] == connection_.user() && who[1] == "none") return work();
  connection_.run("SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL ROLE NONE");
  work();
  // Local, so that what the file has set outlives its transaction or not, as it would have.
  connection_.run(fmt::format("SET LOCAL SESSION AUTHORIZATION {}; SET LOCAL ROLE {}", quoted_name(*who[0]),
                              who[1] == "none" ? "NONE" : quoted_name(*who[1])));
}

void PostgresDatabase::reset_session() {
  const std::vector<PgResult> answers = connection_.run_each(
      fmt::format("SHOW track_counts; {}; SELECT FROM pg_catalog.pg_constraint WHERE condeferred LIMIT 1", fmt::join(kUndoScript, "; ")));
  if (counting_ && rows_of(answers.front().get())[0][0] != "on") {
    throw Error(ExitCode::refused, "the counting of its rows was switched off")
        .detail("What it has run left track_counts off; a function may have done so.");
  }
  if (PQntuples(answers.back().get()) != 0) defer_again();
  limit_transaction();
}

/// What was set to IMMEDIATE stays so to the end of the transaction, and there is no way to say "as
/// declared".  A name that a constraint of another table shares cannot be deferred if that one cannot.
void PostgresDatabase::defer_again() {
  std::string names;
  for (const Row& row : query("SELECT format('%I.%I', n.nspname, c.conname) FROM pg_constraint c "
                              "JOIN pg_namespace n ON n.oid = c.connamespace "
                              "WHERE has_schema_privilege(n.oid, 'USAGE') "
                              "AND n.nspname NOT LIKE 'pg\\_temp\\_%' GROUP BY n.nspname, c.conname "
                              "HAVING bool_or(c.condeferred) AND bool_and(c.condeferrable)", {})) {
    names += (names.empty() ? "" : ", ") + *row[0];
  }
  if (!names.empty()) connection_.run(fmt::format("SET CONSTRAINTS {} DEFERRED", names));
}

}  // namespace seedbed::host
