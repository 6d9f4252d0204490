#pragma once
// The runs that a database remembers, for `seedbed log`.

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "ledger/ledger.hpp"

namespace seedbed::host {

struct RunLog {
  std::string environment;
  std::string url;  ///< without secrets
  Engine engine = Engine::sqlite;
  std::vector<RecordedRun> runs;  ///< the newest first
  std::size_t total = 0;          ///< that the database remembers
};

/// The newest `count` runs.  Writes nothing, and creates no SQLite file.
RunLog recorded_runs(const Settings& settings, std::size_t count, std::chrono::milliseconds wait);

}  // namespace seedbed::host
