#pragma once
// Mends what the ledger and the files say differently.

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "migration/migration_plan.hpp"
#include "run/consent.hpp"
#include "run/outcome.hpp"

namespace seedbed::host {

/// A statement of a half-applied file that took effect.
struct TakenStatement {
  std::size_t number = 0;  ///< in the file, from 1
  std::size_t line = 0;    ///< 0 where the file has another statement there by now
  std::string text;
};

/// A migration that needs a decision.
struct Damage {
  MigrationState state = MigrationState::edited;  ///< or failed
  std::string version;
  std::string file;                         ///< empty where the folder has none
  std::string applied_at;                   ///< of an edited one, UTC
  std::string recorded_sha256, sha256;      ///< of an edited one: then and now
  HalfApplied half;                         ///< of a failed one
  std::vector<TakenStatement> took_effect;  ///< of a failed one
};

struct DamageReport {
  std::string environment;
  std::string url;  ///< without secrets
  Engine engine = Engine::sqlite;
  std::vector<Damage> damages;  ///< in the folder's order
};

/// What is wrong.  Writes nothing.
DamageReport find_damage(const Settings& settings, std::chrono::milliseconds wait);

struct RepairOptions {
  std::vector<std::string> accept;   ///< versions of edited files
  bool accept_all = false;           ///< every edited file
  std::vector<std::string> abandon;  ///< versions of half-applied files
  Consent consent;                   ///< to abandoning
  std::chrono::milliseconds wait{0};
};

/// Records the hashes of edited files as they are now, and forgets the statements of half-applied
/// ones, so that they start anew; in one transaction.
///
/// Throws Error{usage} for a version that is not known, not edited or not half applied.  What fails
/// later, and abandoning without consent, is in Outcome::error.
Outcome repair(const Settings& settings, const RepairOptions& options);

}  // namespace seedbed::host
