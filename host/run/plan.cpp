#include "run/plan.hpp"

#include <algorithm>

namespace seedbed::host {

std::size_t Plan::pending_migrations() const {
  return static_cast<std::size_t>(std::count_if(
      migrations.begin(), migrations.end(), [this](const PlannedMigration& migration) {
        return migration.state == MigrationState::pending ||
               (migration.state == MigrationState::failed && !migration.file.empty()) ||
               (migration.state == MigrationState::out_of_order && !skips_out_of_order);
      }));
}

bool Plan::something_pending() const {
  const bool edited = std::any_of(
      migrations.begin(), migrations.end(),
      [](const PlannedMigration& migration) { return migration.state == MigrationState::edited; });
  if (edited || pending_migrations() > 0) return true;
  for (std::size_t i = 0; i < seeders.size(); ++i) {
    if (seeders[i].selected && !last_seedings.at(i).current) return true;
  }
  return false;
}

}  // namespace seedbed::host
