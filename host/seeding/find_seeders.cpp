// Finds seeders on disk.

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include <seedbed/abi.h>

#include "database/sql/script.hpp"
#include "seeding/plugin_file.hpp"
#include "seeding/seeder.hpp"
#include "seeding/sql_files.hpp"

namespace seedbed::host {

namespace fs = std::filesystem;

namespace {

std::string read_bytes(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  if (!stream) throw Error(ExitCode::plugin, fmt::format("could not read \"{}\"", path.string()));
  return bytes.str();
}

/// Over the names and bytes of a folder's files, so that a renamed file counts as changed.
std::string folder_hash(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::string all;
  for (const fs::path& file : files) {
    all += file.filename().string() + '\0' + sql::sha256(read_bytes(file)) + '\0';
  }
  return sql::sha256(all);
}

std::vector<Seeder> read_library(const fs::path& path) {
  std::vector<Seeder> seeders;
  const std::string sha256 = sql::sha256(read_bytes(path));
  for (const PluginRecord& record : read_plugin_file(path)) {
    if (record.abi_version != SEEDBED_ABI_VERSION) {
      throw Error(ExitCode::plugin, fmt::format("plugin \"{}\" speaks ABI {}, this host speaks ABI {}", path.string(),
                                                record.abi_version, SEEDBED_ABI_VERSION))
          .hint("Rebuild the plugin against this host's SDK.");
    }
    seeders.push_back({parse_declaration(record.toml, path.string()), SeederKind::library, path, sha256, record.abi_version});
  }
  return seeders;
}

Seeder read_folder(const fs::path& folder) {
  const fs::path file = folder / "seeder.toml";
  return {parse_declaration(read_bytes(file), file.string()), SeederKind::folder, folder, folder_hash(folder), 0};
}

void read_entry(const fs::path& path, FoundSeeders& found) {
  try {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      if (fs::exists(path / "seeder.toml")) found.seeders.push_back(read_folder(path));
    } else if (path.extension() == ".so") {
      for (Seeder& seeder : read_library(path)) found.seeders.push_back(std::move(seeder));
    }
  } catch (const Error& error) {
    found.broken.push_back({path, error.message(), error.detail(), error.hint(), error.place()});
  }
}

}  // namespace

FoundSeeders find_seeders(const SeederSettings& settings) {
  FoundSeeders found;
  std::set<fs::path> seen;
  for (const fs::path& directory : settings.directories) {
    std::error_code error;
    if (!fs::is_directory(directory, error)) {
      if (!settings.directories_named) continue;
      throw Error(ExitCode::usage, fmt::format("seeder directory \"{}\" does not exist", directory.string()));
    }
    std::vector<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(directory)) entries.push_back(entry.path());
    std::ranges::sort(entries);
    for (const fs::path& entry : entries) {
      if (seen.insert(fs::weakly_canonical(entry)).second) read_entry(entry, found);
    }
  }
  std::ranges::stable_sort(found.seeders, {}, [](const Seeder& seeder) { return seeder.declaration.name; });
  if (!settings.sql_paths.empty()) {
    plain_sql_files(settings);  // refuses a path that stands for nothing
    found.seeders.push_back(plain_sql_seeder(settings));
  }
  return found;
}

}  // namespace seedbed::host
