#pragma once
// The seeder "sql": plain seed files, each run when it is new or edited.

#include "config/settings.hpp"
#include "database/database.hpp"
#include "ledger/ledger.hpp"
#include "seeding/seeder_outcome.hpp"

namespace seedbed::host {

/// True if no plain seed file has to run: `seeds` is what the ledger remembers.
bool plain_files_current(Database& database, const Settings& settings, const std::vector<RememberedSeed>& seeds);

/// Runs those plain seed files, in order, whose bytes, or the columns of the tables they wrote,
/// are not what the ledger remembers; and remembers them.  `again`: runs them all, and remembers
/// nothing.  Adds to `outcome` what changed.  False if no file had to run.
bool run_plain_files(Database& database, const Settings& settings, bool again, SeederOutcome& outcome);

/// The tables that a file of the seeder "sql" wrote when it ran.
std::vector<std::string> tables_of_plain_file(const RememberedSeed& seed);

}  // namespace seedbed::host
