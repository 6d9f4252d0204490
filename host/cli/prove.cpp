#include "cli/prove.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/plugin_options.hpp"
#include "cli/progress_bar.hpp"
#include "interrupt.hpp"
#include "report/proof_report.hpp"
#include "run/prove.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kProveHelp =
    R"(usage: seedbed prove [options] [NAME...]

Runs the environment's seeders, or those named and the ones they depend on,
twice in a transaction that is rolled back, the second time a day later: a row
that it writes is an error.  A third pass after edits and deletions shows what
the write modes keep.  On a scratch database, dropped at the end, two run at
once.  SQL that writes the clock or random values is not proved without one.
In tier production only the first two passes run; of a seeder that runs once,
the first.  Refused (3) while migrations are pending; 1 if a seeder is not
proved.

options:
  --full               in tier production, too, all passes
  --isolate            run each plugin in a process of its own
  --timeout TIME       for one seeder in a plugin; implies --isolate
  --wait TIME          for the database to accept connections  [0]
  --lock-timeout TIME  for another run to end                  [5m]

and those of "seedbed -h"
)";

ExitCode run_prove(ProveOptions options, const RawPluginOptions& plugins, const Globals& globals) {
  catch_interrupts();
  const Settings settings = resolve(globals);

  options.plugins = plugin_options(plugins);
  options.wait = globals.wait.value_or(std::chrono::milliseconds(0));
  const Proof proof = [&] {
    ProgressBar bar(globals.progress);
    options.progress = bar.progress();
    return prove(settings, options);
  }();
  const bool silent = globals.look.quiet && globals.look.format == OutputFormat::text && proof.proved();
  if (!silent) print(proof, globals.look);
  return proof.proved() ? ExitCode::done : ExitCode::failed;
}

Action add_prove(CLI::App& app) {
  const auto options = std::make_shared<ProveOptions>();
  const auto plugins = std::make_shared<RawPluginOptions>();
  app.add_option("NAME", options->names);
  app.add_flag("--full", options->full);
  add_plugin_options(app, *plugins);
  return [options, plugins](const Globals& globals) { return run_prove(*options, *plugins, globals); };
}

}  // namespace

const Command kProve{"prove", kProveHelp, add_prove};

}  // namespace seedbed::host::cli
