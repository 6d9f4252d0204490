#pragma once
// What one seeder did, per table, counted by the host.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

struct TableOutcome {
  TableCounts counts;
  std::optional<std::int64_t> unchanged;  ///< rows the writer offered that were there already
  bool by_trigger = false;  ///< of trigger_tables: not declared by the seeder, and counted apart
  std::int64_t kept_deleted = 0;  ///< rows that somebody deleted and that insert_once has left so
};

struct SeederOutcome {
  std::string name, version;
  std::vector<TableOutcome> tables;  ///< only those with a count
  std::vector<std::string> notices;  ///< sentences: what of the counts is not certain
  bool unchanged_known = false;      ///< true if a bulk writer was used, which knows them
  bool ran = true;                   ///< false: nothing to do (run once, files applied before)
  bool committed = false;
  std::chrono::microseconds took{0};

  /// Over the seeder's own tables; `table` is empty.
  TableCounts total() const;
  std::int64_t unchanged() const;
  std::int64_t kept_deleted() const;
};

}  // namespace seedbed::host
