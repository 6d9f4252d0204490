#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kPluginsHelp =
    R"(usage: seedbed plugins [options]

Lists every seeder found, in the order in which they run: name, version, tier,
dependencies, file and hash, and why it is or is not selected.  Runs no code of
a plugin and needs no database.  Exit status 6 if one of them is broken.

options:
  --graph mermaid  the dependencies as a flowchart instead

and those of "seedbed -h"
)";

SeederList list_seeders(const Settings& settings) {
  FoundSeeders found = find_seeders(settings.seeders, settings.url.engine);
  SeederList list;
  list.environment = settings.environment;
  list.tier = settings.tier;
  list.directory = working_directory();
  list.broken.swap(found.broken);  // planning refuses them; here they are part of the answer
  list.seeders = plan_seeders(found, settings, {});
  for (const Named& named : settings.seeders.order) {
    const bool exists =
        std::any_of(found.seeders.begin(), found.seeders.end(),
                    [&](const Seeder& seeder) { return seeder.declaration.name == named.name; });
    if (!exists) list.not_found.push_back(named);
  }
  return list;
}

ExitCode plugins(const std::string& graph, const Globals& globals) {
  if (!graph.empty() && graph != "mermaid") {
    throw Error(ExitCode::usage, "\"--graph " + graph + "\" is not a kind of graph")
        .hint("The one kind is mermaid.");
  }
  const SeederList list = list_seeders(resolve_without_database(globals));
  if (graph.empty())
    print(list, globals.look);
  else
    print_text(to_mermaid(list));
  return list.broken.empty() ? ExitCode::done : ExitCode::plugin;
}

Action add_plugins(CLI::App& app) {
  const auto graph = std::make_shared<std::string>();
  app.add_option("--graph", *graph);
  return [graph](const Globals& globals) { return plugins(*graph, globals); };
}

}  // namespace

const Command kPlugins{"plugins", kPluginsHelp, add_plugins};

}  // namespace seedbed::host::cli
