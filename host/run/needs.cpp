#include "run/needs.hpp"

#include <fmt/format.h>

namespace seedbed::host {

bool is_repeatable(std::string_view version) { return version.starts_with("R__"); }

bool is_below(Format format, const std::string& newest, const std::string& needs) {
  return newest.empty() || compare_versions(format, newest, needs) < 0;
}

void leave_out_what_needs_more(Preparation& preparation) {
  std::string newest;
  for (const PlannedMigration& migration : preparation.migrations) {
    if (!is_repeatable(migration.version) && is_below(preparation.format, newest, migration.version)) newest = migration.version;
  }
  for (PlannedSeeder& planned : preparation.seeders) {
    const std::string& needs = planned.seeder.declaration.needs;
    if (!planned.selected || needs.empty() || !is_below(preparation.format, newest, needs)) continue;
    planned.selected = false;
    planned.reason = fmt::format("needs migration {}", needs);
  }
}

}  // namespace seedbed::host
