#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <seedbed_template.hpp>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "config/text_file.hpp"
#include "migration/new_migration.hpp"

namespace seedbed::host::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* kNewHelp =
    R"(usage: seedbed new NAME
       seedbed new --seeder NAME

Writes an empty migration, its version the time in UTC, into the migrations
folder and in that folder's format.  Needs no database.

options:
  --seeder NAME  write a plugin folder instead, ready to build: plugins/NAME,
                 or NAME in the folder that --seeders names; the migration
                 makes the table that it fills

and those of "seedbed -h"
)";

// Names that CMake keeps for targets of its own, and ours for plain SQL files.
constexpr std::array<std::string_view, 9> kReserved{
    "all", "clean", "edit_cache", "help", "install", "package", "preinstall", "sql", "test"};

struct NewOptions {
  std::string migration;
  std::string seeder;
};

void check_seeder_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!std::all_of(name.begin(), name.end(), allowed) || name.front() < 'a' || name.front() > 'z') {
    throw Error(ExitCode::usage, fmt::format("\"{}\" cannot be the name of a seeder", name))
        .hint(
            "A name is made of lower-case letters, digits and underscores, and begins with a "
            "letter.");
  }
  if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) {
    throw Error(ExitCode::usage, fmt::format("\"{}\" cannot be the name of a seeder", name))
        .detail("CMake, or seedbed itself, uses this name for something else.");
  }
}

std::string pascal_case(std::string_view name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c != '_') result += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = c == '_';
  }
  return result;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string named(std::string_view text, const std::string& seeder) {
  return replaced(replaced(std::string(text), "my_seeder", seeder), "MySeeder",
                  pascal_case(seeder));
}

fs::path shown(const fs::path& path) { return name_for_people(path, working_directory()); }

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  stream << text << std::flush;
  if (stream) return;
  throw Error(ExitCode::usage, fmt::format("could not write \"{}\": {}", shown(path).string(),
                                           std::generic_category().message(errno)));
}

void check_migration_name(const std::string& name) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(name.begin(), name.end(), is_ascii)) return;
  throw Error(ExitCode::usage,
              fmt::format("\"{}\" has letters that a migration's name cannot have", name))
      .hint("Name it for what it does, in ASCII: \"add order total\".");
}

std::vector<fs::path> create_new_migration(const std::string& name, const Settings& settings,
                                           const MigrationText& text = {}) {
  check_migration_name(name);
  const std::optional<Format> format = parse_format(settings.migrations.format, "the settings");
  return create_migration(settings.migrations.directory, format, working_directory(), name,
                          std::chrono::system_clock::now(), text);
}

// The template's migration is in our own format; a folder may have another.
MigrationText template_migration(const std::string& seeder) {
  constexpr std::string_view kUp = "-- seedbed: up\n", kDown = "\n-- seedbed: down\n";
  const std::string text = named(kTemplateMigration, seeder);
  const std::size_t down = text.find(kDown);
  return {text.substr(kUp.size(), down - kUp.size()), text.substr(down + kDown.size())};
}

std::vector<fs::path> write_seeder(const std::string& name, const fs::path& folder,
                                   const Settings& settings) {
  std::vector<fs::path> written;
  for (const TemplateFile& file : kTemplateFiles) {
    const fs::path path = folder / named(file.name, name);
    write_file(path, named(file.text, name));
    written.push_back(shown(path));
  }
  const std::vector<fs::path> migration =
      create_new_migration("create_" + name, settings, template_migration(name));
  written.insert(written.end(), migration.begin(), migration.end());
  return written;
}

CreatedFiles create_seeder(const std::string& name, const fs::path& parent,
                           const Settings& settings) {
  check_seeder_name(name);
  const fs::path folder = parent / name;
  std::error_code failure;
  const bool exists = fs::exists(folder, failure);
  if (exists) {
    throw Error(ExitCode::usage, fmt::format("\"{}\" exists already", shown(folder).string()));
  }
  if (!failure) fs::create_directories(folder, failure);
  if (failure) {
    throw Error(ExitCode::usage, fmt::format("could not make \"{}\": {}", shown(folder).string(),
                                             failure.message()));
  }
  CreatedFiles created;
  try {
    created.files = write_seeder(name, folder, settings);
  } catch (const Error&) {
    fs::remove_all(folder, failure);  // else the next try would find half a seeder
    throw;
  }
  const std::string where = shown(folder).string();
  created.next = fmt::format(
      "build it:  cmake -S {0} -B {0}/build && cmake --build {0}/build\n"
      "run it:    seedbed up --seeders {0}/build",
      where);
  return created;
}

ExitCode create(const NewOptions& options, const Globals& globals) {
  if (options.migration.empty() == options.seeder.empty()) {
    throw Error(ExitCode::usage, options.seeder.empty()
                                     ? "\"new\" needs a name"
                                     : "a migration and a seeder cannot be made at once")
        .hint("For example: seedbed new add_customers, or: seedbed new --seeder customers");
  }
  const Settings settings = resolve_without_database(globals);
  const bool parent_named = !globals.settings.seeders.empty();
  const fs::path parent =
      parent_named ? working_directory() / globals.settings.seeders.front() : settings.root / "plugins";
  const CreatedFiles created =
      options.seeder.empty() ? CreatedFiles{create_new_migration(options.migration, settings), ""}
                             : create_seeder(options.seeder, parent, settings);
  if (!globals.look.quiet || globals.look.format != OutputFormat::text)
    print(created, globals.look);
  return ExitCode::done;
}

Action add_new(CLI::App& app) {
  const auto options = std::make_shared<NewOptions>();
  app.add_option("NAME", options->migration);
  app.add_option("--seeder", options->seeder);
  return [options](const Globals& globals) { return create(*options, globals); };
}

}  // namespace

const Command kNew{"new", kNewHelp, add_new};

}  // namespace seedbed::host::cli
