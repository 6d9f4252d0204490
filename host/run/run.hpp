#pragma once
// One run from Settings to Outcome.  What main() calls, and any program that embeds seedbed.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "run/consent.hpp"
#include "run/outcome.hpp"
#include "run/plan.hpp"
#include "seeding/run_seeder.hpp"

namespace seedbed::host {

/// Called while a run goes on, for a person who watches.  `total` 0: not known.
struct Progress {
  std::function<void(const std::string& what, std::uint64_t done, std::uint64_t total)> advance =
      [](const std::string&, std::uint64_t, std::uint64_t) {};
};

struct RunOptions {
  bool migrate = true;          ///< false for `seed`
  bool seed = true;             ///< false for `up --no-seed`
  bool dry_run = false;
  bool execute_dry_run = false; ///< in tier production a dry run only lists unless this is set
  bool accept_nonempty = false;
  bool reset = false;           ///< drop everything first, then do as `up`; a dry run only lists
  bool clear = false;           ///< `seed --clear`: delete the rows of the declared tables first
  bool refresh = false;         ///< refresh every materialized view, whatever was written
  std::vector<std::string> revive;          ///< tables: insert rows again that somebody deleted
  std::vector<std::string> accept_deleted;  ///< tables: rows that are gone were deleted on purpose
  std::string to;               ///< the last version to apply; empty: all
  Consent consent;              ///< for `reset` and `clear`
  std::vector<std::string> names;  ///< seeders to run; empty: the environment's
  std::chrono::milliseconds wait{0};
  PluginOptions plugins;
  Progress progress;
};

/// Applies migrations and runs seeders as `options` say.  Throws what happens before anything is
/// written; what fails later is in Outcome::error, beside what was done.
Outcome run(const Settings& settings, const RunOptions& options);

/// Compares files and database; writes nothing, and creates no SQLite file.
Plan status(const Settings& settings, std::chrono::milliseconds wait);

}  // namespace seedbed::host
