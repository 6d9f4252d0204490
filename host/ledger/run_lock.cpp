#include "ledger/run_lock.hpp"

#include <unistd.h>

#include <array>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "duration.hpp"
#include "interrupt.hpp"
#include "ledger/operator.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kPoll{150};

/// A statement outside a transaction that nobody can accompany is given this long.
constexpr std::chrono::seconds kLongLease{3600};

/// The lock's row, if nobody took it.  One that an open transaction holds is skipped.
constexpr const char* kUntakenRow = "SELECT l.id FROM seedbed.lock l WHERE l.id = 1 AND l.run IS NULL FOR UPDATE SKIP LOCKED";

std::string owner_text() {
  const Operator who = current_operator();
  return fmt::format("process {} of {} on {} since {} UTC", getpid(), who.name, who.host,
                     iso_timestamp(std::chrono::duration_cast<std::chrono::microseconds>(
                                       std::chrono::system_clock::now().time_since_epoch()).count()).substr(0, 19));
}

std::string interval(std::chrono::seconds length) { return fmt::format("interval '{} seconds'", length.count()); }

/// The lock's row, if nobody has it: nobody took it, or the holder's connection is gone, or its
/// lease and its heartbeat have ended and no statement of it runs.  The lease begins anew with each row
/// that a migration leaves in the ledger.  A row that an open transaction holds is skipped.
/// Rationale: the function under pg_stat_activity, since the view takes milliseconds to plan.
std::string free_row() {
  return fmt::format(
      "SELECT l.id FROM seedbed.lock l WHERE l.id = 1 AND (l.run IS NULL "
      "OR (l.backend IS NOT NULL AND NOT EXISTS (SELECT FROM pg_stat_get_activity(l.backend::integer) a "
      "WHERE a.backend_start IS NULL OR a.backend_start = l.backend_start)) "
      "OR (l.lease_until < clock_timestamp() AND NOT EXISTS (SELECT FROM seedbed.lock h WHERE h.id = 2 "
      "AND h.fence = l.fence AND h.lease_until > clock_timestamp()) "
      "AND NOT EXISTS (SELECT FROM seedbed.migrations m WHERE m.applied_at BETWEEN clock_timestamp() - {} AND clock_timestamp()) "
      "AND NOT EXISTS (SELECT FROM pg_stat_get_activity(NULL) a WHERE a.state = 'active' "
      "AND ((a.pid = l.backend AND a.backend_start = l.backend_start) OR a.application_name = 'seedbed ' || l.run)))) "
      "FOR UPDATE SKIP LOCKED", interval(RunLock::kLease));
}

/// A sentence; empty if the lock is free by now.
std::string holder_of(Database& database) {
  const std::vector<Row> rows = database.query(
      "SELECT process, operator, host, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') "
      "FROM seedbed.lock WHERE id = 1 AND run IS NOT NULL");
  if (rows.empty()) return "";
  return fmt::format("It is held by process {} of {} on {} since {} UTC.", *rows[0][0], *rows[0][1], *rows[0][2], *rows[0][3]);
}

/// Calls `attempt` until it is true.  Nothing is open between two calls.
template <class Attempt>
void poll_for_lock(Database& database, const DatabaseUrl& url, milliseconds patience, const Attempt& attempt) {
  std::minstd_rand random(static_cast<unsigned>(getpid()));
  const auto deadline = Clock::now() + patience;
  for (bool told = false; !attempt(); told = true) {
    const bool late = Clock::now() >= deadline;
    const std::string holder = late || !told ? holder_of(database) : "";
    if (late) {
      throw Error(ExitCode::locked, fmt::format("could not obtain the lock of \"{}\" within {}", url.display, duration_text(patience)))
          .detail(holder)
          .hint("Another run of seedbed is at work. Wait for it, or give more time with --lock-timeout.");
    }
    if (!told) log::warning("waiting_for_lock", {{"database", url.display}, {"holder", holder}});
    throw_if_interrupted();
    std::this_thread::sleep_for(kPoll + milliseconds(random() % 100));
  }
}

}  // namespace

RunLock::RunLock(Database& database, const DatabaseUrl& url, milliseconds patience, std::string_view identity)
    : database_(database), url_(url), patience_(patience) {
  if (url.engine == Engine::sqlite) {
    if (!url.file.empty()) file_.emplace(url.file, owner_text(), patience);
    if (!identity.empty()) identity_ = database.query("SELECT id FROM seedbed_identity")[0][0].value_or("");
  } else {
    poll_for_lock(database, url, patience, [&] { return try_acquire(kLease); });
  }
  require(identity);
}

void RunLock::require(std::string_view identity) {
  if (identity.empty() || identity == identity_) return;
  if (fence_ != 0) release({}, patience_);
  throw Error(ExitCode::refused, fmt::format("\"{}\" was given another identity while this run waited for its lock", url_.display))
      .detail("Nothing was changed.")
      .hint("Run the command again: it compares the settings with the identity as it is now.");
}

RunLock::~RunLock() {
  if (fence_ == 0) return;
  try {
    const UninterruptedScope uninterrupted;
    database_.rollback();
    release({}, patience_);
  } catch (const std::exception& error) {  // the lease ends by itself
    log::debug("lock_not_released", {{"cause", error.what()}});
  }
}

void RunLock::release(std::vector<std::string> also, milliseconds patience) {
  Database::ScriptTransaction end;
  end.begin.patience = patience;
  end.after = std::move(also);
  if (fence_ != 0) {
    // Also the heartbeat's row, if its own connection was lost before its end.
    end.after.push_back(fmt::format("UPDATE seedbed.lock SET run = NULL, lease_until = NULL WHERE fence = {}", fence_));
  }
  database_.run_transaction(end);
  fence_ = 0;
}

