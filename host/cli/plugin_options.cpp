#include "cli/plugin_options.hpp"

#include <CLI/CLI.hpp>

#include "duration.hpp"

namespace seedbed::host::cli {

void add_plugin_options(CLI::App& app, RawPluginOptions& raw) {
  app.add_flag("--isolate", raw.isolate);
  app.add_option("--timeout", raw.timeout);
}

PluginOptions plugin_options(const RawPluginOptions& raw) {
  PluginOptions options;
  if (!raw.timeout.empty()) options.timeout = parse_duration(raw.timeout, "--timeout");
  options.isolated = raw.isolate || options.timeout;
  return options;
}

}  // namespace seedbed::host::cli
