#pragma once
// Programs that are measured.

#include <filesystem>
#include <string>
#include <vector>

namespace seedbed::bench {

struct Measured {
  double ms = 0;       ///< from fork to end
  double peak_mb = 0;  ///< resident memory
  std::string out;
};

/// Runs `words` in `folder`, standard input from `input` (nothing by default).
///
/// Throws std::runtime_error with what the program said if it does not end with 0.
Measured run(const std::vector<std::string>& words, const std::filesystem::path& folder,
             const std::filesystem::path& input = "/dev/null");

}  // namespace seedbed::bench
