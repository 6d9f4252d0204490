#include "seeding/clear.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "database/table_in_sql.hpp"
#include "database/writer_spec.hpp"
#include "ledger/ledger.hpp"
#include "ledger/remembered_rows.hpp"
#include "log.hpp"
#include "seeding/sql_files.hpp"

namespace seedbed::host {

namespace {

/// The tables that exist among those that `seeders` declare.
std::set<std::string> declared_tables(Database& database, const std::vector<const Seeder*>& seeders) {
  std::set<std::string> tables;
  for (const Seeder* seeder : seeders) {
    for (const std::string& table : seeder->declaration.writes) {
      if (database.table_exists(table)) tables.insert(database.canonical_table(table));
    }
  }
  return tables;
}

/// Tables that refer come before those they refer to.  Where they refer to each other in a circle,
/// the order within it is that of their names, and deferred constraints have to do the rest.
class DeletionOrder {
 public:
  DeletionOrder(const std::set<std::string>& tables, const std::vector<std::pair<std::string, std::string>>& foreign_keys) {
    for (const auto& [child, parent] : foreign_keys) children_[parent].insert(child);
    for (const std::string& table : tables) visit(table, tables);
  }

  const std::vector<std::string>& tables() const { return order_; }
  bool has_circle() const { return has_circle_; }

 private:
  void visit(const std::string& table, const std::set<std::string>& tables) {
    if (!seen_.insert(table).second) {
      const bool ended = std::ranges::find(order_, table) != order_.end();
      has_circle_ = has_circle_ || !ended;
      return;
    }
    for (const std::string& child : children_[table]) {
      if (child != table && tables.contains(child)) visit(child, tables);
    }
    order_.push_back(table);
  }

  std::map<std::string, std::set<std::string>> children_;
  std::set<std::string> seen_;
  std::vector<std::string> order_;
  bool has_circle_ = false;
};

/// Rows that were cleared are not rows that somebody deleted.  What stays, since others declare it too, stays
/// remembered.
void forget_rows(Database& database, const std::vector<const Seeder*>& seeders, const std::set<std::string>& spared) {
  RememberedRows remembered(database);
  for (const RememberedList& list : remembered.lists()) {
    const bool selected = std::ranges::any_of(seeders, [&](const Seeder* seeder) { return seeder->declaration.name == list.seeder; });
    if (selected && !spared.contains(database.canonical_table(list.table))) remembered.forget(list);
  }
}

std::set<std::string> tables_of(Database& database, const std::vector<const Seeder*>& selected,
                                const std::vector<const Seeder*>& others) {
  std::set<std::string> tables = declared_tables(database, selected);
  for (const std::string& table : declared_tables(database, others)) tables.erase(table);
  return tables;
}

}  // namespace

std::vector<std::string> tables_to_clear(Database& database, const std::vector<const Seeder*>& selected,
                                         const std::vector<const Seeder*>& others) {
  std::vector<std::string> names;
  for (const std::string& table : tables_of(database, selected, others)) names.push_back(table_in_sql(database, table));
  return names;
}

std::vector<std::filesystem::path> truncate_files(const std::vector<const Seeder*>& selected) {
  std::vector<std::filesystem::path> files;
  for (const Seeder* seeder : selected) {
    std::filesystem::path file = seeder->path / "_truncate.sql";
    if (seeder->kind == SeederKind::folder && std::filesystem::exists(file)) files.push_back(std::move(file));
  }
  return files;
}

std::vector<TableCounts> clear_seeders(Database& database, const std::vector<const Seeder*>& selected,
                                       const std::vector<const Seeder*>& others, const Settings& settings) {
  const std::set<std::string> tables = tables_of(database, selected, others);
  database.start_counting();
  for (const std::filesystem::path& file : truncate_files(selected)) run_sql_file(database, file, settings.root, nullptr);
  const DeletionOrder order(tables, database.foreign_keys());
  if (order.has_circle()) database.defer_constraints();
  for (const std::string& table : order.tables()) {
    database.execute(fmt::format("DELETE FROM {}", table_in_sql(database, table)));
  }
  const std::vector<TableCounts> cleared = database.changes();
  Ledger ledger(database);
  for (const Seeder* seeder : selected) ledger.forget(seeder->declaration.name);
  forget_rows(database, selected, declared_tables(database, others));
  for (const TableCounts& table : cleared) log::info("table_cleared", {{"table", table.table}, {"deleted", table.deleted}});
  return cleared;
}

}  // namespace seedbed::host
