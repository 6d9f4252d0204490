#include "run/stamp.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "interrupt.hpp"
#include "run/identity.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kStampHelp =
    R"(usage: seedbed stamp [options] VERSION
       seedbed stamp --identity [options]

Records all migrations up to and including VERSION as applied, without running
them: for a database that has what they create.  VERSION may be "latest".
What is recorded already stays.

options:
  --identity           make it the database of the chosen environment and tier:
                       for a restored copy, or an environment with a new name
  --confirm PHRASE     with --identity, for a database above tier development;
                       the refusal shows the phrase
  --wait TIME          for the database to accept connections  [0]
  --lock-timeout TIME  for another run to end                  [5m]

and those of "seedbed -h"
)";

struct Words {
  std::string version, confirm;
  bool identity = false;
};

ExitCode run_stamp(const Words& words, const Globals& globals) {
  if (words.identity && !words.version.empty()) {
    throw Error(ExitCode::usage, "\"--identity\" and a version contradict each other").hint("Run one after the other.");
  }
  if (!words.identity && !words.confirm.empty()) throw Error(ExitCode::usage, "\"--confirm\" has no meaning without \"--identity\"");
  if (!words.identity && words.version.empty()) {
    throw Error(ExitCode::usage, "\"stamp\" needs a version").hint("\"seedbed status\" lists them; \"latest\" is the last one.");
  }
  catch_interrupts();
  const Settings settings = resolve(globals);
  const std::chrono::milliseconds wait = globals.wait.value_or(std::chrono::milliseconds(0));
  return report(words.identity ? stamp_identity(settings, {consent(words.confirm, globals), wait}) : stamp(settings, {words.version, wait}),
                globals.look);
}

Action add_stamp(CLI::App& app) {
  const auto words = std::make_shared<Words>();
  app.add_option("VERSION", words->version);
  app.add_flag("--identity", words->identity);
  app.add_option("--confirm", words->confirm);
  return [words](const Globals& globals) { return run_stamp(*words, globals); };
}

}  // namespace

const Command kStamp{"stamp", kStampHelp, add_stamp};

}  // namespace seedbed::host::cli
