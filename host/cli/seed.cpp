#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/plugin_options.hpp"
#include "cli/progress_bar.hpp"
#include "interrupt.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kSeedHelp =
    R"(usage: seedbed seed [options] [NAME...]

Runs the environment's seeders, or those named and the ones they depend on.
Refused (3) while migrations are pending.

options:
  --clear                  first delete the rows of the tables they declare;
                           refused (4) where protected = true
  --confirm PHRASE         with --clear above tier development; the refusal
                           shows the phrase
  --revive TABLE           insert_once: bring back rows that were deleted
  --accept-deleted TABLE   insert_once: all of them were deleted on purpose
  --refresh                refresh all materialized views afterwards
  --dry-run                run them, print the counts, roll everything back
  --isolate                run each plugin in a process of its own
  --timeout TIME           for one seeder in a plugin; implies --isolate
  --wait TIME              for the database to accept connections  [0]
  --lock-timeout TIME      for another run to end                  [5m]

and those of "seedbed -h"
)";

ExitCode seed(RunOptions options, const RawPluginOptions& plugins, const std::string& confirm, const Globals& globals) {
  if (!confirm.empty() && !options.clear) throw Error(ExitCode::usage, "\"--confirm\" has no meaning without \"--clear\"");
  catch_interrupts();
  const Settings settings = resolve(globals);

  options.migrate = false;
  options.consent = consent(confirm, globals);
  options.plugins = plugin_options(plugins);
  options.wait = globals.wait.value_or(std::chrono::milliseconds(0));
  const Outcome outcome = [&] {
    ProgressBar bar(globals.progress);
    options.progress = bar.progress();
    return run(settings, options);
  }();
  return report(outcome, globals.look);
}

Action add_seed(CLI::App& app) {
  const auto options = std::make_shared<RunOptions>();
  const auto plugins = std::make_shared<RawPluginOptions>();
  const auto confirm = std::make_shared<std::string>();
  app.add_option("NAME", options->names);
  app.add_option("--confirm", *confirm);
  app.add_flag("--clear", options->clear);
  app.add_flag("--refresh", options->refresh);
  add_deleted_rows_options(app, *options);
  app.add_flag("--dry-run", options->dry_run);
  add_plugin_options(app, *plugins);
  return [options, plugins, confirm](const Globals& globals) { return seed(*options, *plugins, *confirm, globals); };
}

}  // namespace

const Command kSeed{"seed", kSeedHelp, add_seed};

}  // namespace seedbed::host::cli
