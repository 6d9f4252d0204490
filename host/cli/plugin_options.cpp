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

void add_deleted_rows_options(CLI::App& app, RunOptions& options) {
  app.add_option("--revive", options.revive)->allow_extra_args(false);
  app.add_option("--accept-deleted", options.accept_deleted)->allow_extra_args(false);
}

}  // namespace seedbed::host::cli
