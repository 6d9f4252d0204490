#include "seeding/lost_tables.hpp"

#include <algorithm>

#include "ledger/ledger.hpp"
#include "ledger/remembered_rows.hpp"
#include "seeding/plain_files.hpp"

namespace seedbed::host {

FilledTables filled_tables(Database& database, const std::vector<Seeder>& seeders) {
  FilledTables filled;
  const std::vector<RememberedSeed> seeds = Ledger(database).seeds();
  for (const RememberedSeed& seed : seeds) {
    const auto seeder = std::ranges::find(seeders, seed.seeder, [](const Seeder& each) { return each.declaration.name; });
    const std::vector<std::string> tables = !seed.item.empty()         ? tables_of_plain_file(seed)
                                            : seeder != seeders.end() ? seeder->declaration.writes
                                                                      : std::vector<std::string>();
    for (const std::string& table : tables) {
      const std::pair entry(seed.seeder, table);
      if (std::ranges::find(filled, entry) == filled.end() && database.table_exists(table)) filled.push_back(entry);
    }
  }
  return filled;
}

std::vector<LostTable> forget_seeds_of_lost_tables(Database& database, const FilledTables& filled) {
  Ledger ledger(database);
  std::vector<LostTable> lost;
  for (const auto& [seeder, table] : filled) {
    if (!database.table_exists(table)) lost.push_back({seeder, table});
  }
  if (lost.empty()) return lost;
  RememberedRows remembered(database);
  for (const RememberedList& list : remembered.lists()) {
    const bool gone = std::ranges::find(lost, list.seeder, &LostTable::seeder) != lost.end() && !database.table_exists(list.table);
    if (gone) remembered.forget(list);
  }
  for (const RememberedSeed& seed : ledger.seeds()) {
    const auto lost_one = std::ranges::find_if(lost, [&](const LostTable& each) {
      if (each.seeder != seed.seeder) return false;
      if (seed.item.empty()) return true;
      const std::vector<std::string> tables = tables_of_plain_file(seed);
      return std::ranges::find(tables, each.table) != tables.end();
    });
    if (lost_one != lost.end()) ledger.forget(seed.seeder, seed.item);
  }
  return lost;
}

}  // namespace seedbed::host
