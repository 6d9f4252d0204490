#pragma once
// What a run would do, as a value: which migrations, which seeders, in which order.

#include <cstdint>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "migration/migration_plan.hpp"
#include "seeding/seeder.hpp"

namespace seedbed::host {

struct LastSeeding {
  std::string ran_at;  ///< UTC; empty: never
  std::string version; ///< of the seeder that ran
  bool current = false;  ///< same version, parameters and files as now
};

/// Rows that a seeder inserted once and declares no more; they are left alone.
struct OrphanedRows {
  std::string seeder;
  std::string table;
  std::int64_t rows = 0;
};

struct Plan {
  std::string environment;
  Tier tier = Tier::development;
  std::string url;     ///< without secrets
  Engine engine = Engine::sqlite;
  std::vector<PlannedMigration> migrations;
  std::vector<std::string> left_alone;  ///< see MigrationFolder
  bool skips_out_of_order = false;  ///< by policy: then those are not pending
  std::vector<PlannedSeeder> seeders;
  std::vector<LastSeeding> last_seedings;  ///< of seeders[i]
  std::vector<OrphanedRows> orphaned;

  std::size_t pending_migrations() const;
  /// True when `status --exit-code` should exit 3.
  bool something_pending() const;
};

/// A sentence on `Plan::left_alone`.
std::string left_alone_text(const std::vector<std::string>& files);

}  // namespace seedbed::host
