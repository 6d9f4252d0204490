#include "run/stamp.hpp"

#include <algorithm>
#include <set>
#include <span>

#include <fmt/format.h>

#include "ledger/run_lock.hpp"
#include "migration/supabase_migration.hpp"
#include "run/guards.hpp"
#include "run/preparation.hpp"
#include "run/record_run.hpp"
#include "run/retry.hpp"

namespace seedbed::host {

namespace {

/// The files up to and including `version`.
std::span<const Migration> files_to(const Preparation& prepared, const std::string& version) {
  const std::span<const Migration> files(prepared.files);
  if (version != "latest") {
    check_target_version(prepared.files, version);
    const auto last = std::ranges::find(files, version, &Migration::version);
    return files.first(static_cast<std::size_t>(last - files.begin()) + 1);
  }
  if (files.empty()) throw Error(ExitCode::usage, "there is no migration to record");
  return files.first(static_cast<std::size_t>(std::ranges::count(files, false, &Migration::repeatable)));
}

AppliedMigration stamped_row(const Migration& file) {
  AppliedMigration row;
  row.version = file.version;
  row.name = file.name;
  row.file = file.file;
  row.sha256 = file.sha256;
  row.token_hash = file.token_hash;
  row.origin = "stamped";
  return row;
}

bool all_recorded(const Preparation& prepared, std::span<const Migration> files) {
  return std::ranges::all_of(files, [&](const Migration& file) {
    const auto planned = std::ranges::find(prepared.migrations, file.version, &PlannedMigration::version);
    return !planned->applied_at.empty();
  });
}

void record(Preparation& prepared, std::span<const Migration> files, Outcome& outcome) {
  Ledger ledger(*prepared.database);
  if (prepared.supabase) {
    prepared.supabase->prepare();
    bring_in_step(*prepared.database, *prepared.supabase, prepared.files, outcome.notices);
  }
  std::set<std::string> applied;
  for (AppliedMigration& row : ledger.migrations()) applied.insert(std::move(row.version));
  for (const Migration& file : files) {
    if (applied.contains(file.version)) {
      ++outcome.migrations_up_to_date;
      continue;
    }
    if (const auto statements = ledger.statements(file.version); !statements.empty()) {
      const auto done = std::ranges::count(statements, StatementState::ended, &RememberedStatement::state);
      outcome.notices.push_back(fmt::format("{} was half applied ({} of its {} statements); it counts as applied now.",
                                            file.file, done, file.up.statements.size()));
      ledger.forget_statements(file.version);
    }
    ledger.record(stamped_row(file));
    if (prepared.supabase) {
      prepared.supabase->record(supabase_migration(file));
      prepared.database->execute(ledger.sharing(file.version));
    }
    outcome.recorded.push_back({file.version, file.name, file.file, {}});
  }
}

}  // namespace

Outcome stamp(const Settings& settings, const StampOptions& options) {
  Preparation prepared = prepare_migrations(settings, options.wait);
  const std::span<const Migration> files = files_to(prepared, options.version);
  look_at_database(prepared, settings);
  Outcome start = outcome_of(settings, "stamp");
  start.seeding_asked = false;
  return recorded_run(prepared, settings, std::move(start), [&](Outcome& outcome) {
    if (all_recorded(prepared, files)) {
      outcome.migrations_up_to_date = files.size();
      return;
    }
    if (prepared.database->user_tables().empty()) {
      outcome.notices.push_back("The database has no tables of its own: what these migrations create will be missing.");
    }
    open_ledger(prepared, settings, options.wait);
    RunLock lock(*prepared.database, settings.url, settings.lock_timeout, prepared.identity->id);
    const Outcome before = outcome;
    with_retries("stamp", [&] {
      outcome = before;
      LockedTransaction transaction(lock);
      record(prepared, files, outcome);
      transaction.commit();
    });
  });
}

}  // namespace seedbed::host
