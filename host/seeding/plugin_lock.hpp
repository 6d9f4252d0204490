#pragma once
// seedbed.lock: which plugins and seeder folders may run, by their hashes.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "seeding/seeder.hpp"

namespace seedbed::host {

struct LockEntry {
  std::string path;  ///< as the lock's folder sees it where it lies below, else absolute
  SeederKind kind = SeederKind::library;
  std::string sha256;

  bool operator==(const LockEntry&) const = default;
};

/// Text that people read and compare, sorted by path:
///
///     seedbed.lock 1
///
///     library  SHA-256  build/release/plugins/rbac.so
///     folder   SHA-256  plugins/styles
struct PluginLock {
  std::filesystem::path file;  ///< absolute; what it locks need not lie beside it
  std::vector<LockEntry> entries;

  /// Throws Error{refused} unless an entry has this path and this hash.
  void require(const std::filesystem::path& path, SeederKind kind, const std::string& sha256) const;

  /// The path of an entry for `path`.
  std::string name_of(const std::filesystem::path& path) const;
  std::filesystem::path path_of(const LockEntry& entry) const;

  std::string text() const;
};

/// Reads the lock `file`; nothing if there is none.  Throws Error{usage} at a line that cannot be understood.
std::optional<PluginLock> read_plugin_lock(const std::filesystem::path& file);

/// How an entry differs from the lock that was there before.
enum class LockChange { none, added, changed, removed };

struct LockedSeeder {
  LockEntry entry;       ///< of a removed one: as it was
  LockChange change = LockChange::none;
  std::string before;    ///< of a changed one: its hash
};

/// `seedbed plugins lock`: what was written, and how it differs.
struct LockUpdate {
  std::filesystem::path file;
  std::vector<LockedSeeder> seeders;  ///< by path
};

/// Writes the hashes of all plugins and seeder folders that the settings' directories hold to the lock.  What a
/// lock says so far does not count.  Throws Error as plan_seeders() does for one that is broken.
LockUpdate write_plugin_lock(const Settings& settings);

}  // namespace seedbed::host
