#pragma once
// What a run does once seeders have written: sequences, materialized views.

#include <string>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

/// Inside the transaction that wrote to `tables`: moves the sequences behind ids that were given, and
/// notes in the ledger which materialized views are out of date from its commit on.  A `dry_run` moves
/// nothing, since a rollback would not undo it.  Adds sentences to `notices`.
void before_seeding_commits(Database& database, const std::vector<std::string>& tables, bool dry_run,
                            std::vector<std::string>& notices);

/// True if refresh_views() would have something to do.
bool has_views_to_refresh(Database& database, bool all);

/// Inside a transaction: refreshes the views that are noted, those without contents, and with `all`
/// every one; forgets the notes.  Returns what it refreshed.
///
/// Throws Error with the view's name; the notes then stay for the next run.
std::vector<std::string> refresh_views(Database& database, bool all, std::vector<std::string>& notices);

}  // namespace seedbed::host
