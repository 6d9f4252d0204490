#pragma once
// Shows that seeders can run again and again: whether a second run changes nothing, edits are kept,
// and two at once do no harm.

#include <chrono>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "run/proof.hpp"
#include "run/run.hpp"

namespace seedbed::host {

struct ProveOptions {
  std::vector<std::string> names;  ///< seeders; empty: the environment's
  bool full = false;  ///< in tier production, too, more than the two passes that are rolled back
  std::chrono::milliseconds wait{0};
  PluginOptions plugins;
  Progress progress;
};

/// Runs the seeders twice, and once more after edits, in one transaction that is rolled back while it
/// holds the run lock; then on a scratch database that is dropped.  Commits nothing to the database
/// that `settings` name, and records nothing there.
///
/// Throws Error for what keeps the whole of it from being tried: pending migrations, the lock, a
/// plugin that cannot be loaded, a lost connection.
Proof prove(const Settings& settings, const ProveOptions& options);

}  // namespace seedbed::host
