#pragma once
// The program as a plugin's process: maps one library and lets its seeders ask the host.

#include <filesystem>

namespace seedbed::host::isolation {

/// The first argument of such a process; the second is the library's path, for messages.  No word for users.
inline constexpr const char* kWord = "plugin-process";

/// Where the host is to be found.
inline constexpr int kDescriptor = 3;

/// The library, which the host has opened and checked.
inline constexpr int kPluginDescriptor = 4;

/// Serves the host until it goes away.  Returns the process's exit status.
int run_plugin_process(const std::filesystem::path& library);

}  // namespace seedbed::host::isolation
