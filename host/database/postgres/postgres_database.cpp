#include "database/postgres/postgres_database.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "database/postgres/error_offset.hpp"
#include "database/postgres/postgres_value.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

// Advisory locks are numbers that all programs of a database share; this is "seedbed" in ASCII.
constexpr const char* kLockKey = "32481108471997796";
constexpr auto kLockPoll = std::chrono::milliseconds(100);

}  // namespace

PostgresDatabase::PostgresDatabase(const DatabaseUrl& url, const ConnectOptions& options)
    : connection_(url, options.wait), display_(url.display) {}

bool PostgresDatabase::try_lock() {
  return query(fmt::format("SELECT pg_try_advisory_xact_lock({})", kLockKey), {})[0][0] == "t";
}

std::string PostgresDatabase::lock_holder() {
  const std::vector<Row> rows = query(
      fmt::format("SELECT a.pid, a.usename, coalesce(host(a.client_addr), 'this machine'), "
                  "to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') "
                  "FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_database d ON d.oid = l.database "
                  "WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database() "
                  "AND (l.classid::bigint << 32 | l.objid::bigint) = {} LIMIT 1", kLockKey), {});
  if (rows.empty()) return "";
  return fmt::format("It is held by server process {} (user {}, from {}) since {} UTC.", rows[0][0].value_or("?"),
                     rows[0][1].value_or("?"), rows[0][2].value_or("?"), rows[0][3].value_or("?"));
}

void PostgresDatabase::begin(const BeginOptions& options) {
  if (!options.alone) {
    connection_.begin();
    return;
  }
  const auto deadline = std::chrono::steady_clock::now() + options.patience;
  lock_limit_.reset();
  for (bool told = false;; told = true) {
    connection_.begin();
    const bool late = std::chrono::steady_clock::now() >= deadline;
    std::string holder;
    try {
      if (try_lock()) return;
      if (late || !told) holder = lock_holder();
    } catch (...) {
      connection_.rollback();
      throw;
    }
    connection_.rollback();  // nothing stays open while waiting
    if (late) {
      throw Error(ExitCode::locked, fmt::format("could not obtain the lock of \"{}\" within {} ms", display_, options.patience.count()))
          .detail(holder)
          .hint("Another run of seedbed is at work. Wait for it, or give more time with --lock-timeout.");
    }
    if (!told) log::warning("waiting_for_lock", {{"database", display_}, {"holder", holder}});
    throw_if_interrupted();
    std::this_thread::sleep_for(kLockPoll);
  }
}

bool PostgresDatabase::pooled() {
  // A pooler makes up the number that it gives its clients.
  if (!pooled_) pooled_ = query("SELECT pg_backend_pid()", {})[0][0] != std::to_string(connection_.backend_pid());
  return *pooled_;
}

void PostgresDatabase::limit_lock_waits(std::chrono::milliseconds longest) {
  lock_limit_ = longest;
  connection_.run(fmt::format("SET LOCAL lock_timeout = {}", longest.count()));
}

PgResult PostgresDatabase::run(std::string_view sql, std::span<const seedbed_value> params) {
  std::vector<std::optional<std::string>> texts;
  for (const seedbed_value& param : params) {
    check_value(param);
    texts.push_back(checked_text(param));
  }
  return connection_.run(std::string(sql), texts);
}

std::int64_t PostgresDatabase::execute(std::string_view sql, std::span<const seedbed_value> params) {
  const PgResult result = run(sql, params);
  const std::string_view count = result == nullptr ? "" : PQcmdTuples(result.get());
  return count.empty() ? 0 : std::stoll(std::string(count));
}

std::vector<Row> PostgresDatabase::query(std::string_view sql, std::span<const seedbed_value> params) {
  const PgResult result = run(sql, params);
  std::vector<Row> rows;
  for (int i = 0; i < PQntuples(result.get()); ++i) {
    Row& row = rows.emplace_back();
    for (int j = 0; j < PQnfields(result.get()); ++j) {
      if (PQgetisnull(result.get(), i, j) != 0) row.emplace_back();
      else row.emplace_back(std::string(PQgetvalue(result.get(), i, j), static_cast<std::size_t>(PQgetlength(result.get(), i, j))));
    }
  }
  return rows;
}

void PostgresDatabase::query_typed(std::string_view sql, std::span<const seedbed_value> params, const TypedRow& row) {
  const PgResult result = run(sql, params);
  const int width = PQnfields(result.get());
  std::vector<TypedCell> cells(static_cast<std::size_t>(width));
  std::vector<seedbed_value> values(cells.size());
  for (int i = 0; i < PQntuples(result.get()); ++i) {
    for (int j = 0; j < width; ++j) {
      const auto at = static_cast<std::size_t>(j);
      values[at] = cells[at].read(result.get(), i, j);
    }
    if (!row(values.data(), values.size())) return;
  }
}

void PostgresDatabase::run_script(std::string_view text, std::span<const sql::Statement> statements,
                                const Locate& locate) {
  for (const sql::Statement& source : statements) {
    const std::string_view sql = text.substr(source.offset, source.size);
    PgErrorPlace place;
    try {
      connection_.run(std::string(sql), {}, text.substr(source.data_offset, source.data_size), &place);
    } catch (Error& error) {
      if (error.code() == ExitCode::failed) {
        error.at(locate(source.offset + error_offset(sql, place)));
        if (source.kind == sql::Kind::copy_in && !place.context.empty()) error.detail(place.context);
      }
      throw;
    }
    if (connection_.in_transaction() && !connection_.server_in_transaction()) {
      throw Error(ExitCode::failed, "the statement ended the transaction that it was run in")
          .at(locate(source.offset));
    }
  }
}

void PostgresDatabase::reset_session() {
  connection_.run("SET CONSTRAINTS ALL IMMEDIATE");
  connection_.run("SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; RESET ALL; CLOSE ALL; DEALLOCATE ALL; DISCARD TEMP; "
                  "UNLISTEN *");
  defer_again();
  if (lock_limit_) limit_lock_waits(*lock_limit_);
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
