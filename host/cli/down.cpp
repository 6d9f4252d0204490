#include "run/down.hpp"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/number.hpp"
#include "cli/progress_bar.hpp"
#include "interrupt.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kDownHelp =
    R"(usage: seedbed down [options] [N]

Reverts the last N migrations that were applied (1 if N is left out) by their
down parts, the last one first.  One without a down part, or whose file is not
here, is an error before anything is done.  Rows that seeders wrote into other
tables stay.

options:
  --to VERSION         revert everything above VERSION; 0 is below all
  --confirm PHRASE     above tier development; the refusal shows the phrase
  --dry-run            do it all, then roll everything back
  --wait TIME          for the database to accept connections  [0]
  --lock-timeout TIME  for another run to end                  [5m]

and those of "seedbed -h"
)";

struct Words {
  DownOptions down;
  std::string count, confirm;
};

ExitCode run_down(Words words, const Globals& globals) {
  if (!words.count.empty() && !words.down.to.empty()) {
    throw Error(ExitCode::usage, "a number and \"--to\" contradict each other");
  }
  if (!words.count.empty()) words.down.count = parse_count(words.count, "the number of migrations to revert");
  catch_interrupts();
  const Settings settings = resolve(globals);
  words.down.consent = consent(words.confirm, globals);
  words.down.wait = globals.wait.value_or(std::chrono::milliseconds(0));
  const Outcome outcome = [&] {
    ProgressBar bar(globals.progress);
    words.down.progress = bar.progress();
    return down(settings, words.down);
  }();
  return report(outcome, globals.look);
}

Action add_down(CLI::App& app) {
  const auto words = std::make_shared<Words>();
  app.add_option("N", words->count);
  app.add_option("--to", words->down.to);
  app.add_option("--confirm", words->confirm);
  app.add_flag("--dry-run", words->down.dry_run);
  return [words](const Globals& globals) { return run_down(*words, globals); };
}

}  // namespace

const Command kDown{"down", kDownHelp, add_down};

}  // namespace seedbed::host::cli
