#pragma once
// Which files the settings come from, and for which environment.

#include <filesystem>
#include <string>

#include "config/interpolate.hpp"
#include "config/settings.hpp"
#include "config/toml_file.hpp"

namespace seedbed::host {

/// Everything that was read before a value is resolved.
struct Sources {
  std::filesystem::path directory;  ///< the working directory, absolute
  std::filesystem::path file;       ///< seedbed.toml, absolute; empty if there is none
  std::filesystem::path root;       ///< its folder, or the working directory
  TomlFile toml;
  std::string environment;
  std::string environment_source;
  EnvironmentSection section;  ///< of the environment; empty without a seedbed.toml
  Variables variables;
};

/// Finds and reads seedbed.toml, chooses the environment, and reads the .env files.
/// `environment` must outlive the result.
///
/// Throws Error{usage} for a file that is not there or malformed, and for an environment that is
/// not in it.
Sources find_sources(const CommandLine& line, const Environment& environment,
                     const std::filesystem::path& directory);

}  // namespace seedbed::host
