#pragma once
// A disk that can be filled and made read-only.

#include <cstddef>
#include <filesystem>

#include "support/temp_dir.hpp"

namespace seedbed::test {

/// A tmpfs of `megabytes` from construction to destruction, seen by this process and its children.
/// Needs root, or a kernel that lets everybody have namespaces of their own.
class SmallDisk {
 public:
  /// Throws std::system_error if it may not be mounted.
  explicit SmallDisk(std::size_t megabytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }

  /// Leaves room for so many bytes.
  void fill_up_to(std::size_t bytes) const;
  void make_room() const;

  /// Throws std::system_error while somebody has a file open for writing.
  void make_read_only(bool read_only) const;

 private:
  TempDir folder_;
  std::size_t megabytes_;
};

}  // namespace seedbed::test
