#include "run/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "run/name_list.hpp"

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

std::string left_alone_text(const std::vector<std::string>& files) {
  return fmt::format("Left alone, since {}: {}.", files.size() == 1 ? "its name is not that of a migration" : "their names are not those of migrations",
                     shortened_list(files));
}

}  // namespace seedbed::host
