#pragma once
// The options of commands that run seeders.

#include <string>

#include "run/run.hpp"

namespace CLI {
class App;
}

namespace seedbed::host::cli {

struct RawPluginOptions {
  bool isolate = false;
  std::string timeout;
};

void add_plugin_options(CLI::App& app, RawPluginOptions& raw);

/// Throws Error{usage}.
PluginOptions plugin_options(const RawPluginOptions& raw);

/// --revive and --accept-deleted.
void add_deleted_rows_options(CLI::App& app, RunOptions& options);

}  // namespace seedbed::host::cli
