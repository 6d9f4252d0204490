#pragma once
// One run per database at a time.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "database/database.hpp"
#include "database/url.hpp"
#include "ledger/file_lock.hpp"

namespace seedbed::host {

/// The lock of a database, from construction to destruction.
///
/// PostgreSQL: a row of the ledger with a fence, which grows with each holder, and a lease.  Every
/// writing transaction keeps the row locked to its end (hold()), and taking over needs the row, so an
/// open transaction is its own proof of life.  Between transactions the lease holds, which begins anew
/// with each row that a migration leaves in the ledger.  No session state: it is right behind a transaction-pooling proxy, and those who wait have nothing open.
/// The lock is free at once when the holder's connection is gone (unless a pooler hides that),
/// else when the lease ends.
///
/// SQLite: a FileLock; nothing for :memory:.
class RunLock {
 public:
  /// How long a holder that nobody hears of keeps the lock.
  static constexpr std::chrono::seconds kLease{30};

  /// Needs a prepared ledger and no open transaction.  Waits at most `patience`, polling.
  /// `database` and `url` must outlive the lock.  `identity` is the database's id as it was looked at;
  /// empty: any.
  ///
  /// Throws Error{locked} that names who holds it, where, and since when; Error{refused} if the database
  /// was given another identity meanwhile.
  RunLock(Database& database, const DatabaseUrl& url, std::chrono::milliseconds patience, std::string_view identity = {});
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  /// Keeps the lock to the end of the open transaction.  Throws Error{locked} if another run has
  /// taken it over meanwhile.
  void hold();

  /// Lets the lease begin anew; right before a commit.
  void extend();

  /// Lets the lease be as long as a statement outside a transaction may take, when no heartbeat can
  /// accompany it.
  void extend(std::chrono::seconds lease);

  /// What hold() asks the database, for Database::run_transaction(); empty: there is nothing to hold.
  std::string guard() const;

  /// The error of a lock that another run has taken over.
  Error lost();

  /// Gives the lock up and runs `also` in the same transaction, which waits at most `patience` to begin.
  void release(std::vector<std::string> also, std::chrono::milliseconds patience);

  Database& database() { return database_; }
  const DatabaseUrl& url() const { return url_; }
  std::chrono::milliseconds patience() const { return patience_; }
  std::int64_t fence() const { return fence_; }
  const std::string& run() const { return run_; }

 private:
  bool try_acquire(std::chrono::seconds lease);
  void require(std::string_view identity);

  Database& database_;
  const DatabaseUrl& url_;
  std::chrono::milliseconds patience_;
  std::int64_t fence_ = 0;  ///< 0: there is no row to hold
  std::string run_;         ///< random; whoever has the lock
  std::string identity_;    ///< of the database when the lock was obtained
  std::optional<FileLock> file_;
};

/// Who holds the lock, as a sentence; empty if it is free.  Waits for nothing and writes nothing.
std::string lock_holder(Database& database, const DatabaseUrl& url);

/// Lets nobody have the lock: whoever had it notices before the next commit.  For a restored copy, in which
/// a run of the original may seem to hold it.
void clear_lock(Database& database);

/// Accompanies statements that run outside a transaction, beyond the end of the lease of a RunLock:
/// renews it on a second connection whenever the first one waits.
///
/// Behind a pooler, which may have no second connection to give while the first one is busy, the
/// server shows that the statement runs: in pg_stat_activity, under the name of the run.  Poolers keep
/// that setting, application_name, with their client.
/// Rationale: a long lease would leave the lock of a run that was killed for as long.
class Heartbeat {
 public:
  /// Where there is no second connection, and no pooler, the lease is made long: it ends all the same
  /// with the connection.
  explicit Heartbeat(RunLock& lock);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  void beat();
  void show_run();
  void show(const std::string& name);

  RunLock& lock_;
  std::unique_ptr<Database> second_;
  std::optional<std::string> shown_before_;  ///< the application_name there was
  std::chrono::steady_clock::time_point last_;
};

/// A writing transaction of a run: holds its lock, and rolls back at the end of its scope unless
/// commit() was called.
class LockedTransaction {
 public:
  explicit LockedTransaction(RunLock& lock, const TimeLimits& limits = {})
      : transaction_(lock.database(), {.patience = lock.patience(), .limits = limits}), lock_(lock) {
    lock_.hold();
  }

  void commit() {
    lock_.extend();
    transaction_.commit();
  }

 private:
  Transaction transaction_;
  RunLock& lock_;
};

/// The one transaction of a dry run: no run has the lock, or obtains it, while it is open.  It is
/// always rolled back.
class RehearsalTransaction {
 public:
  /// Waits at most `patience`, with nothing open while it waits.  Throws Error{locked}.
  RehearsalTransaction(Database& database, const DatabaseUrl& url, std::chrono::milliseconds patience,
                       const TimeLimits& limits = {});

 private:
  std::optional<FileLock> file_;
  std::optional<Transaction> transaction_;
};

}  // namespace seedbed::host
