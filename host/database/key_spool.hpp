#pragma once
// Any number of keys that a writer has met, in memory that does not grow with them.

#include <functional>
#include <vector>

#include "database/key_memory.hpp"
#include "database/sorted_runs.hpp"

namespace seedbed::host {

/// Keeps at most 5 MiB of keys in memory, the others in a temporary file.
class KeySpool {
 public:
  /// Throws std::system_error.
  void add(const MetKey& key);

  /// Calls `each` once for every key, in the order of the hashes' bytes; of a key that was met more
  /// than once, with one of those.  Throws std::system_error.
  void for_each(const std::function<void(const MetKey&)>& each);

 private:
  static bool before(const MetKey& a, const MetKey& b) { return a.hash < b.hash; }
  void spill();

  std::vector<MetKey> keys_;
  SortedRuns<MetKey> runs_{before};
};

}  // namespace seedbed::host
