#include <filesystem>
#include <system_error>

#include "cli/command.hpp"
#include "database/database.hpp"
#include "interrupt.hpp"

namespace seedbed::host::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kWaitForDatabase{30};

constexpr const char* kWaitHelp =
    R"(usage: seedbed wait [options]

Waits until the database accepts connections.  A wrong password or a database
that does not exist ends the wait at once.  An SQLite file that does not exist
is nothing to wait for: "seedbed up" creates it.

options:
  --wait TIME  at most so long  [30s]

and those of "seedbed -h"
)";

ExitCode wait(const Globals& globals) {
  catch_interrupts();
  const Clock::time_point start = Clock::now();
  const Settings settings = resolve(globals);
  Reached reached;
  reached.url = settings.url.display;
  reached.engine = settings.url.engine;
  std::error_code unreadable;  // left to connect(), which says so
  const bool no_file_yet = settings.url.engine == Engine::sqlite && !settings.url.file.empty() &&
                           !std::filesystem::exists(settings.url.file, unreadable) && !unreadable;
  if (!no_file_yet) {
    ConnectOptions options;
    options.wait = globals.wait.value_or(kWaitForDatabase);
    options.create = false;
    reached.server_version = connect(settings.url, options)->server_version();
  }
  reached.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  if (!globals.look.quiet || globals.look.format != OutputFormat::text)
    print(reached, globals.look);
  return ExitCode::done;
}

Action add_wait(CLI::App&) { return wait; }

}  // namespace

const Command kWait{"wait", kWaitHelp, add_wait};

}  // namespace seedbed::host::cli
