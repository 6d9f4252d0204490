#include "config/sources.hpp"

#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "config/names.hpp"
#include "error.hpp"

namespace seedbed::host {

namespace {

namespace fs = std::filesystem;

constexpr const char* kFileName = "seedbed.toml";

// The first seedbed.toml in `directory` or above it; empty if there is none.
fs::path find_above(const fs::path& directory, std::vector<fs::path>& looked) {
  for (fs::path folder = directory;; folder = folder.parent_path()) {
    looked.push_back(folder);
    std::error_code ignored;
    if (fs::is_regular_file(folder / kFileName, ignored)) return folder / kFileName;
    if (folder == folder.parent_path()) return {};
  }
}

fs::path find_file(const CommandLine& line, const fs::path& directory) {
  if (line.config) return (directory / *line.config).lexically_normal();
  std::vector<fs::path> looked;
  fs::path found = find_above(directory, looked);
  if (!found.empty() || line.url) return found;
  std::string detail = "Looked for it in";
  for (const fs::path& folder : looked) detail += "\n  " + folder.string();
  throw Error(ExitCode::usage, "could not find seedbed.toml, and no --url was given")
      .detail(detail)
      .hint(
          "Name a file with --config, or a database with --url, for example --url sqlite:app.db.");
}

struct Choice {
  std::string name, source;
  Place place;
};

std::optional<Choice> choose(const CommandLine& line, const TomlFile& toml, Variables& variables) {
  if (line.environment) return Choice{*line.environment, "command line", {}};
  const auto set = variables.find("SEEDBED_ENV");
  if (set && !set->value.empty()) return Choice{set->value, set->source, {}};
  if (!toml.default_environment) return std::nullopt;
  Expanded name = variables.expand(*toml.default_environment, "default_environment");
  return Choice{name.value, name.source, toml.default_environment->place};
}

std::vector<std::string> names_of(const std::map<std::string, EnvironmentSection>& environments) {
  std::vector<std::string> names;
  for (const auto& [name, section] : environments) names.push_back(name);
  return names;
}

// Of a file without environments only the command line's url can be used, as if there were no file.
Choice checked(const std::optional<Choice>& choice, const CommandLine& line,
               const Sources& sources) {
  const TomlFile& toml = sources.toml;
  if (toml.environments.empty() && !(choice && choice->place.line)) {
    if (!line.url)
      throw Error(ExitCode::usage,
                  fmt::format("\"{}\" has no environment, and no --url was given", toml.name))
          .hint("Add [environments.local] with a url to it.");
    if (!choice) return {"local", "default", {}};
    require_environment_name(choice->name);
    return *choice;
  }
  const std::vector<std::string> names = names_of(toml.environments);
  if (!choice)
    throw Error(ExitCode::usage, "no environment was chosen")
        .detail(
            fmt::format("\"{}\" has {}, and no default_environment.", toml.name, enumerated(names)))
        .hint("Say --env NAME, or set SEEDBED_ENV.");
  if (toml.environments.contains(choice->name)) return *choice;
  throw no_such("environment", choice->name, names, "in \"" + toml.name + "\"")
      .at(choice->place)
      .detail(fmt::format("The name comes from {}.", in_sentence(choice->source)));
}

}  // namespace

Sources find_sources(const CommandLine& line, const Environment& environment,
                     const fs::path& directory) {
  const fs::path here = fs::absolute(directory / "").lexically_normal().parent_path();
  const fs::path file = find_file(line, here);
  Sources sources{
      here, file, file.empty() ? here : file.parent_path(), {}, {}, {}, {}, {environment, {}}};
  if (file.empty()) {
    const Choice choice = checked(choose(line, sources.toml, sources.variables), line, sources);
    sources.environment = choice.name;
    sources.environment_source = choice.source;
    return sources;
  }

  const auto dotenv = [&](const std::string& name) {
    const fs::path path = sources.root / name;
    return read_dotenv(path, name_for_people(path, here));
  };
  sources.toml = parse_toml_file(read_text_file(file, name_for_people(file, here)));
  const DotenvFile common = dotenv(".env");
  sources.variables = Variables(environment, {common});
  const Choice choice = checked(choose(line, sources.toml, sources.variables), line, sources);
  sources.environment = choice.name;
  sources.environment_source = choice.source;
  if (!sources.toml.environments.empty())
    sources.section = sources.toml.environments.at(choice.name);
  sources.variables = Variables(environment, {dotenv(".env." + choice.name), common});
  return sources;
}

}  // namespace seedbed::host
