#include "run/outcome.hpp"

#include <algorithm>

namespace seedbed::host {

Outcome outcome_of(const Settings& settings, const std::string& command) {
  Outcome outcome;
  outcome.command = command;
  outcome.environment = settings.environment;
  outcome.tier = settings.tier;
  outcome.url = settings.url.display;
  outcome.engine = settings.url.engine;
  return outcome;
}

std::size_t Outcome::touched_migrations() const { 
  return migrations.size() + recorded.size() + reverted.size() + accepted.size() + abandoned.size();
}

bool Outcome::nothing_changed() const { 
  return touched_migrations() == 0 && dropped.empty() && !identity && !partly_applied && cleared.empty() && nothing_seeded();
}

bool Outcome::nothing_seeded() const {
  return std::all_of(seeders.begin(), seeders.end(),
                     [](const SeederOutcome& seeder) { return seeder.total() == TableCounts{}; });
}

}  // namespace seedbed::host
