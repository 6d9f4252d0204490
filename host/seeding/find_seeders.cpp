// Finds seeders on disk.

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include <seedbed/abi.h>

#include "database/sql/script.hpp"
#include "database/sql/stream_hash.hpp"
#include "seeding/folder_entries.hpp"
#include "seeding/ownership.hpp"
#include "seeding/plugin_file.hpp"
#include "seeding/plugin_lock.hpp"
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

/// What a directory's entries have to be like.
struct Requirements {
  Tier tier = Tier::development;
  const PluginLock* lock = nullptr;  ///< none: every hash will do
  fs::path root{};                   ///< Settings::root, from which files are shown
};

std::vector<Seeder> read_library(const fs::path& path, const Requirements& required) {
  refuse_dangling_link(path);
  require_own_file(path, "plugin", required.tier);
  const auto file = std::make_shared<const OpenedFile>(path);
  const std::string sha256 = file->sha256();
  if (required.lock != nullptr) required.lock->require(path, SeederKind::library, sha256);
  std::vector<Seeder> seeders;
  for (const PluginRecord& record : read_plugin_file(*file)) {
    if (record.abi_version != SEEDBED_ABI_VERSION) {
      throw Error(ExitCode::plugin, fmt::format("plugin \"{}\" speaks ABI {}, this host speaks ABI {}", path.string(),
                                                record.abi_version, SEEDBED_ABI_VERSION))
          .hint("Rebuild the plugin against this host's SDK.");
    }
    seeders.push_back({library_declaration(record.toml, path.string()), SeederKind::library, path, sha256, record.abi_version, file,
                       required.lock != nullptr});
  }
  return seeders;
}

/// A file that no [[table]] names would be passed over in silence.
void check_csv_files(const Declaration& declaration, const fs::path& folder, const std::string& shown) {
  for (const TableFile& table : declaration.tables) {
    if (csv_file(folder, table.file, Engine::postgres) || csv_file(folder, table.file, Engine::sqlite)) continue;
    throw Error(ExitCode::plugin, fmt::format("file \"{}\" does not exist", table.file)).at(table.place);
  }
  for (const fs::path& file : entries_of(folder)) {
    const std::string name = file.filename().string();
    if (file.extension() != ".csv" || name.starts_with('_') || name.starts_with('.')) continue;
    const bool named = std::ranges::any_of(declaration.tables, [&](const TableFile& table) {
      const std::vector<std::string> names = csv_names(table.file);
      return std::ranges::find(names, name) != names.end();
    });
    if (named) continue;
    throw Error(ExitCode::plugin, fmt::format("no [[table]] names file \"{}\"", name))
        .at({shown, 0, 0, {}})
        .hint(fmt::format("Add [[table]] with file = \"{}\", the name of the table, and its key; or begin the file's name with \"_\".", name));
  }
}

Seeder read_folder(const fs::path& folder, const Requirements& required) {
  require_own_file(folder, "seeder folder", required.tier);
  for (const fs::path& file : entries_of(folder)) {
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) require_own_file(file, "seeder file", required.tier);
  }
  const std::string sha256 = folder_hash(folder);
  if (required.lock != nullptr) required.lock->require(folder, SeederKind::folder, sha256);
  const fs::path file = folder / "seeder.toml";
  const std::string shown = shown_seed_path(file, required.root);
  Declaration declaration = parse_declaration(read_bytes(file), shown);
  check_csv_files(declaration, folder, shown);
  return {std::move(declaration), SeederKind::folder, folder, sha256, 0, nullptr, required.lock != nullptr};
}

bool holds_declaration(const fs::path& folder) {
  std::error_code failure;
  const bool exists = fs::exists(folder / "seeder.toml", failure);
  if (!failure) return exists;
  throw Error(ExitCode::usage, fmt::format("could not read folder \"{}\": {}", folder.string(), failure.message()));
}

void read_entry(const fs::path& path, const Requirements& required, FoundSeeders& found) {
  try {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      if (holds_declaration(path)) found.seeders.push_back(read_folder(path, required));
    } else if (path.extension() == ".so") {
      for (Seeder& seeder : read_library(path, required)) found.seeders.push_back(std::move(seeder));
    }
  } catch (const Error& error) {
    const ExitCode code = error.code() == ExitCode::refused ? ExitCode::refused : ExitCode::plugin;
    found.broken.push_back({path, error.message(), error.detail(), error.hint(), error.place(), code});
  }
}

std::optional<PluginLock> lock_of(const Settings& settings) {
  const fs::path& file = settings.seeders.lock_file;
  if (file.empty()) return std::nullopt;
  std::optional<PluginLock> lock = read_plugin_lock(file);
  if (lock) require_own_file(file, "lock", settings.tier);
  if (lock || !settings.seeders.locked) return lock;
  throw Error(ExitCode::refused, "--locked was given, and there is no seedbed.lock")
      .detail(fmt::format("It would be \"{}\".", file.string()))
      .hint("\"seedbed plugins lock\" writes it.");
}

/// With --locked the seeders are those of the lock: one that is gone would be left out in silence.
void refuse_missing(const PluginLock& lock, FoundSeeders& found) {
  for (const LockEntry& entry : lock.entries) {
    const fs::path path = lock.path_of(entry);
    const auto is_it = [&](const auto& other) { return other.path == path; };
    if (std::ranges::any_of(found.seeders, is_it) || std::ranges::any_of(found.broken, is_it)) continue;
    found.broken.push_back({path, fmt::format("\"{}\" is in seedbed.lock, but was not found", path.string()),
                            "--locked demands all that the lock has.", "If it is to be gone, say so: seedbed plugins lock", {}, ExitCode::refused});
  }
}

}  // namespace

/// So that a renamed file counts as changed.
std::string folder_hash(const fs::path& folder) {
  std::string all;
  for (const fs::path& file : entries_of(folder)) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) continue;
    all += file.filename().string() + '\0' + hash_of(file) + '\0';
  }
  return sql::sha256(all);
}

FoundSeeders find_seeders(const Settings& all_settings) {
  const SeederSettings& settings = all_settings.seeders;
  const std::optional<PluginLock> lock = lock_of(all_settings);
  const Requirements required{all_settings.tier, lock ? &*lock : nullptr, all_settings.root};
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
      if (seen.insert(failure ? entry : file).second) read_entry(entry, required, found);
    }
  }
  if (settings.locked) refuse_missing(*lock, found);
  std::ranges::stable_sort(found.seeders, {}, [](const Seeder& seeder) { return seeder.declaration.name; });
  if (!settings.sql_paths.empty()) {
    plain_sql_files(settings, all_settings.url.engine);  // refuses a path that stands for nothing
    found.seeders.push_back(plain_sql_seeder(settings));
  }
  return found;
}

}  // namespace seedbed::host
