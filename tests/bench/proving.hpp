#pragma once
// What it costs to prove seeders, beside running them.

#include <functional>
#include <string>

#include "bench/report.hpp"

namespace seedbed::bench {

struct ProvingOptions {
  std::string seedbed;  ///< its seeders lie in the folder plugins beside it
  int rounds = 7;
  std::function<std::string(const std::string& database)> empty;  ///< the URL of a new one of PostgreSQL's
};

/// `prove` beside two runs of `seed`, with the seeders of the reference application.
void measure_proving(const ProvingOptions& options, Report& report);

}  // namespace seedbed::bench
