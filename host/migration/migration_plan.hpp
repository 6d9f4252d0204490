#pragma once
// Migration files beside what the ledger says of them.

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

enum class MigrationState { applied, pending, edited, missing, out_of_order };

struct PlannedMigration {
  std::string version;
  std::string name;
  std::string file;
  MigrationState state = MigrationState::pending;
  std::string applied_at;    ///< UTC, "2026-08-03 09:12:44"; empty while pending
  std::int64_t took_ms = 0;  ///< when it was applied
  std::string origin;        ///< see AppliedMigration; empty while pending
};

/// The file's name, or what the database's history knows where the file is missing.
std::string title_of(const PlannedMigration& migration);

/// Every migration of the folder in its order, then those that only the database has.
///
/// A file is unedited if its bytes or its tokens hash to what the ledger holds, and where it holds
/// no hash.  `out_of_order` is
/// pending with a later one applied.  A repeatable one that was edited is pending again.
std::vector<PlannedMigration> plan_migrations(const std::vector<Migration>& files,
                                              const std::vector<AppliedMigration>& applied);

}  // namespace seedbed::host
