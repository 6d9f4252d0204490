#include "cli/command.hpp"

#include <array>
#include <filesystem>

namespace seedbed::host::cli {

std::span<const Command* const> commands() {
  static constexpr std::array<const Command*, 8> kAll{&kUp,      &kSeed, &kStatus, &kNew,
                                                      &kPlugins, &kEnv,  &kWait,   &kSplit};
  return kAll;
}

Settings resolve(const Globals& globals) {
  return resolve_settings(globals.settings, process_environment(), std::filesystem::current_path());
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
