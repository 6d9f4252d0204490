#include "run/repair.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "interrupt.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kRepairHelp =
    R"(usage: seedbed repair [options]

Without an option: shows which migrations were edited after they were applied,
which files outside a transaction stopped half-way, and what would mend each.
Resuming a file that stopped is what "seedbed up" does.

options:
  --accept VERSION...   what the files of these versions say now counts as what
                        was applied; nothing is run
  --all                 the same for every edited file
  --abandon VERSION     forget which statements of a half-applied file took
                        effect, so that it starts anew; they are listed
  --confirm PHRASE      to abandon above tier development; the refusal shows it
  --wait TIME           for the database to accept connections  [0]
  --lock-timeout TIME   for another run to end                  [5m]

and those of "seedbed -h"
)";

ExitCode run_repair(RepairOptions options, const Globals& globals) {
  options.consent = consent(options.consent.phrase, globals);
  const bool accept_given = !options.accept.empty();
  std::erase(options.accept, "");  // what CLI11 makes of "--accept" without a value
  if (accept_given && options.accept.empty() && !options.accept_all) {
    throw Error(ExitCode::usage, "\"--accept\" needs versions, or \"--all\"").hint("\"seedbed repair\" shows what was edited.");
  }
  catch_interrupts();
  const Settings settings = resolve(globals);
  options.wait = globals.wait.value_or(std::chrono::milliseconds(0));
  if (options.accept.empty() && !options.accept_all && options.abandon.empty()) {
    print(find_damage(settings, options.wait), globals.look);
    return ExitCode::done;
  }
  return report(repair(settings, options), globals.look);
}

Action add_repair(CLI::App& app) {
  const auto options = std::make_shared<RepairOptions>();
  app.add_option("--accept", options->accept)->expected(0, 10'000);
  app.add_flag("--all", options->accept_all);
  app.add_option("--confirm", options->consent.phrase);
  app.add_option("--abandon", options->abandon)->allow_extra_args(false);
  return [options](const Globals& globals) { return run_repair(*options, globals); };
}

}  // namespace

const Command kRepair{"repair", kRepairHelp, add_repair};

}  // namespace seedbed::host::cli
