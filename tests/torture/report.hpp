#pragma once
// What the torments did and found, as a table for people and as JSON.

#include <string>
#include <utility>
#include <vector>

#include "torture/torment.hpp"

namespace seedbed::test {

struct TortureReport {
  std::string machine;  ///< on what, with what, how long
  std::vector<std::pair<Torment, Tally>> tallies;
  std::vector<std::string> not_tried;  ///< and why

  std::string markdown() const;
  std::string json() const;
  bool good() const;

  /// Neither good nor bad: this machine allows none of what was asked for.
  bool nothing_tried() const { return tallies.empty(); }
};

}  // namespace seedbed::test
