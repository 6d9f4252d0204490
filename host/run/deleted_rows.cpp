#include "run/deleted_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "ledger/remembered_rows.hpp"
#include "nearest.hpp"

namespace seedbed::host {

namespace {

std::set<std::string> known_tables(Database& database, const std::vector<const Seeder*>& seeders) {
  std::set<std::string> known;
  for (const RememberedList& list : RememberedRows(database).lists()) known.insert(database.canonical_table(list.table));
  for (const Seeder* seeder : seeders) {
    for (const std::string& table : seeder->declaration.writes) known.insert(database.canonical_table(table));
  }
  return known;
}

}  // namespace

DeletedRows deleted_rows(Database& database, const RunOptions& options, const std::vector<const Seeder*>& seeders) {
  DeletedRows deleted;
  if (options.revive.empty() && options.accept_deleted.empty()) return deleted;
  const std::set<std::string> known = known_tables(database, seeders);
  const auto resolve = [&](const std::string& table, const char* option) {
    std::string name = database.canonical_table(table);
    if (known.contains(name)) return name;
    Error error(ExitCode::usage, fmt::format("{} names table \"{}\", of which nothing is remembered", option, table));
    error.detail("Seeders that insert rows once remember those; none has done so there, and none of this run declares the table.");
    if (const std::string near = nearest(table, std::vector<std::string>(known.begin(), known.end())); !near.empty()) {
      error.hint(fmt::format("Perhaps \"{}\" is meant.", near));
    }
    throw error;
  };
  for (const std::string& table : options.revive) deleted.revived.insert(resolve(table, "--revive"));
  for (const std::string& table : options.accept_deleted) deleted.accepted.insert(resolve(table, "--accept-deleted"));
  for (const std::string& table : deleted.revived) {
    if (!deleted.accepted.contains(table)) continue;
    throw Error(ExitCode::usage, fmt::format("--revive and --accept-deleted both name table \"{}\"", table))
        .hint("Its rows are either to be inserted again or to stay deleted.");
  }
  return deleted;
}

std::vector<OrphanedRows> orphaned_rows(Database& database) {
  RememberedRows remembered(database);
  std::vector<OrphanedRows> orphaned;
  for (const RememberedList& list : remembered.lists()) {
    if (remembered.count(list, /*declared=*/false) == 0 || !database.table_exists(list.table)) continue;
    // What is remembered may be gone as well.
    const std::int64_t rows = database.count_undeclared(list.table, list.key, remembered.memory(list));
    if (rows != 0) orphaned.push_back({list.seeder, database.canonical_table(list.table), rows});
  }
  return orphaned;
}

}  // namespace seedbed::host
