#include "cli/command.hpp"

#include <array>
#include <filesystem>
#include <system_error>

#include "cli/prove.hpp"

#include "shell.hpp"

namespace seedbed::host::cli {

std::span<const Command* const> commands() {
  static constexpr std::array kAll{&kUp,    &kSeed,   &kProve, &kStatus, &kLog,     &kDown, &kReset,
                                   &kStamp, &kAdopt, &kRepair, &kNew,    &kPlugins, &kEnv,  &kWait, &kDoctor, &kSplit};
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

Consent consent(const std::string& phrase, const Globals& globals) {
  Consent consent{phrase, "seedbed"};
  bool skip = false;
  for (const std::string& word : globals.words) {
    const bool is_phrase = skip;
    skip = word == "--confirm";
    if (!is_phrase && !skip && !word.starts_with("--confirm=")) consent.command += " " + shell_word(word);
  }
  return consent;
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
