#pragma once
// Finds two rows of one key among any number of rows, in memory that does not grow with them.

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "database/sorted_runs.hpp"

namespace seedbed::host {

/// Remembers keys by 96 bits of hash: at most 6 MiB of them in memory, the others in a temporary file.
class SeenKeys {
 public:
  /// Remembers the key of row `row` (from 1, below 2^32).  Returns the number of an earlier row with
  /// that key if it is still in memory; those further apart are found by finish().
  std::optional<std::int64_t> add(std::string_view key, std::int64_t row);

  /// Returns two rows of one key, the earlier first, if there are any that add() could not see.
  /// Throws std::system_error when the temporary file cannot be read.
  std::optional<std::pair<std::int64_t, std::int64_t>> finish();

 private:
  struct Entry {
    std::uint64_t high = 0;
    std::uint32_t low = 0;
    std::uint32_t row = 0;  ///< 0: an empty slot
  };
  static bool before(const Entry& a, const Entry& b);
  Entry& slot(const Entry& wanted);
  void grow();
  void spill();

  std::vector<Entry> slots_;
  std::size_t used_ = 0;
  SortedRuns<Entry> runs_{before};
};

}  // namespace seedbed::host
