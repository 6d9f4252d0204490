#pragma once
// Whether rows that people edited or deleted are treated as the write modes promise.

#include <functional>
#include <string>
#include <vector>

#include "database/database.hpp"
#include "run/proof.hpp"
#include "seeding/row_watch.hpp"

namespace seedbed::host {

/// Edits and deletes a few of the rows that `watch` has seen, inside the open transaction, lets
/// `run_again` run their seeders, and tells of each in `seeders` what became of its rows.  Leaves the
/// transaction as it was.
void prove_edits(Database& database, const RowWatch& watch, const std::function<void()>& run_again,
                 std::vector<SeederProof>& seeders);

}  // namespace seedbed::host
