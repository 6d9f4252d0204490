#pragma once
// The row that a run leaves in the ledger.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "database/database.hpp"
#include "ledger/ledger.hpp"
#include "ledger/run_lock.hpp"
#include "run/outcome.hpp"
#include "run/preparation.hpp"

namespace seedbed::host {

/// When a run began: by the clock that never jumps, and by the one that people read.
struct RunStart {
  std::chrono::steady_clock::time_point steady = std::chrono::steady_clock::now();
  std::int64_t at = clock_reading();  ///< microseconds since 1970 UTC

  std::chrono::microseconds elapsed() const;

  /// Whole milliseconds, so that SQLite's text keeps all of it.
  static std::int64_t clock_reading();
};

/// The statement that records `outcome`, and as many more migrations as `more` says, in a transaction of
/// somebody else's.
std::string run_record(const Ledger& ledger, const Outcome& outcome, const RunStart& start, int more);

/// Writes a row about `outcome` into the ledger's runs, in a transaction of its own, with which `lock`
/// is given up if there is one.  Runs that changed nothing and met no trouble leave none, nor do dry runs.
///
/// `before` are statements that come first in that transaction.
///
/// Waits at most `patience` for the database.  Never throws: a row that could not be written is
/// logged, since the run itself has ended by then.
void record_run(Database& database, const Outcome& outcome, const RunStart& start,
                std::chrono::milliseconds patience, RunLock* lock = nullptr,
                std::vector<std::string> before = {}) noexcept;

/// Lets `work` fill in `outcome`, times it, and records the run.  An Error that `work` throws rolls back
/// and ends up in the outcome.
template <class Work>
Outcome recorded_run(Preparation& prepared, const Settings& settings, Outcome outcome, const Work& work) {
  const RunStart start;
  if (!prepared.server_changed.empty()) outcome.notices.push_back(prepared.server_changed);
  try {
    work(outcome);
  } catch (const Error& error) {
    prepared.database->rollback();
    outcome.error = error;
  }
  outcome.took = start.elapsed();
  record_run(*prepared.database, outcome, start, settings.lock_timeout);
  return outcome;
}

}  // namespace seedbed::host
