#include "run/record_run.hpp"

#include <algorithm>

#include "interrupt.hpp"
#include "ledger/ledger.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

using std::chrono::milliseconds;

/// A run that gave up, or was told to, does not begin to wait again.
milliseconds patience_for_record(const Outcome& outcome, milliseconds patience) {
  using namespace std::chrono_literals;
  if (!outcome.error) return patience;
  const ExitCode code = outcome.error->code();
  return code == ExitCode::interrupted || code == ExitCode::locked ? 0ms : std::min(patience, milliseconds(2000ms));
}

RecordedRun row_of(const Outcome& outcome, const RunStart& start) {
  RecordedRun run;
  run.command = outcome.command;
  run.environment = outcome.environment;
  run.tier = tier_name(outcome.tier);
  run.outcome = "done";
  if (outcome.error) {
    const ExitCode code = outcome.error->code();
    run.outcome = code == ExitCode::interrupted ? "interrupted" : code == ExitCode::refused ? "refused" : "failed";
    run.error = outcome.error->message();
  }
  run.started_at = start.at;
  run.took_ms = start.elapsed().count() / 1000;
  run.migrations = static_cast<std::int64_t>(outcome.touched_migrations());
  for (const SeederOutcome& seeder : outcome.seeders) {
    run.inserted += seeder.total().inserted;
    run.updated += seeder.total().updated;
    run.deleted += seeder.total().deleted;
  }
  for (const TableCounts& cleared : outcome.cleared) run.deleted += cleared.deleted;
  return run;
}

}  // namespace

std::chrono::microseconds RunStart::elapsed() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - steady);
}

std::int64_t RunStart::clock_reading() {
  using namespace std::chrono;
  return duration_cast<microseconds>(duration_cast<milliseconds>(system_clock::now().time_since_epoch())).count();
}

std::string run_record(const Ledger& ledger, const Outcome& outcome, const RunStart& start, int more) {
  RecordedRun run = row_of(outcome, start);
  run.migrations += more;
  return ledger.recording(run);
}

void record_run(Database& database, const Outcome& outcome, const RunStart& start,
                std::chrono::milliseconds patience, RunLock* lock, std::vector<std::string> before) noexcept {
  if (outcome.dry_run || (!outcome.error && outcome.nothing_changed())) return;
  try {
    const UninterruptedScope uninterrupted;
    Ledger ledger(database);
    before.push_back(ledger.recording(row_of(outcome, start)));
    patience = patience_for_record(outcome, patience);
    if (lock != nullptr) return lock->release(std::move(before), patience);
    if (!ledger.ready()) return;  // never made: nothing to write into
    Database::ScriptTransaction record;
    record.begin.patience = patience;
    record.after = std::move(before);
    database.run_transaction(record);
  } catch (const Error& error) {
    // Whoever reads of a failed run need not read that the database was not to be had for this, too.
    const log::Level level = outcome.error ? log::Level::info : log::Level::warning;
    if (error.hint().empty()) log::write(level, "run_not_recorded", {{"cause", error.message()}});
    else log::write(level, "run_not_recorded", {{"cause", error.message()}, {"hint", error.hint()}});
  } catch (const std::exception& error) {
    log::warning("run_not_recorded", {{"cause", error.what()}});
  }
}

}  // namespace seedbed::host
