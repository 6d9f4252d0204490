#pragma once
// Bulk writers beside psql's \copy and sqlite3's .import of the same rows.

#include <string>
#include <vector>

#include "bench/report.hpp"

namespace seedbed::bench {

struct SeedingOptions {
  std::string self;  ///< this program: seed_rows() runs in a process of its own
  std::string psql, sqlite3;
  std::string url;   ///< of a database of PostgreSQL's that nobody else uses
  long largest_rows = 1'000'000;
};

/// A thousand rows, a hundred thousand, a million and ten million, as many of them as allowed.
void measure_seeding(const SeedingOptions& options, Report& report);

/// What measure_seeding() starts, "seed-rows URL missing|changed|once ROWS EXPECTED": seeds once and prints
/// the milliseconds without connecting, this process's peak memory and that of the server's process, in MiB.
void seed_rows(const std::vector<std::string>& words);

}  // namespace seedbed::bench
