#pragma once
// Seeders on an empty, migrated database that nobody else uses: two at once, and each in a transaction
// of its own.

#include <functional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/changed_rows.hpp"
#include "run/preparation.hpp"
#include "run/proof.hpp"
#include "seeding/run_seeder.hpp"

namespace seedbed::host {

/// What is tried on the scratch database.
struct ScratchTrial {
  Preparation& prepared;  ///< of the database beside which it is made, with no transaction open
  const Settings& settings;
  const SeederRunner& runner;
  const std::vector<const Seeder*>& seeders;
  RunFacts facts, later;  ///< of a run, and of one a day later
};

/// Makes the database, migrates it, lets the seeders run there, and drops it, whatever happens.  Adds
/// what is wrong to `proofs`, which are those of the seeders, and takes away the doubts that are
/// settled.  Returns why it could not be tried; empty: it was.
///
/// Throws Error{interrupted}.
std::string prove_on_scratch(const ScratchTrial& trial, std::vector<SeederProof>& proofs);

/// Rows that `outcome` says a pass has written, with a few of their keys and the reason if it can be told.
/// Rolls back to the savepoint `savepoint`, if there are any.
std::vector<StrayWrite> stray_writes(Database& database, ChangedRows& rows, const SeederOutcome& outcome, const std::string& savepoint);

/// `error` without the seeder's name at the start of its message.
Error without_seeder(const Error& error, const std::string& seeder);

}  // namespace seedbed::host
