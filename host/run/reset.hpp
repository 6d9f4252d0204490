#pragma once
// Drops what migrations made, so that they can be applied again.

#include <string>
#include <vector>

#include "database/database.hpp"
#include "ledger/run_lock.hpp"
#include "run/consent.hpp"
#include "run/preparation.hpp"

namespace seedbed::host {

/// Throws Error{refused} where the environment is protected, and for a database that seedbed has never
/// worked on.
void refuse_reset(const Preparation& preparation, const Settings& settings);

/// What is at stake when `objects` are dropped.
Stakes stakes_of_reset(Database& database, const std::vector<CatalogObject>& objects);

/// What drop_everything() would drop.
std::vector<CatalogObject> objects_to_drop(Database& database, const std::vector<Migration>& files);

/// Drops the role's own objects in the schemas of its search path and in those that applied ones of `files` made,
/// and empties the ledger of migrations, statements and seeds, in one transaction; the identity and the
/// runs stay.  Supabase's history is emptied with history = "supabase".  The objects are logged first.  Adds a sentence to `notices` for what had to stay.
///
/// Throws Error{refused} if it would take along what is somebody else's, and unless `gate` lets it pass.
std::vector<CatalogObject> drop_everything(RunLock& lock, Preparation& preparation, const std::vector<Migration>& files,
                                           const ConsentGate& gate, std::vector<std::string>& notices);

}  // namespace seedbed::host
