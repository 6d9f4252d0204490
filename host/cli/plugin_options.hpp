#pragma once
// The options of commands that run seeders in libraries.

#include <string>

#include "seeding/run_seeder.hpp"

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

}  // namespace seedbed::host::cli