bool RunLock::try_acquire(std::chrono::seconds lease) {
  const Operator who = current_operator();
  run_ = random_id();
  // Behind a pooler the server's process is not ours: its end says nothing about us.
  const std::string backend = database_.pooled() ? "NULL" : "pg_backend_pid()";
  const std::array params{text_value(run_), text_value(who.name), text_value(who.host), integer_value(getpid())};
  const auto take = [&](const std::string& free) {
    return database_.query(
        fmt::format("UPDATE seedbed.lock SET fence = fence + 1, run = $1, operator = $2, host = $3, process = $4, "
                    "backend = {0}, backend_start = (SELECT backend_start FROM pg_stat_get_activity(pg_backend_pid()) WHERE pid = {0}), "
                    "since = clock_timestamp(), lease_until = clock_timestamp() + {1} "
                    "WHERE id = ({2}) RETURNING fence, (SELECT i.id FROM seedbed.identity i)",
                    backend, interval(lease), free), params);
  };
  std::vector<Row> rows = take(kUntakenRow);  // which is usual, and planned four times as fast
  if (rows.empty()) rows = take(free_row());
  if (rows.empty()) return false;
  fence_ = std::stoll(*rows[0][0]);
  identity_ = rows[0][1].value_or("");
  return true;
}

std::string RunLock::guard() const {
  if (fence_ == 0) return "";
  return fmt::format("SELECT 1 FROM seedbed.lock WHERE id = 1 AND fence = {} FOR NO KEY UPDATE", fence_);
}

Error RunLock::lost() {
  return Error(ExitCode::locked, fmt::format("lost the lock of \"{}\" to another run", url_.display))
      .detail(fmt::format("This run had not been heard of for {} s. {}", kLease.count(), holder_of(database_)));
}

void RunLock::hold() {
  if (fence_ != 0 && database_.query(guard()).empty()) throw lost();
}

void RunLock::extend() { extend(kLease); }

void RunLock::extend(std::chrono::seconds lease) {
  if (fence_ == 0) return;
  database_.execute(fmt::format("UPDATE seedbed.lock SET lease_until = clock_timestamp() + {} WHERE id = 1 AND fence = {}",
                                interval(lease), fence_));
}

std::string lock_holder(Database& database, const DatabaseUrl& url) {
  if (url.engine == Engine::sqlite) {
    const std::string owner = url.file.empty() ? "" : file_lock_owner(url.file);
    return owner.empty() ? "" : fmt::format("It is held by {}.", owner);
  }
  try {
    if (!database.query(free_row()).empty()) return "";
  } catch (const Error& error) {  // a role that may not lock the row may still read it
    if (error.code() != ExitCode::failed) throw;
  }
  return holder_of(database);
}

RehearsalTransaction::RehearsalTransaction(Database& database, const DatabaseUrl& url, milliseconds patience,
                                           const TimeLimits& limits) {
  if (url.engine == Engine::sqlite && !url.file.empty() && std::filesystem::exists(url.file)) {
    file_.emplace(url.file, owner_text(), patience);
  }
  const BeginOptions options{.patience = patience, .alone = true, .limits = limits};
  if (url.engine == Engine::sqlite || !database.table_exists("seedbed.lock")) {
    transaction_.emplace(database, options);
    return;
  }
  poll_for_lock(database, url, patience, [&] {
    transaction_.emplace(database, options);
    if (!database.query(free_row()).empty()) return true;
    transaction_.reset();
    return false;
  });
}

void clear_lock(Database& database) {
  if (database.engine() == Engine::sqlite) return;  // a lock on the file, which no copy has
  database.execute("UPDATE seedbed.lock SET fence = fence + 1, run = NULL, lease_until = NULL");
}

Heartbeat::Heartbeat(RunLock& lock) : lock_(lock) {
  Database& database = lock.database();
  if (database.engine() == Engine::sqlite) return;
  if (database.pooled()) {
    show_run();
    return;
  }
  try {
    second_ = connect(lock.url(), {milliseconds(0), false});
  } catch (const Error& error) {
    log::info("no_heartbeat", {{"cause", error.message()}});
  }
  if (second_ == nullptr) {
    lock_.extend(kLongLease);
    return;
  }
  beat();
  database.while_waiting([this] {
    if (Clock::now() - last_ < RunLock::kLease / 3) return;
    try {
      beat();
    } catch (const std::exception& error) {  // the statement goes on; hold() finds out
      log::warning("heartbeat_failed", {{"cause", error.what()}});
    }
  });
}

Heartbeat::~Heartbeat() {
  lock_.database().while_waiting({});
  try {
    if (shown_before_) show(*shown_before_);
    if (second_ != nullptr) second_->execute("UPDATE seedbed.lock SET lease_until = NULL WHERE id = 2");
  } catch (const std::exception& error) {
    log::debug("heartbeat_not_ended", {{"cause", error.what()}});
  }
}

void Heartbeat::show_run() {
  shown_before_ = lock_.database().query("SELECT current_setting('application_name')")[0][0].value_or("");
  show("seedbed " + lock_.run());
}

void Heartbeat::show(const std::string& name) {
  const std::array params{text_value(name)};
  lock_.database().query("SELECT set_config('application_name', $1, false)", params);
}

void Heartbeat::beat() {
  last_ = Clock::now();
  const std::array params{integer_value(lock_.fence())};
  second_->execute(fmt::format("UPDATE seedbed.lock SET fence = $1, lease_until = clock_timestamp() + {} WHERE id = 2",
                               interval(RunLock::kLease)), params);
}

}  // namespace seedbed::host
