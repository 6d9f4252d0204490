#include "run/stamp.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "interrupt.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kStampHelp =
    R"(usage: seedbed stamp [options] VERSION

Records all migrations up to and including VERSION as applied, without running
them: for a database that has what they create.  VERSION may be "latest".
What is recorded already stays.

options:
  --wait TIME          for the database to accept connections  [0]
  --lock-timeout TIME  for another run to end                  [5m]

and those of "seedbed -h"
)";

ExitCode run_stamp(StampOptions options, const Globals& globals) {
  if (options.version.empty()) {
    throw Error(ExitCode::usage, "\"stamp\" needs a version").hint("\"seedbed status\" lists them; \"latest\" is the last one.");
  }
  catch_interrupts();
  options.wait = globals.wait.value_or(std::chrono::milliseconds(0));
  return report(stamp(resolve(globals), options), globals.look);
}

Action add_stamp(CLI::App& app) {
  const auto options = std::make_shared<StampOptions>();
  app.add_option("VERSION", options->version);
  return [options](const Globals& globals) { return run_stamp(*options, globals); };
}

}  // namespace

const Command kStamp{"stamp", kStampHelp, add_stamp};

}  // namespace seedbed::host::cli
