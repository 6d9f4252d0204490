#pragma once
// One run per SQLite file: a lock on a file beside it.

#include <chrono>
#include <filesystem>
#include <string>

namespace seedbed::host {

/// Holds flock() on `<real path of the database>-seedbed.lock`, which stays in place afterwards.  The
/// kernel frees it with the process, however that ends.
///
/// Rationale: the database file itself is opened by SQLite alone, because closing a second
/// descriptor of it would drop SQLite's own locks.
class FileLock {
 public:
  /// Waits at most `patience`; writes `owner` into the file for those who wait.
  ///
  /// Throws Error{locked} with the owner's own words, Error{failed} if the file cannot be opened.
  FileLock(const std::filesystem::path& database, const std::string& owner, std::chrono::milliseconds patience);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_ = -1;
};

/// Who holds the lock of `database` now, in their own words; empty if it is free.
std::string file_lock_owner(const std::filesystem::path& database);

}  // namespace seedbed::host
