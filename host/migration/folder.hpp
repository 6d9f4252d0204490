#pragma once
// The files of a migrations folder, and which format they are in.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "migration/file_name.hpp"

namespace seedbed::host {

/// A file that may be a migration, not yet understood.
struct FolderFile {
  std::string path;
  std::string name;   ///< relative to the folder
  std::string base;   ///< its last part
  std::string shown;  ///< the path as people see it
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
/// Throws Error{usage} that shows what a name is like, and for a callback of flyway's.
std::optional<FileName> file_name_of(const Folder& folder, const FolderFile& file);

/// `path` as people see it: relative to `root` if below it.
std::string shown_path(const std::filesystem::path& path, const std::filesystem::path& root);

/// The bytes of a file.  Throws Error{usage} when it cannot be read.
std::string read_bytes(const std::string& path, const std::string& shown);

}  // namespace seedbed::host
