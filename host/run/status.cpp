// What is applied, pending and edited, without changing anything.

#include <algorithm>

#include "migration/migration_plan.hpp"
#include "run/deleted_rows.hpp"
#include "run/guards.hpp"
#include "run/needs.hpp"
#include "run/preparation.hpp"
#include "run/run.hpp"
#include "seeding/plain_files.hpp"
#include "seeding/run_seeder.hpp"

namespace seedbed::host {

namespace {

LastSeeding last_seeding(const Preparation& prepared, const std::vector<RememberedSeed>& seeds, const Seeder& seeder,
                         const Settings& settings) {
  LastSeeding last;
  for (const RememberedSeed& seed : seeds) {
    if (seed.seeder != seeder.declaration.name || seed.ran_at < last.ran_at) continue;
    last = {seed.ran_at, seed.version, seeder.declaration.once || seed.fingerprint == fingerprint(seeder, settings)};
  }
  if (seeder.kind == SeederKind::sql_files) last.current = plain_files_current(*prepared.database, settings, seeds);
  return last;
}

}  // namespace

Plan status(const Settings& settings, std::chrono::milliseconds wait) {
  Preparation prepared = prepare_files(settings, {}, wait);
  look_at_database(prepared, settings);
  leave_out_what_needs_more(prepared);
  if (Ledger ledger(*prepared.database); ledger.exists()) {
    const RememberedStatements remembered = ledger.all_statements();
    for (Migration& file : prepared.files) {
      if (remembered.contains(reverting_key(file.version))) read_text(file);
    }
    mark_half_applied(prepared.migrations, prepared.files, remembered, settings.url.engine);
  }
  Plan plan;
  plan.environment = settings.environment;
  plan.tier = settings.tier;
  plan.url = settings.url.display;
  plan.engine = settings.url.engine;
  plan.migrations = prepared.migrations;
  plan.left_alone = prepared.left_alone;
  plan.skips_out_of_order = out_of_order_policy(settings) == "skip";
  plan.seeders = prepared.seeders;
  std::vector<RememberedSeed> seeds;
  if (prepared.ledger_version > 0) seeds = Ledger(*prepared.database).seeds();
  for (const PlannedSeeder& planned : prepared.seeders) {
    plan.last_seedings.push_back(last_seeding(prepared, seeds, planned.seeder, settings));
  }
  plan.orphaned = orphaned_rows(*prepared.database);
  return plan;
}

}  // namespace seedbed::host
