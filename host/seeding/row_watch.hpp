#pragma once
// What seeders do: for each table that a bulk writer writes the mode, the columns and the first rows, and
// the SQL of plugins.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <seedbed/abi.h>

#include "database/database.hpp"

namespace seedbed::host {

/// A value of the plugin ABI that keeps its own bytes.
class KeptValue {
 public:
  explicit KeptValue(const seedbed_value& value);

  /// Valid as long as this object stays where it is.
  seedbed_value value() const;

 private:
  seedbed_value value_;
  std::string data_;
};

struct WatchedColumn {
  std::string name;
  std::int32_t kind = SEEDBED_COLUMN_PLAIN;
  bool in_key = false;
};

/// What one seeder wrote into one table in one mode.
struct WatchedTable {
  std::string seeder;
  std::string table;  ///< canonical
  std::int32_t mode = SEEDBED_INSERT_MISSING;
  std::vector<WatchedColumn> columns;
  std::vector<std::vector<KeptValue>> rows;  ///< the first ones
};

/// Listens to seeders.
class RowWatch {
 public:
  static constexpr std::size_t kMostRows = 16;  ///< of a table

  /// Returns a writer that passes everything on to `rows`, opened for `writer`, and tells this object,
  /// which must outlive it.
  std::unique_ptr<RowWriter> watched(const std::string& seeder, const seedbed_writer& writer,
                                     std::unique_ptr<RowWriter> rows);

  /// Is told the different statements that a plugin has had run for `seeder`.
  void note(const std::string& seeder, const std::set<std::string>& statements) { statements_[seeder] = statements; }

  const std::deque<WatchedTable>& tables() const { return tables_; }
  const std::set<std::string>& statements(const std::string& seeder) { return statements_[seeder]; }

 private:
  std::map<std::string, std::set<std::string>> statements_;
  std::deque<WatchedTable> tables_;  ///< its elements stay where they are
};

}  // namespace seedbed::host
