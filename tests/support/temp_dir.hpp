#pragma once
// Folders and files that a test makes for itself.

#include <filesystem>
#include <string>
#include <string_view>

namespace seedbed::test {

/// An empty folder with a short path that is removed, with all it holds, at the end of its scope.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Writes the bytes of `text`, making the folders above `file`.  Throws when it cannot.
void write_file(const std::filesystem::path& file, std::string_view text);

/// The bytes of `file`.  Throws when there is no such file.
std::string read_file(const std::filesystem::path& file);

}  // namespace seedbed::test
