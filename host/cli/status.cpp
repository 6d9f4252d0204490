#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "interrupt.hpp"
#include "run/run.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kStatusHelp =
    R"(usage: seedbed status [options]

Compares the migration files and the selected seeders with what the database
remembers.  Writes nothing.

options:
  --exit-code  exit with 3 if anything is pending, edited or out of order
  --wait TIME  for the database to accept connections  [0]

and those of "seedbed -h"
)";

ExitCode show_status(bool exit_code, const Globals& globals) {
  catch_interrupts();
  const Plan plan = status(resolve(globals), globals.wait.value_or(std::chrono::milliseconds(0)));
  print(plan, globals.look);
  return exit_code && plan.something_pending() ? ExitCode::pending : ExitCode::done;
}

Action add_status(CLI::App& app) {
  const auto exit_code = std::make_shared<bool>(false);
  app.add_flag("--exit-code", *exit_code);
  return [exit_code](const Globals& globals) { return show_status(*exit_code, globals); };
}

}  // namespace

const Command kStatus{"status", kStatusHelp, add_status};

}  // namespace seedbed::host::cli
