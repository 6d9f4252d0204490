#include "cli/command.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kEnvHelp =
    R"(usage: seedbed env [options]

Lists the resolved settings of the environment, secrets masked, each with the
place its value comes from: the command line, the process environment,
.env.<environment>, .env, seedbed.toml, or a default.  Needs no database.

options: those of "seedbed -h"
)";

ExitCode env(const Globals& globals) {
  print(SettingList{resolve(globals).entries}, globals.look);
  return ExitCode::done;
}

Action add_env(CLI::App&) { return env; }

}  // namespace

const Command kEnv{"env", kEnvHelp, add_env};

}  // namespace seedbed::host::cli
