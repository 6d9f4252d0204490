#pragma once
// What psql or sqlite3 make of files, to compare with what seedbed makes of them.

#include <filesystem>
#include <string>
#include <vector>

#include "support/program.hpp"
#include "support/test_database.hpp"

namespace seedbed::test {

/// Applies `files` in order, each in a session of its own that stops at the first error: with psql
/// or with the sqlite3 program.  In one transaction a file if `transactional`.  Fails the test,
/// with what the program said, when one of them fails.
void apply_with_client(TestDatabase& database, const std::vector<std::filesystem::path>& files,
                       bool transactional = true);

/// The schema and the rows of `database` as SQL, save what seedbed keeps there itself: what
/// pg_dump or sqlite3's .dump write.
std::string dump(TestDatabase& database);

}  // namespace seedbed::test
