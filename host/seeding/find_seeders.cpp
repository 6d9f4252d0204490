// Finds seeders on disk.

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include <seedbed/abi.h>

#include "database/sql/script.hpp"
#include "database/sql/stream_hash.hpp"
#include "seeding/folder_entries.hpp"
#include "seeding/plugin_file.hpp"
#include "seeding/seeder.hpp"
#include "seeding/sql_files.hpp"

namespace seedbed::host {

namespace fs = std::filesystem;

namespace {

/// Opens regular files alone: a pipe or a device could make the reading wait for ever.
std::ifstream opened(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    throw Error(ExitCode::plugin, fmt::format("could not read \"{}\": it is no regular file", path.string()));
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw Error(ExitCode::plugin, fmt::format("could not read \"{}\"", path.string()));
  return stream;
}

std::string read_bytes(const fs::path& path) {
  std::ifstream stream = opened(path);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  if (!stream) throw Error(ExitCode::plugin, fmt::format("could not read \"{}\"", path.string()));
  return bytes.str();
}

/// Files of rows may be larger than memory.
std::string hash_of(const fs::path& path) {
  std::ifstream stream = opened(path);
  const std::string hash = sql::sha256(stream);
  if (stream.bad()) throw Error(ExitCode::plugin, fmt::format("could not read \"{}\"", path.string()));
  return hash;
}

/// Over the names and bytes of a folder's files, so that a renamed file counts as changed.
std::string folder_hash(const fs::path& folder) {
  std::string all;
  for (const fs::path& file : entries_of(folder)) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) continue;
    all += file.filename().string() + '\0' + hash_of(file) + '\0';
  }
  return sql::sha256(all);
}

void refuse_dangling_link(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_symlink(path, ignored) || fs::exists(path, ignored)) return;
  throw Error(ExitCode::plugin, fmt::format("plugin \"{}\" is a link to a file that does not exist", path.string()))
      .detail(fmt::format("It points to \"{}\".", fs::read_symlink(path, ignored).string()));
}

Declaration library_declaration(const std::string& toml, const std::string& file) {
  Declaration declaration = parse_declaration(toml, file);
  if (declaration.tables.empty()) return declaration;
  throw Error(ExitCode::plugin, fmt::format("plugin \"{}\" declares a [[table]], which only a folder can have", file));
}

std::vector<Seeder> read_library(const fs::path& path) {
  refuse_dangling_link(path);
  std::vector<Seeder> seeders;
  const std::vector<PluginRecord> records = read_plugin_file(path);  // refuses what is no regular file
  const std::string sha256 = sql::sha256(read_bytes(path));
  for (const PluginRecord& record : records) {
    if (record.abi_version != SEEDBED_ABI_VERSION) {
      throw Error(ExitCode::plugin, fmt::format("plugin \"{}\" speaks ABI {}, this host speaks ABI {}", path.string(),
                                                record.abi_version, SEEDBED_ABI_VERSION))
          .hint("Rebuild the plugin against this host's SDK.");
    }
    seeders.push_back({library_declaration(record.toml, path.string()), SeederKind::library, path, sha256, record.abi_version});
  }
  return seeders;
}

/// A file that no [[table]] names would be passed over in silence.
void check_csv_files(const Declaration& declaration, const fs::path& folder) {
  for (const TableFile& table : declaration.tables) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / table.file, ignored)) continue;
    throw Error(ExitCode::plugin, fmt::format("file \"{}\" does not exist", table.file)).at(table.place);
  }
  for (const fs::path& file : entries_of(folder)) {
    const std::string name = file.filename().string();
    if (file.extension() != ".csv" || name.starts_with('_') || name.starts_with('.')) continue;
    if (std::ranges::find(declaration.tables, name, &TableFile::file) != declaration.tables.end()) continue;
    throw Error(ExitCode::plugin, fmt::format("no [[table]] names file \"{}\"", name))
        .at({(folder / "seeder.toml").string(), 0, 0, {}})
        .hint(fmt::format("Add [[table]] with file = \"{}\", the name of the table, and its key; or begin the file's name with \"_\".", name));
  }
}

Seeder read_folder(const fs::path& folder) {
  const fs::path file = folder / "seeder.toml";
  Declaration declaration = parse_declaration(read_bytes(file), file.string());
  check_csv_files(declaration, folder);
  return {std::move(declaration), SeederKind::folder, folder, folder_hash(folder), 0};
}

bool holds_declaration(const fs::path& folder) {
  std::error_code failure;
  const bool exists = fs::exists(folder / "seeder.toml", failure);
  if (!failure) return exists;
  throw Error(ExitCode::usage, fmt::format("could not read folder \"{}\": {}", folder.string(), failure.message()));
}

void read_entry(const fs::path& path, FoundSeeders& found) {
  try {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      if (holds_declaration(path)) found.seeders.push_back(read_folder(path));
    } else if (path.extension() == ".so") {
      for (Seeder& seeder : read_library(path)) found.seeders.push_back(std::move(seeder));
    }
  } catch (const Error& error) {
    found.broken.push_back({path, error.message(), error.detail(), error.hint(), error.place()});
  }
}

}  // namespace

FoundSeeders find_seeders(const SeederSettings& settings, Engine engine) {
  FoundSeeders found;
  std::set<fs::path> seen;
  for (const fs::path& directory : settings.directories) {
    std::error_code failure;
    const fs::file_status status = fs::status(directory, failure);
    if (status.type() == fs::file_type::none) {
      throw Error(ExitCode::usage, fmt::format("could not read seeder directory \"{}\": {}", directory.string(), failure.message()));
    }
    if (!fs::is_directory(status)) {
      if (!settings.directories_named) continue;
      throw Error(ExitCode::usage, fmt::format("seeder directory \"{}\" does not exist", directory.string()));
    }
    for (const fs::path& entry : entries_of(directory)) {
      const fs::path file = fs::weakly_canonical(entry, failure);
      if (seen.insert(failure ? entry : file).second) read_entry(entry, found);
    }
  }
  std::ranges::stable_sort(found.seeders, {}, [](const Seeder& seeder) { return seeder.declaration.name; });
  if (!settings.sql_paths.empty()) {
    plain_sql_files(settings, engine);  // refuses a path that stands for nothing
    found.seeders.push_back(plain_sql_seeder(settings));
  }
  return found;
}

}  // namespace seedbed::host
