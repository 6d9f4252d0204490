#pragma once
// A command of the program: its name, its help screen, its options and what it does.

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "error.hpp"
#include "report/print.hpp"
#include "run/consent.hpp"

namespace CLI {
class App;
}

namespace seedbed::host::cli {

/// What every command is told: the options that stand before or after its name.
struct Globals {
  CommandLine settings;
  std::optional<std::chrono::milliseconds> wait;
  Look look;
  std::vector<std::string> words;  ///< of the command line, as they were typed
  bool progress = false;  ///< standard error is a terminal that can show it to a user who wants it
};

/// Carries out a command and prints its result.
using Action = std::function<ExitCode(const Globals&)>;

struct Command {
  const char* name;
  const char* help;
  /// Adds the command's own options to `app`, which the action reads once they are parsed.
  Action (*add_to)(CLI::App& app);
};

extern const Command kUp, kSeed, kStatus, kLog, kDown, kReset, kStamp, kAdopt, kRepair, kNew, kPlugins, kEnv, kWait, kDoctor, kSplit;

/// All of them, in the order of the help screen.
std::span<const Command* const> commands();

/// Where the program was started.  Throws Error{usage} when that folder is gone or unreadable.
std::filesystem::path working_directory();

/// The settings for a command that talks to the database.
Settings resolve(const Globals& globals);

/// What was typed, `phrase` being the value of --confirm.
Consent consent(const std::string& phrase, const Globals& globals);

/// The settings for a command that does not: the database's address may be unknown.
Settings resolve_without_database(const Globals& globals);

/// Prints `outcome` and, to standard error, the error in it.  Returns the exit code.
ExitCode report(const Outcome& outcome, const Look& look);

}  // namespace seedbed::host::cli
