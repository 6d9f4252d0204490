#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/plugin_options.hpp"
#include "cli/progress_bar.hpp"
#include "interrupt.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kResetHelp =
    R"(usage: seedbed reset [options]

Drops the objects that the role owns in the schemas of its search path and in
those that migrations made, then does what "seedbed up" does.  Extensions, what
other roles own and the schemas of the system and of platforms such as Supabase
stay.  SQLite: everything in the file.  What will be dropped is listed first.
Refused (4) where protected = true, as in tier production unless it is false.

options:
  --confirm PHRASE         above tier development; the refusal shows the phrase
  --no-seed                migrations only
  --dry-run                list what would be dropped; change nothing
  --own-transactions as-is run files with COMMIT of their own as they stand
  --isolate                run each plugin in a process of its own
  --timeout TIME           for one seeder in a plugin; implies --isolate
  --wait TIME              for the database to accept connections  [0]
  --lock-timeout TIME      for another run to end                  [5m]

and those of "seedbed -h"
)";

struct Words {
  RunOptions run;
  RawPluginOptions plugins;
  bool no_seed = false;
  std::string own_transactions, confirm;
};

ExitCode run_reset(Words words, Globals globals) {
  if (!words.own_transactions.empty()) globals.settings.own_transactions = words.own_transactions;
  catch_interrupts();
  const Settings settings = resolve(globals);
  words.run.plugins = plugin_options(words.plugins);
  words.run.reset = true;
  words.run.consent = consent(words.confirm, globals);
  words.run.seed = !words.no_seed;
  words.run.wait = globals.wait.value_or(std::chrono::milliseconds(0));
  const Outcome outcome = [&] {
    ProgressBar bar(globals.progress);
    words.run.progress = bar.progress();
    return run(settings, words.run);
  }();
  return report(outcome, globals.look);
}

Action add_reset(CLI::App& app) {
  const auto words = std::make_shared<Words>();
  app.add_flag("--no-seed", words->no_seed);
  app.add_flag("--dry-run", words->run.dry_run);
  app.add_option("--confirm", words->confirm);
  app.add_option("--own-transactions", words->own_transactions);
  add_plugin_options(app, words->plugins);
  return [words](const Globals& globals) { return run_reset(*words, globals); };
}

}  // namespace

const Command kReset{"reset", kResetHelp, add_reset};

}  // namespace seedbed::host::cli
