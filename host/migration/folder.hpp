#pragma once
// The files of a migrations folder, and which format they are in.

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/file_name.hpp"

namespace seedbed::host {

/// A folder that stays open, so that its files need not be looked for from the root of the file system.
class OpenFolder {
 public:
  /// `path` and `shown` are empty or end with a slash.  Nothing can be read from one that could not be opened.
  OpenFolder(std::string path, std::string shown);
  ~OpenFolder();
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;

  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }
  const std::string& shown() const { return shown_; }  ///< the path as people see it

 private:
  std::string path_, shown_;
  int descriptor_;
};

/// A file that may be a migration, not yet understood.
struct FolderFile {
  std::shared_ptr<const OpenFolder> folder;
  std::string name;  ///< relative to the folder

  std::string_view base() const { return std::string_view(name).substr(name.rfind('/') + 1); }  ///< its last part
  std::string path() const { return folder->path() + name; }
  std::string shown() const { return folder->shown() + name; }
};

struct Folder {
  std::vector<FolderFile> files;  ///< the .sql files, ordered by the bytes of their names
  Format format = Format::seedbed;
  std::string reason;  ///< why, as a whole sentence; empty where the format was given
};

/// Lists `directory` and finds its format unless it is given.  Throws Error{usage} when it cannot
/// be read, when two tools' directives stand in its files, and for goose's migrations in Go.
Folder open_folder(const std::filesystem::path& directory, std::optional<Format> format,
                   const std::filesystem::path& root);

/// The name of `file` in the folder's format; nothing where the format's tool leaves such a name alone.
/// Throws name_error() where no tool leaves it alone, and for a callback of flyway's.
std::optional<FileName> file_name_of(const Folder& folder, const FolderFile& file);

/// That `file` has no name of the folder's format, why it is taken to be in that one, and what a name is like.
Error name_error(const Folder& folder, const FolderFile& file);

/// `path` as people see it: relative to `root` if below it.
std::string shown_path(const std::filesystem::path& path, const std::filesystem::path& root);

/// The bytes of a file.  Throws Error{usage} when it cannot be read.
std::string read_bytes(const FolderFile& file);
/// The SHA-256 of each of `files`; of many, in two threads.  Holds no more than a buffer of each.  Throws
/// Error{usage} for the first that cannot be read.
std::vector<std::array<unsigned char, 32>> sha256_of(const std::vector<const FolderFile*>& files);
std::string read_bytes(const std::string& path, const std::string& shown);

}  // namespace seedbed::host
