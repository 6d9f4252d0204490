#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/plugin_options.hpp"
#include "cli/progress_bar.hpp"
#include "interrupt.hpp"

namespace seedbed::host::cli {

namespace {

constexpr std::chrono::seconds kWaitForDatabase{30};

constexpr const char* kUpHelp =
    R"(usage: seedbed up [options]

Waits for the database, takes the lock, applies pending migrations, runs the
environment's seeders, then the hooks.  Run again, it changes nothing.

options:
  --no-seed                migrations only
  --dry-run                do it all, print the counts, roll everything back;
                           in tier production it only lists what would run
  --execute                with --dry-run: execute in tier production as well
  --to VERSION             migrate no further; below the newest: no seeding
  --revive TABLE           insert_once: bring back rows that were deleted
  --accept-deleted TABLE   insert_once: all of them were deleted on purpose
  --refresh                refresh all materialized views afterwards
  --accept-nonempty        go on in a database that has tables already
  --out-of-order POLICY    late migrations: refuse, apply or skip
  --own-transactions as-is run files with COMMIT of their own as they stand
  --isolate                run each plugin in a process of its own
  --timeout TIME           for one seeder in a plugin; implies --isolate
  --wait TIME              for the database to accept connections  [30s]
  --lock-timeout TIME      for another run to end                  [5m]

and those of "seedbed -h"
)";

struct UpOptions {
  RunOptions run;
  RawPluginOptions plugins;
  bool no_seed = false;
  std::string out_of_order, own_transactions;
};

ExitCode up(UpOptions options, Globals globals) {
  if (options.run.execute_dry_run && !options.run.dry_run) {
    throw Error(ExitCode::usage, "\"--execute\" has no meaning without \"--dry-run\"");
  }
  if (!options.out_of_order.empty()) globals.settings.out_of_order = options.out_of_order;
  if (!options.own_transactions.empty())
    globals.settings.own_transactions = options.own_transactions;
  catch_interrupts();
  const Settings settings = resolve(globals);

  options.run.seed = !options.no_seed;
  options.run.plugins = plugin_options(options.plugins);
  options.run.wait = globals.wait.value_or(kWaitForDatabase);
  const Outcome outcome = [&] {
    ProgressBar bar(globals.progress);
    options.run.progress = bar.progress();
    return run(settings, options.run);
  }();
  return report(outcome, globals.look);
}

Action add_up(CLI::App& app) {
  const auto options = std::make_shared<UpOptions>();
  app.add_flag("--no-seed", options->no_seed);
  app.add_flag("--dry-run", options->run.dry_run);
  app.add_flag("--execute", options->run.execute_dry_run);
  app.add_option("--to", options->run.to);
  app.add_flag("--refresh", options->run.refresh);
  add_deleted_rows_options(app, options->run);
  app.add_flag("--accept-nonempty", options->run.accept_nonempty);
  app.add_option("--out-of-order", options->out_of_order);
  app.add_option("--own-transactions", options->own_transactions);
  add_plugin_options(app, options->plugins);
  return [options](const Globals& globals) { return up(*options, globals); };
}

}  // namespace

const Command kUp{"up", kUpHelp, add_up};

}  // namespace seedbed::host::cli
