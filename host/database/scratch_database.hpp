#pragma once
// An empty database to try things in, of the same kind as another.

#include <filesystem>
#include <string>

#include "database/database.hpp"
#include "database/url.hpp"

namespace seedbed::host {

/// Dropped at the end of its scope, also after an interrupt; whoever has connected to it has to be
/// gone by then.  PostgreSQL: a database on the same server; SQLite: a file in a temporary folder.
/// What a run that was killed has left behind, the next one drops; those of others that run are kept.
class ScratchDatabase {
 public:
  /// `beside` is connected to `url`, has no open transaction, and must outlive this object.
  ///
  /// Throws Error that tells why there cannot be one: a pooler, a role that may not.
  ScratchDatabase(Database& beside, const DatabaseUrl& url);
  ~ScratchDatabase();
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;

  const DatabaseUrl& url() const { return url_; }

 private:
  void drop() noexcept;

  Database& beside_;
  DatabaseUrl url_;
  std::filesystem::path folder_;  ///< SQLite
  int folder_lock_ = -1;          ///< a descriptor, for as long as the folder is used
};

}  // namespace seedbed::host
