#include "cli/command.hpp"

#include <array>
#include <filesystem>
#include <system_error>

namespace seedbed::host::cli {

std::span<const Command* const> commands() {
  static constexpr std::array kAll{&kUp,    &kSeed,   &kStatus, &kLog,     &kDown, &kReset,
                                   &kStamp, &kAdopt, &kRepair, &kNew,    &kPlugins, &kEnv,  &kWait, &kSplit};
  return kAll;
}

std::filesystem::path working_directory() {
  std::error_code failure;
  std::filesystem::path directory = std::filesystem::current_path(failure);
  if (!failure) return directory;
  throw Error(ExitCode::usage, "could not find the working directory: " + failure.message())
      .hint("It may have been deleted: change to a folder that exists.");
}

Settings resolve(const Globals& globals) {
  return resolve_settings(globals.settings, process_environment(), working_directory());
}

Settings resolve_without_database(const Globals& globals) {
  Globals anywhere = globals;
  if (!anywhere.settings.url) anywhere.settings.url = "sqlite::memory:";
  return resolve(anywhere);
}

ExitCode report(const Outcome& outcome, const Look& look) {
  const bool silent = look.quiet && look.format == OutputFormat::text && !outcome.error;
  if (!silent) print(outcome, look);
  if (!outcome.error) return ExitCode::done;
  print_error(*outcome.error, look);
  return outcome.error->code();
}

}  // namespace seedbed::host::cli
