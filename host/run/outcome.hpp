#pragma once
// What a run did, counted and timed, as a value; also of a run that failed half-way.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/database.hpp"
#include "error.hpp"
#include "ledger/ledger.hpp"
#include "seeding/seeder_outcome.hpp"

namespace seedbed::host {

struct MigrationOutcome {
  std::string version, name, file;
  std::chrono::microseconds took{0};
};

/// Something that a dry run could not execute, or a guard left out.
struct NotExecuted {
  std::string what;  ///< "migration 20260101120000_add_x.sql", "seeder rbac"
  std::string why;
};

/// By `stamp --identity`.
struct IdentityChange {
  std::optional<Identity> before;  ///< nothing: it had none
  Identity now;
};

struct Outcome {
  std::string command;  ///< "up", "seed", "stamp" …
  std::string environment;
  Tier tier = Tier::development;
  std::string url;      ///< without secrets
  Engine engine = Engine::sqlite;
  bool dry_run = false;
  bool seeding_asked = true;  ///< false with --no-seed or --to below the newest
  std::size_t migrations_up_to_date = 0;  ///< applied before this run
  std::vector<MigrationOutcome> migrations;
  std::chrono::microseconds migrations_took{0};
  std::vector<MigrationOutcome> recorded;  ///< as applied, without being run: `stamp`
  std::vector<MigrationOutcome> reverted;  ///< by `down`, in that order
  std::vector<MigrationOutcome> accepted;  ///< edits, by `repair`
  std::vector<MigrationOutcome> abandoned; ///< half-applied ones, by `repair`
  std::vector<CatalogObject> dropped;      ///< by `reset`, before it applied anything
  std::optional<IdentityChange> identity;
  std::vector<TableCounts> cleared;       ///< rows that --clear deleted before the seeders ran
  std::vector<SeederOutcome> seeders;
  std::vector<NotExecuted> not_executed;
  std::vector<std::string> notices;  ///< sentences: out-of-order applied, missing migrations skipped …
  std::vector<std::string> refreshed_views;
  std::size_t hooks_run = 0;
  std::chrono::microseconds took{0};
  bool partly_applied = false;  ///< a migration that runs outside a transaction failed: some of it may remain
  std::optional<Error> error;  ///< the run ended here; what stands above has happened

  /// How many migrations this run applied, reverted or recorded otherwise.
  std::size_t touched_migrations() const;
  /// True when no migration was touched and no row written.
  bool nothing_changed() const;
  /// True when no seeder has written a row.
  bool nothing_seeded() const;
};

/// An outcome in which nothing has happened yet.
Outcome outcome_of(const Settings& settings, const std::string& command);

}  // namespace seedbed::host
