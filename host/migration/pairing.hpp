#pragma once
// Which files of a folder make up a migration: its forward part and its down part.

#include <memory>
#include <string>
#include <vector>

#include "database/engine.hpp"
#include "migration/folder.hpp"

namespace seedbed::host {

struct NamedFile {
  FolderFile file;
  FileName name;
};

struct MigrationFiles {
  std::unique_ptr<NamedFile> up;
  std::unique_ptr<NamedFile> down;  ///< nothing where there is no such file
};

struct PairedFiles {
  std::vector<MigrationFiles> migrations;
  std::vector<std::string> left_alone;  ///< as MigrationFolder has them
};

/// The migrations of `folder` for `engine`, in the format's order, as read_migrations() says.
///
/// Throws Error{usage} for a name that fits no format, a version that two files share where the
/// format forbids it, and a down part that no migration or more than one file claims.
PairedFiles pair_files(Folder folder, Engine engine);

/// An error about `b` that names both files.
Error error_of_two(const FolderFile& a, const FolderFile& b, const std::string& message);

}  // namespace seedbed::host
