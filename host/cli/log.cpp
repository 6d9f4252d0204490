#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/number.hpp"
#include "interrupt.hpp"
#include "run/recorded_runs.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kLogHelp =
    R"(usage: seedbed log [options]

The runs that the database remembers, the newest first: those that applied,
reverted, wrote, failed or were refused.  Writes nothing.

options:
  -n N         how many  [20]
  --wait TIME  for the database to accept connections  [0]

and those of "seedbed -h"
)";

ExitCode show_log(const std::string& count, const Globals& globals) {
  constexpr std::size_t kShown = 20;
  const std::size_t most = count.empty() ? kShown : parse_count(count, "the number of runs to show");
  catch_interrupts();
  print(recorded_runs(resolve(globals), most, globals.wait.value_or(std::chrono::milliseconds(0))), globals.look);
  return ExitCode::done;
}

Action add_log(CLI::App& app) {
  const auto count = std::make_shared<std::string>();
  app.add_option("-n", *count);
  return [count](const Globals& globals) { return show_log(*count, globals); };
}

}  // namespace

const Command kLog{"log", kLogHelp, add_log};

}  // namespace seedbed::host::cli
