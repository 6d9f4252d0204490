#include "run/repair.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "ledger/run_lock.hpp"
#include "migration/supabase_migration.hpp"
#include "nearest.hpp"
#include "run/guards.hpp"
#include "run/preparation.hpp"
#include "run/record_run.hpp"
#include "run/retry.hpp"

namespace seedbed::host {

namespace {

std::vector<TakenStatement> taken(const SqlPart* part, const std::vector<RememberedStatement>& remembered, Engine engine) {
  std::vector<TakenStatement> statements;
  for (std::size_t i = 0; i < remembered.size(); ++i) {
    if (remembered[i].state != StatementState::ended) continue;
    TakenStatement& statement = statements.emplace_back();
    statement.number = i + 1;
    if (part == nullptr || i >= part->statements.size() || statement_hash(*part, i, engine) != remembered[i].hash) continue;
    const sql::Statement& source = part->statements[i];
    statement.line = source.line;
    statement.text = part->text.substr(source.offset, source.size);
  }
  return statements;
}

DamageReport damage_of(const Preparation& prepared, const Settings& settings) {
  DamageReport report{settings.environment, settings.url.display, settings.url.engine, {}};
  Ledger ledger(*prepared.database);
  if (!ledger.exists()) return report;
  const std::vector<AppliedMigration> rows = ledger.migrations();
  const RememberedStatements remembered = ledger.all_statements();
  std::vector<PlannedMigration> plan = plan_migrations(prepared.files, rows);
  mark_half_applied(plan, prepared.files, remembered, settings.url.engine);
  for (const PlannedMigration& planned : plan) {
    if (planned.state != MigrationState::edited && planned.state != MigrationState::failed) continue;
    Damage& damage = report.damages.emplace_back();
    damage.state = planned.state;
    damage.version = planned.version;
    damage.file = planned.file;
    const auto file = std::ranges::find(prepared.files, planned.version, &Migration::version);
    const bool has_file = file != prepared.files.end();
    if (planned.state == MigrationState::edited) {
      damage.applied_at = planned.applied_at;
      damage.recorded_sha256 = std::ranges::find(rows, planned.version, &AppliedMigration::version)->sha256;
      damage.sha256 = file->sha256;
    } else {
      damage.half = *planned.half;
      const SqlPart* part = has_file ? &file->up : nullptr;
      if (damage.half.reverting) part = has_file && file->down ? &*file->down : nullptr;
      const std::string key = damage.half.reverting ? reverting_key(planned.version) : planned.version;
      damage.took_effect = taken(part, remembered.at(key), settings.url.engine);
    }
  }
  return report;
}

const Damage& damage_named(const DamageReport& report, const Preparation& prepared, const std::string& version, MigrationState state) {
  const auto found = std::ranges::find_if(report.damages, [&](const Damage& damage) { return damage.version == version && damage.state == state; });
  if (found != report.damages.end()) return *found;
  check_target_version(prepared.files, version);
  throw Error(ExitCode::usage, fmt::format("migration \"{}\" {}", version,
                                           state == MigrationState::edited ? "was not edited after it was applied" : "is not half applied"))
      .hint("\"seedbed repair\" shows what is wrong.");
}

std::vector<Damage> chosen(const DamageReport& report, const Preparation& prepared, const RepairOptions& options) {
  std::vector<Damage> damages;
  for (const std::string& version : options.accept) damages.push_back(damage_named(report, prepared, version, MigrationState::edited));
  for (const std::string& version : options.abandon) damages.push_back(damage_named(report, prepared, version, MigrationState::failed));
  if (options.accept_all) {
    std::ranges::copy_if(report.damages, std::back_inserter(damages), [&](const Damage& damage) {
      return damage.state == MigrationState::edited && std::ranges::find(options.accept, damage.version) == options.accept.end();
    });
  }
  return damages;
}

Stakes stakes_of(const std::vector<Damage>& damages) {
  Stakes stakes;
  stakes.action = "abandon";
  stakes.unit = "statement";
  for (const Damage& damage : damages) {
    if (damage.state != MigrationState::failed) continue;
    stakes.action += " " + damage.version;
    stakes.count += static_cast<std::int64_t>(damage.took_effect.size());
  }
  stakes.what = fmt::format("It forgets {} that took effect, to run again", stakes.counted());
  return stakes;
}

void mend(Preparation& prepared, const Damage& damage, Outcome& outcome) {
  Ledger ledger(*prepared.database);
  const std::string& title = damage.file.empty() ? damage.version : damage.file;
  if (damage.state == MigrationState::edited) {
    const Migration& file = prepared.file(damage.version);
    AppliedMigration row;
    row.version = file.version;
    row.name = file.name;
    row.file = file.file;
    row.sha256 = file.sha256;
    row.token_hash = file.token_hash;
    ledger.accept(row);
    if (prepared.supabase) prepared.supabase->replace(supabase_migration(file));
    outcome.accepted.push_back({file.version, file.name, file.file, {}});
    return;
  }
  ledger.forget_statements(damage.half.reverting ? reverting_key(damage.version) : damage.version);
  outcome.abandoned.push_back({damage.version, "", title, {}});
  for (const TakenStatement& statement : damage.took_effect) {
    outcome.notices.push_back(
        statement.line == 0
            ? fmt::format("Statement {} of {} took effect and stays; the file has it no more.", statement.number, title)
            : fmt::format("Line {} of {} took effect and stays: {}", statement.line, title, statement.text));
  }
}

}  // namespace

DamageReport find_damage(const Settings& settings, std::chrono::milliseconds wait) {
  Preparation prepared = prepare_migrations(settings, wait);
  look_at_database(prepared, settings);
  return damage_of(prepared, settings);
}

Outcome repair(const Settings& settings, const RepairOptions& options) {
  Preparation prepared = prepare_migrations(settings, options.wait);
  look_at_database(prepared, settings);
  Outcome start = outcome_of(settings, "repair");
  start.seeding_asked = false;
  if (chosen(damage_of(prepared, settings), prepared, options).empty()) {
    start.notices.push_back("No migration was edited after it was applied.");
    return start;
  }
  return recorded_run(prepared, settings, std::move(start), [&](Outcome& outcome) {
    const ConsentGate gate(prepared, settings, options.consent);
    const auto require_consent = [&](const std::vector<Damage>& damages) {
      if (!options.abandon.empty()) gate.require([&] { return stakes_of(damages); });
    };
    require_consent(chosen(damage_of(prepared, settings), prepared, options));
    open_ledger(prepared, settings, options.wait);
    RunLock lock(*prepared.database, settings.url, settings.lock_timeout, prepared.identity->id);
    const Outcome before = outcome;
    with_retries("repair", [&] {
      outcome = before;
      LockedTransaction transaction(lock);
      if (prepared.supabase) prepared.supabase->prepare();
      const std::vector<Damage> damages = chosen(damage_of(prepared, settings), prepared, options);
      require_consent(damages);
      for (const Damage& damage : damages) mend(prepared, damage, outcome);
      transaction.commit();
    });
  });
}

}  // namespace seedbed::host
