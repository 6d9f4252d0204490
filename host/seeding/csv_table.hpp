#pragma once
// The .csv files of a seeder's folder, streamed into their tables.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "database/database.hpp"
#include "seeding/declaration.hpp"
#include "seeding/once_tables.hpp"
#include "seeding/row_watch.hpp"

namespace seedbed::host {

/// Rows done, and about how many there are.
using CsvProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Writes the rows of `file` into the table that `declared` names, inside the open transaction and in
/// bounded memory.  The first record names the columns.  Errors call the file `shown`.  `watch`, if
/// there is one, hears of the rows as those of `seeder`.
///
/// Throws Error{failed} at file:line:column for what the file is at fault for: no header, a column
/// that the table has not, a row with another number of values, a value that its column's type
/// cannot hold, a row that the database refuses.
WriterCounts load_csv(Database& database, OnceTables& once, const std::filesystem::path& file, const std::string& shown,
                      const TableFile& declared, const CsvProgress& progress, const std::string& seeder, RowWatch* watch);

}  // namespace seedbed::host
