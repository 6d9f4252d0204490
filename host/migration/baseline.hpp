#pragma once
// Flyway's baselines: one file that stands for all versions up to its own on a new database.

#include <vector>

#include "ledger/ledger.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

/// Puts the newest of `baselines` before those `files` that are above it, and removes the versions
/// that it stands for, if `applied` has no version at all; the one that `applied` has, if it has
/// one.  Does nothing on any other database.
void use_baseline(std::vector<Migration>& files, const std::vector<Migration>& baselines,
                  const std::vector<AppliedMigration>& applied);

}  // namespace seedbed::host
