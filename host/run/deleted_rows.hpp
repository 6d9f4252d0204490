#pragma once
// --revive and --accept-deleted, and what status says of rows that nobody declares any more.

#include <vector>

#include "run/plan.hpp"
#include "run/run.hpp"

namespace seedbed::host {

/// What `options` say of tables, by the names that changes() gives them.
///
/// Throws Error{usage} for a table that is named by both, and for one of which nothing is remembered of
/// `seeders` and which none of them declares; who else has rows there, or the nearest, is named.
DeletedRows deleted_rows(Database& database, const RunOptions& options, const std::vector<const Seeder*>& seeders);

/// Rows that seeders inserted once and declare no more.  Reads the tables, where there may be any.
std::vector<OrphanedRows> orphaned_rows(Database& database);

}  // namespace seedbed::host
