#pragma once
// `seed --clear`: the rows of the selected seeders' tables, deleted in the order that foreign keys ask for.

#include <filesystem>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/database.hpp"
#include "seeding/seeder.hpp"

namespace seedbed::host {

/// The tables that clear_seeders() empties, as SQL writes their names.
std::vector<std::string> tables_to_clear(Database& database, const std::vector<const Seeder*>& selected,
                                         const std::vector<const Seeder*>& others);

/// A sentence on each table of `selected` that clear_seeders() leaves as it is, since one of `others` declares it too.
std::vector<std::string> tables_not_cleared(Database& database, const std::vector<const Seeder*>& selected,
                                            const std::vector<const Seeder*>& others);

/// The files that clear_seeders() runs first: the _truncate.sql of the folders among `selected`, plain seed
/// files' included.
std::vector<std::filesystem::path> truncate_files(const std::vector<const Seeder*>& selected, const Settings& settings);

/// Deletes, inside the open transaction, every row of the tables that `selected` declare, those that
/// refer before those referred to; truncate_files() run first.  A table that one of
/// `others` declares too stays as it is, and so does what the seeder "sql" wrote.  The ledger forgets
/// the selected seeders, and the rows that it remembers of theirs; not a one-time load of which rows stay.
/// Returns what was deleted, per table.
///
/// Throws Error when a row of another table refers to one that should go, Error{refused} when it would go
/// as well, or change.
std::vector<TableCounts> clear_seeders(Database& database, const std::vector<const Seeder*>& selected,
                                       const std::vector<const Seeder*>& others, const Settings& settings);

}  // namespace seedbed::host
