#pragma once
// Finds the migration that a column came with.

#include <vector>

#include "error.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

/// Adds to an error that is about a column which of `files` has added it, if one names table and
/// column in one CREATE or ALTER TABLE.
Error with_origin(Error error, const std::vector<Migration>& files);

}  // namespace seedbed::host
