#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"

namespace seedbed::host::cli {

namespace {

constexpr const char* kPluginsHelp =
    R"(usage: seedbed plugins [options] [lock]

Lists every seeder found, in the order in which they run: name, version, tier,
dependencies, file and hash, and why it is or is not selected.  Runs no code of
a plugin and needs no database.  Exit status 6 if one of them is broken, 4 if
one is refused.

"plugins lock" writes the hashes of all plugins and seeder folders to
seedbed.lock beside seedbed.toml.  As long as it lies there, every command
refuses (4) those that it has not, or has otherwise.

options:
  --graph mermaid  the dependencies as a flowchart instead
  --locked         refuse if there is no seedbed.lock, or if it has one that is
                   gone; also an option of up, seed and all that find seeders

and those of "seedbed -h"
)";

SeederList list_seeders(const Settings& settings) {
  FoundSeeders found = find_seeders(settings);
  SeederList list;
  list.environment = settings.environment;
  list.tier = settings.tier;
  list.directory = working_directory();
  list.broken.swap(found.broken);  // planning refuses them; here they are part of the answer
  list.seeders = plan_seeders(found, settings, {});
  const bool locked = std::ranges::any_of(list.seeders, [](const PlannedSeeder& planned) { return planned.seeder.locked; });
  if (locked) list.lock_file = settings.seeders.lock_file;
  for (const Named& named : settings.seeders.order) {
    const bool exists =
        std::any_of(found.seeders.begin(), found.seeders.end(),
                    [&](const Seeder& seeder) { return seeder.declaration.name == named.name; });
    if (!exists) list.not_found.push_back(named);
  }
  return list;
}

ExitCode lock(const Globals& globals) {
  print(write_plugin_lock(resolve_without_database(globals)), globals.look);
  return ExitCode::done;
}

ExitCode plugins(const std::string& word, const std::string& graph, const Globals& globals) {
  if (!word.empty() && word != "lock") {
    throw Error(ExitCode::usage, "\"plugins\" takes no argument \"" + word + "\"").hint("The one that it takes is \"lock\".");
  }
  if (!word.empty() && !graph.empty()) throw Error(ExitCode::usage, "\"--graph\" has no meaning with \"plugins lock\"");
  if (!graph.empty() && graph != "mermaid") {
    throw Error(ExitCode::usage, "\"--graph " + graph + "\" is not a kind of graph")
        .hint("The one kind is mermaid.");
  }
  if (word == "lock") return lock(globals);
  const SeederList list = list_seeders(resolve_without_database(globals));
  if (graph.empty())
    print(list, globals.look);
  else
    print_text(to_mermaid(list));
  return list.broken.empty() ? ExitCode::done : list.broken.front().code;
}

Action add_plugins(CLI::App& app) {
  const auto word = std::make_shared<std::string>();
  const auto graph = std::make_shared<std::string>();
  app.add_option("WORD", *word);
  app.add_option("--graph", *graph);
  return [word, graph](const Globals& globals) { return plugins(*word, *graph, globals); };
}

}  // namespace

const Command kPlugins{"plugins", kPluginsHelp, add_plugins};

}  // namespace seedbed::host::cli
