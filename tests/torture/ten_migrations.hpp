#pragma once
// A project whose every statement shows if it took effect twice or not at all, and what it leaves.

#include <string>

#include "run/workspace.hpp"
#include "support/test_database.hpp"

namespace seedbed::test {

/// Ten migrations of several statements each, with a wrapping BEGIN … COMMIT, COPY data, functions and
/// triggers, a table made anew, an index created concurrently, a file outside a transaction; and a
/// seeder.  Whatever ran twice shows, save VACUUM and a DO block that commits by itself: nobody can
/// record the latter together with what it does.
void write_ten_migrations(const Workspace& workspace);

/// Everything in the database that a user would miss, as text: its schema, its rows, the ledger's
/// rows apart from times and runs, who holds the lock, temporary objects.
std::string state_of(TestDatabase& database);

}  // namespace seedbed::test
