#pragma once
// Runs one seeder inside the open transaction, counts what changed, and keeps it to its tables.

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/write_causes.hpp"
#include "ledger/ledger.hpp"
#include "seeding/plugin.hpp"
#include "seeding/seeder.hpp"
#include "seeding/seeder_outcome.hpp"
#include "seeding/seeder_session.hpp"

namespace seedbed::host {

/// What the ledger remembers of `seeder` when it ran: equal means it ran as it is now.
std::string fingerprint(const Seeder& seeder, const Settings& settings);

/// True if triggers may write `table` besides what seeders declare.
bool is_trigger_table(const Settings& settings, const std::string& table);

/// Where the code of plugins runs.
struct PluginOptions {
  bool isolated = false;  ///< in a process of its own for each library
  std::optional<std::chrono::milliseconds> timeout;  ///< for one seeder; needs `isolated`
};

/// Runs the seeders of one plan.
class SeederRunner {
 public:
  /// Loads the libraries of the selected seeders, so that a plugin that cannot be loaded stops the
  /// run before anything is written.  Throws Error{plugin}.
  SeederRunner(const Settings& settings, const std::vector<PlannedSeeder>& plan, const PluginOptions& options);

  /// Runs `seeder` inside the open transaction and remembers it in the ledger.
  ///
  /// Throws Error, its message beginning with the seeder's name: for what went wrong inside it, and
  /// Error{refused} for a write to a table that it does not declare.  The caller rolls back.
  SeederOutcome run(Database& database, const Seeder& seeder, const RunFacts& facts) const;

 private:
  /// What accompanies a seeder's writes.
  struct Writing {
    CountedPart part;
    OnceTables once;
  };

  bool run_by_kind(Database& database, const Seeder& seeder, const RunFacts& facts, Writing& writing, SeederOutcome& outcome) const;
  void run_library(Database& database, const Seeder& seeder, const RunFacts& facts, Writing& writing, SeederOutcome& outcome) const;
  void run_folder(Database& database, const Seeder& seeder, const RunFacts& facts, Writing& writing, SeederOutcome& outcome) const;
  void remember(OnceTables& once, const Seeder& seeder, const SeederOutcome& outcome) const;
  void judge(Database& database, const Declaration& declaration, SeederOutcome& outcome) const;

  const Settings& settings_;
  std::map<std::filesystem::path, std::unique_ptr<Plugin>> plugins_;
};

}  // namespace seedbed::host
