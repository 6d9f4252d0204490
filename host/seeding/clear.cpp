#include "seeding/clear.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/table_in_sql.hpp"
#include "database/write_causes.hpp"
#include "database/writer_spec.hpp"
#include "ledger/ledger.hpp"
#include "ledger/remembered_rows.hpp"
#include "log.hpp"
#include "seeding/run_seeder.hpp"
#include "seeding/sql_files.hpp"

namespace seedbed::host {

namespace {

using ForeignKeys = std::vector<std::pair<std::string, std::string>>;

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

bool keeps_rows(Database& database, const Seeder& seeder, const std::set<std::string>& spared) {
  return std::ranges::any_of(seeder.declaration.writes, [&](const std::string& table) { return spared.contains(database.canonical_table(table)); });
}

/// Tables that refer come before those they refer to.  Where they refer to each other in a circle,
/// the order within it is that of their names.
class DeletionOrder {
 public:
  DeletionOrder(const std::set<std::string>& tables, const ForeignKeys& foreign_keys) {
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

void add(std::vector<TableCounts>& all, const TableCounts& change) {
  const auto found = std::ranges::find(all, change.table, &TableCounts::table);
  if (found == all.end()) {
    all.push_back(change);
    return;
  }
  found->inserted += change.inserted;
  found->updated += change.updated;
  found->deleted += change.deleted;
}

/// One statement that empties all of them.
std::string deletion_of_all(const std::vector<std::string>& sql_tables) {
  std::string sql;
  for (std::size_t i = 0; i < sql_tables.size(); ++i) {
    const bool last = i + 1 == sql_tables.size();
    sql += last ? fmt::format(" DELETE FROM {}", sql_tables[i]) : fmt::format("{} cleared_{} AS (DELETE FROM {})", i == 0 ? "WITH" : ",", i, sql_tables[i]);
  }
  return sql;
}

/// The tables besides `tables` with a foreign key to `table`.
std::string others_that_refer(const ForeignKeys& foreign_keys, const std::string& table, const std::set<std::string>& tables) {
  std::set<std::string> others;
  for (const auto& [child, parent] : foreign_keys) {
    if (parent == table && !tables.contains(child)) others.insert(child);
  }
  return fmt::format("{}", fmt::join(others, ", "));
}

/// Rows are counted for the whole of a partitioned table, so that its parts cannot be kept apart.
void refuse_partitions(Database& database, const std::vector<const Seeder*>& selected, const std::set<std::string>& tables) {
  if (database.engine() != Engine::postgres) return;
  for (const Seeder* seeder : selected) {
    for (const std::string& declared : seeder->declaration.writes) {
      const std::string whole = database.canonical_table(declared);
      if (whole == declared || !tables.contains(whole)) continue;
      const std::string quoted = quoted_table(declared), name = quoted_name(declared);
      const std::array params{text_value(whole), text_value(quoted), text_value(name)};
      const std::vector<Row> partitioned = database.query(
          "SELECT FROM pg_class WHERE oid = $1::regclass AND relkind = 'p' "
          "AND oid IS DISTINCT FROM coalesce(to_regclass($2), to_regclass($3), to_regclass(lower($2)))", params);
      if (partitioned.empty()) continue;
      throw Error(ExitCode::refused, fmt::format("clearing would empty all of \"{}\", of which \"{}\" is a partition", whole, declared))
          .detail(fmt::format("Seeder \"{}\" declares the partition alone.", seeder->declaration.name))
          .hint(fmt::format("Let it declare \"{}\" if that may be emptied; or delete its rows in a folder's _truncate.sql.", whole));
    }
  }
}

void delete_rows(Database& database, const std::set<std::string>& tables) {
  const ForeignKeys foreign_keys = database.foreign_keys();
  const DeletionOrder order(tables, foreign_keys);
  std::vector<std::string> names;
  for (const std::string& table : order.tables()) names.push_back(table_in_sql(database, table));
  if (order.has_circle() && database.engine() == Engine::postgres) {
    // A constraint that cannot be deferred is checked at the end of the statement.
    database.execute(deletion_of_all(names));
    return;
  }
  if (order.has_circle()) database.defer_constraints();
  for (std::size_t i = 0; i < names.size(); ++i) {
    try {
      database.execute(fmt::format("DELETE FROM {}", names[i]));
    } catch (const Error& error) {
      if (error.code() != ExitCode::failed) throw;
      Error named = error.prefixed(fmt::format("table \"{}\" could not be cleared: ", order.tables()[i]));
      const std::string others = others_that_refer(foreign_keys, order.tables()[i], tables);
      if (!others.empty()) named.hint(fmt::format("These refer to it and are not cleared: {}. Select the seeders that declare them, too.", others));
      throw named;
    }
  }
}

/// Rows of other tables may go with those that are cleared, or change: nobody has asked for that.
void refuse_other_tables(Database& database, const std::vector<TableCounts>& changes, const std::set<std::string>& tables,
                         const Settings& settings) {
  for (const TableCounts& change : changes) {
    if (tables.contains(change.table) || is_trigger_table(settings, change.table)) continue;
    const std::vector<std::string> causes = causes_of_writes(database, change.table, {tables.begin(), tables.end()});
    throw Error(ExitCode::refused, fmt::format("clearing would change table \"{}\", which is not to be cleared", change.table))
        .detail(fmt::format("{} inserted, {} updated, {} deleted.", change.inserted, change.updated, change.deleted))
        .detail(causes.empty() ? "" : fmt::format("What would do so: {}.", fmt::join(causes, "; ")))
        .hint("Select the seeders that declare it, too; or delete those rows in a folder's _truncate.sql. If a trigger "
              "may write it, add it to \"trigger_tables\" of the environment.");
  }
}

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

std::vector<std::string> tables_not_cleared(Database& database, const std::vector<const Seeder*>& selected,
                                            const std::vector<const Seeder*>& others) {
  const std::set<std::string> declared = declared_tables(database, selected);
  std::vector<std::string> sentences;
  for (const Seeder* other : others) {
    for (const std::string& table : declared_tables(database, {other})) {
      if (!declared.contains(table)) continue;
      sentences.push_back(fmt::format("Table \"{}\" is not cleared: seeder \"{}\", which is not selected, declares it, too.",
                                      table, other->declaration.name));
    }
  }
  return sentences;
}

std::vector<std::filesystem::path> truncate_files(const std::vector<const Seeder*>& selected, const Settings& settings) {
  std::vector<std::filesystem::path> folders;
  for (const Seeder* seeder : selected) {
    if (seeder->kind == SeederKind::folder) folders.push_back(seeder->path);
    if (seeder->kind == SeederKind::sql_files) std::ranges::copy(plain_sql_folders(settings.seeders), std::back_inserter(folders));
  }
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& folder : folders) {
    std::filesystem::path file = folder / "_truncate.sql";
    if (std::filesystem::exists(file)) files.push_back(std::move(file));
  }
  return files;
}

std::vector<TableCounts> clear_seeders(Database& database, const std::vector<const Seeder*>& selected,
                                       const std::vector<const Seeder*>& others, const Settings& settings) {
  const std::set<std::string> tables = tables_of(database, selected, others);
  refuse_partitions(database, selected, tables);
  database.start_counting();
  for (const std::filesystem::path& file : truncate_files(selected, settings)) run_sql_file(database, file, settings.root, nullptr);
  std::vector<TableCounts> cleared = database.changes();
  database.start_counting();
  delete_rows(database, tables);
  const std::vector<TableCounts> deleted = database.changes();
  refuse_other_tables(database, deleted, tables, settings);
  for (const TableCounts& change : deleted) add(cleared, change);
  Ledger ledger(database);
  const std::set<std::string> spared = declared_tables(database, others);
  for (const Seeder* seeder : selected) {
    if (!seeder->declaration.once || !keeps_rows(database, *seeder, spared)) ledger.forget(seeder->declaration.name);
  }
  forget_rows(database, selected, spared);
  for (const TableCounts& table : cleared) log::info("table_cleared", {{"table", table.table}, {"deleted", table.deleted}});
  return cleared;
}

}  // namespace seedbed::host
