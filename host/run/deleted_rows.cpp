#include "run/deleted_rows.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ledger/remembered_rows.hpp"
#include "nearest.hpp"

namespace seedbed::host {

namespace {

std::vector<std::string> names_of(const std::vector<const Seeder*>& seeders) {
  std::vector<std::string> names;
  for (const Seeder* seeder : seeders) names.push_back(seeder->declaration.name);
  return names;
}

/// By table, those of `lists` that belong to one of `seeders`, or to none of them.
std::map<std::string, std::set<std::string>> by_table(Database& database, const std::vector<RememberedList>& lists,
                                                      const std::vector<std::string>& seeders, bool theirs) {
  std::map<std::string, std::set<std::string>> tables;
  for (const RememberedList& list : lists) {
    const bool among = std::ranges::find(seeders, list.seeder) != seeders.end();
    if (among == theirs) tables[database.canonical_table(list.table)].insert(list.seeder);
  }
  return tables;
}

}  // namespace

DeletedRows deleted_rows(Database& database, const RunOptions& options, const std::vector<const Seeder*>& seeders) {
  DeletedRows deleted;
  if (options.revive.empty() && options.accept_deleted.empty()) return deleted;
  const std::vector<std::string> names = names_of(seeders);
  const std::vector<RememberedList> lists = RememberedRows(database).lists();
  std::set<std::string> known;
  for (const auto& [table, owners] : by_table(database, lists, names, /*theirs=*/true)) known.insert(table);
  for (const Seeder* seeder : seeders) {
    for (const std::string& table : seeder->declaration.writes) known.insert(database.canonical_table(table));
  }
  const auto others = by_table(database, lists, names, /*theirs=*/false);
  const auto resolve = [&](const std::string& table, const char* option) {
    std::string name = database.canonical_table(table);
    if (known.contains(name)) return name;
    if (const auto other = others.find(name); other != others.end()) {
      throw Error(ExitCode::usage, fmt::format("{} names table \"{}\", of which this run's seeders have no rows", option, table))
          .detail(fmt::format("Its rows were inserted by {}; this run has {}.", fmt::join(other->second, ", "),
                              names.empty() ? "no seeder" : fmt::format("{}", fmt::join(names, ", "))))
          .hint("Run the seeder that inserts them, too.");
    }
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
