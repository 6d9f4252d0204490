#include "database/postgres/postgres_database.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "database/postgres/postgres_value.hpp"
#include "database/sql/token_cursor.hpp"
#include "duration.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

constexpr auto kLockPoll = std::chrono::milliseconds(100);

/// The index that a CREATE INDEX CONCURRENTLY names, and its table, as they are written.
struct ConcurrentIndex {
  std::string name;
  std::string table;
};

std::optional<ConcurrentIndex> concurrent_index(std::string_view statement) {
  sql::TokenCursor cursor(statement, {});
  if (!cursor.accept("create")) return std::nullopt;
  cursor.accept("unique");
  if (!cursor.accept("index") || !cursor.accept("concurrently")) return std::nullopt;
  if (cursor.accept("if")) {
    cursor.accept("not");
    cursor.accept("exists");
  }
  if (cursor.at("on")) return std::nullopt;  // the server makes up a name
  ConcurrentIndex index{std::string(cursor.text()), ""};
  cursor.advance();
  if (!cursor.accept("on")) return std::nullopt;
  cursor.accept("only");
  for (; !cursor.at_end() && !cursor.at("using") && !cursor.at_symbol("("); cursor.advance()) index.table += cursor.text();
  return index;
}

}  // namespace

PostgresDatabase::PostgresDatabase(const DatabaseUrl& url, const ConnectOptions& options, const std::atomic<bool>* given_up)
    : connection_(url, options.wait, given_up), display_(url.display) {}

std::string PostgresDatabase::try_lock_sql() { return fmt::format("pg_try_advisory_xact_lock({})", kLockKey); }

bool PostgresDatabase::try_lock() {
  return query("SELECT " + try_lock_sql(), {})[0][0] == "t";
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
  limits_ = options.limits;
  if (!options.alone) {
    connection_.begin();
    limit_transaction();
    return;
  }
  const auto deadline = std::chrono::steady_clock::now() + options.patience;
  for (bool told = false;; told = true) {
    connection_.begin();
    const bool late = std::chrono::steady_clock::now() >= deadline;
    std::string holder;
    try {
      if (try_lock()) {
        // Opening a table makes the server forget names that were not there when the transaction began:
        // without it, what the lock's last holder created would be created again.
        query("SELECT FROM pg_class LIMIT 0", {});
        return limit_transaction();
      }
      if (late || !told) holder = lock_holder();
    } catch (...) {
      connection_.rollback();
      throw;
    }
    connection_.rollback();  // nothing stays open while waiting
    if (late) {
      throw Error(ExitCode::locked, fmt::format("could not obtain the lock of \"{}\" within {}", display_, duration_text(options.patience)))
          .detail(holder)
          .hint("Another run of seedbed is at work. Wait for it, or give more time with --lock-timeout.");
    }
    if (!told) log::warning("waiting_for_lock", {{"database", display_}, {"holder", holder}});
    throw_if_interrupted();
    std::this_thread::sleep_for(kLockPoll);
  }
}

const PostgresDatabase::ServerFacts& PostgresDatabase::facts() {
  if (!facts_) {
    const Row row = query("SELECT pg_backend_pid(), to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL", {})[0];
    // A pooler makes up the number that it gives its clients.
    facts_ = {row[0] != std::to_string(connection_.backend_pid()), row[1] == "t"};
  }
  return *facts_;
}

bool PostgresDatabase::pooled() { return facts().pooled; }

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
  return rows_of(run(sql, params).get());
}

/// Citus takes some statements on distributed tables only alone.
void PostgresDatabase::run_with_next(std::string_view statement) {
  if (facts().citus) execute(statement, {});
  else connection_.run_ahead_of_next({std::string(statement)});
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

void PostgresDatabase::drop_unfinished(std::string_view statement) {
  const auto index = concurrent_index(statement);
  if (!index) return;
  const std::array params{text_value(index->table), text_value(index->name)};
  for (const Row& row : query("SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                              "WHERE i.indrelid = to_regclass($1) AND c.relname = (parse_ident($2))[1] AND NOT i.indisvalid", params)) {
    log::info("invalid_index_dropped", {{"index", *row[0]}});
    connection_.run(fmt::format("DROP INDEX CONCURRENTLY {}", *row[0]));
  }
}

}  // namespace seedbed::host
