#pragma once
// A plugin's file, opened once.

#include <cstdint>
#include <filesystem>
#include <string>

namespace seedbed::host {

/// What is hashed, read and mapped is one open file, so that nothing can be put in its place between
/// the check and the load.
class OpenedFile {
 public:
  /// Throws Error{plugin} for a file that cannot be opened and for what is no regular file.
  explicit OpenedFile(const std::filesystem::path& path);

  /// Takes over `descriptor`, which `path` stands for in messages.
  OpenedFile(const std::filesystem::path& path, int descriptor);
  ~OpenedFile();
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  int descriptor() const { return descriptor_; }
  std::uint64_t size() const { return size_; }

  /// Fills `into` with the `size` bytes at `offset`.  Throws Error{plugin} if there are fewer.
  void read(void* into, std::uint64_t size, std::uint64_t offset) const;

  /// SHA-256 of the whole file, in lower-case hex.
  std::string sha256() const;

 private:
  void look();

  std::filesystem::path path_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace seedbed::host
