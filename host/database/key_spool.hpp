#pragma once
// Any number of keys that a writer has met, in memory that does not grow with them.

#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include "database/key_memory.hpp"

namespace seedbed::host {

/// Keeps at most 21 MiB of keys in memory, the others in a temporary file that nobody else sees.
class KeySpool {
 public:
  /// Throws std::system_error.
  void add(const MetKey& key);

  /// Calls `each` once for every key, in the order of the hashes' bytes; of a key that was met more
  /// than once, with one of those.  Throws std::system_error.
  void for_each(const std::function<void(const MetKey&)>& each);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void spill();
  void sort_and_call(std::vector<MetKey>& keys, const std::function<void(const MetKey&)>& each) const;

  std::vector<MetKey> keys_;
  std::unique_ptr<std::FILE, Close> file_;
  std::size_t in_file_ = 0;  ///< keys
};

}  // namespace seedbed::host
