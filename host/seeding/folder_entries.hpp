#pragma once
// What a folder holds.

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "error.hpp"

namespace seedbed::host {

/// The paths of the entries of `folder`, sorted.  Throws Error{usage} that names the folder when it
/// cannot be read.
inline std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code failure;
  std::filesystem::directory_iterator entry(folder, failure);
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    entries.push_back(entry->path());
  }
  if (failure) {
    throw Error(ExitCode::usage, fmt::format("could not read folder \"{}\": {}", folder.string(), failure.message()));
  }
  std::ranges::sort(entries);
  return entries;
}

}  // namespace seedbed::host
