#pragma once
// Seeders that have to run again because a table they filled is gone.

#include <string>
#include <utility>
#include <vector>

#include "database/database.hpp"
#include "seeding/seeder.hpp"

namespace seedbed::host {

/// Tables that exist, each with the name of a seeder that the ledger remembers and that declares it,
/// or with "sql" and a table that its files wrote.
using FilledTables = std::vector<std::pair<std::string, std::string>>;

FilledTables filled_tables(Database& database, const std::vector<Seeder>& seeders);

struct LostTable {
  std::string seeder;
  std::string table;
};

/// Lets the ledger forget the seeders, and of "sql" the files, whose tables in `filled` exist no
/// more, with the rows that it remembers of them, inside the open transaction.  Returns those tables.
std::vector<LostTable> forget_seeds_of_lost_tables(Database& database, const FilledTables& filled);

}  // namespace seedbed::host
