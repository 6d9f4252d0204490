#pragma once
// Seeders found on disk, and which of them an environment runs, in which order.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "error.hpp"
#include "seeding/declaration.hpp"
#include "seeding/opened_file.hpp"

namespace seedbed::host {

enum class SeederKind { library, folder, sql_files };

/// A seeder that exists.
struct Seeder {
  Declaration declaration;
  SeederKind kind = SeederKind::library;
  std::filesystem::path path;  ///< the library, the folder, or empty for sql_files
  std::string sha256;          ///< of the library's bytes, or of the folder's file names and bytes
  std::uint32_t abi_version = 0;  ///< libraries only
  std::shared_ptr<const OpenedFile> file;  ///< libraries only: what was hashed is what is loaded
  bool locked = false;  ///< seedbed.lock has its hash
};

/// A plugin file or folder that could not be read or is refused, kept for `seedbed plugins`.
struct BrokenPlugin {
  std::filesystem::path path;
  std::string message, detail, hint;
  Place place;
  ExitCode code = ExitCode::plugin;  ///< or refused
};

struct FoundSeeders {
  std::vector<Seeder> seeders;  ///< by name
  std::vector<BrokenPlugin> broken;
};

/// Looks for `*.so` files and folders with a seeder.toml directly below each directory, reads
/// their declarations, and adds the seeder "sql" if there are plain seed files.  Runs no code of
/// a plugin.  Broken is also what others than root and the user could have changed, and what the lock,
/// if there is one, does not have or has otherwise.
///
/// Throws Error{usage} for a named directory that does not exist, and for a lock that cannot be read;
/// Error{refused} where a lock is demanded and there is none.
FoundSeeders find_seeders(const Settings& settings);

/// As Seeder::sha256 of a folder: over the names and bytes of its files.
std::string folder_hash(const std::filesystem::path& folder);

[[noreturn]] void throw_broken(const BrokenPlugin& broken);

/// A found seeder and what the environment makes of it.
struct PlannedSeeder {
  Seeder seeder;
  bool selected = false;
  std::string reason;  ///< "selected by *", "needed by X", "not selected", "tier …", "needs migration …"
};

/// Orders all found seeders (`order`, then dependencies, then name) and selects those of the
/// environment, or `names` and what they depend on if any are given.
///
/// Throws Error{plugin} for a broken plugin; Error{usage} for two seeders of one name, a selected
/// name or dependency that does not exist (the nearest name is given), a cycle (its whole path),
/// an order against a dependency, and a parameter that no declaration has or of the wrong type;
/// Error{refused} for a seeder that is named and whose tier is below the environment's.
std::vector<PlannedSeeder> plan_seeders(const FoundSeeders& found, const Settings& settings,
                                        const std::vector<std::string>& names);

}  // namespace seedbed::host
