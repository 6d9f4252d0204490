#include "run/outcome.hpp"

#include <algorithm>

namespace seedbed::host {

bool Outcome::nothing_changed() const { return migrations.empty() && !partly_applied && cleared.empty() && nothing_seeded(); }

bool Outcome::nothing_seeded() const {
  return std::all_of(seeders.begin(), seeders.end(),
                     [](const SeederOutcome& seeder) { return seeder.total() == TableCounts{}; });
}

}  // namespace seedbed::host
