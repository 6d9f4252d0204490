#pragma once
// Other migration tools, where they are installed: the same migrations applied, and nothing to do.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bench/report.hpp"

namespace seedbed::bench {

struct PeerOptions {
  std::string seedbed, psql;
  std::vector<int> sizes;  ///< how many migrations
  int rounds = 7;
  /// The SQL of migration `number`, counted from 1.
  std::function<std::string(int number)> text;
  /// The folder with `count` of them, as seedbed reads it.
  std::function<std::filesystem::path(int count)> folder;
  /// The URL of that database of PostgreSQL's, which is new and empty.
  std::function<std::string(const std::string& database)> empty;
};

/// All contestants take turns, seedbed first.
void measure_peers(const PeerOptions& options, Report& report);

}  // namespace seedbed::bench
