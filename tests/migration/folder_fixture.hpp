#pragma once
// Migration folders for tests: those under tests/fixtures, and ones that a test writes itself.

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "migration/migration.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::test {

std::filesystem::path fixture(const std::string& name);

/// A folder that holds `files`, by name.
class WrittenFolder {
 public:
  struct File {
    std::string name;
    std::string text;
  };

  WrittenFolder(std::initializer_list<File> files);

  const std::filesystem::path& path() const { return folder_.path(); }

  host::MigrationFolder read(std::optional<host::Format> format = std::nullopt,
                             host::Engine engine = host::Engine::postgres,
                             const host::MigrationOptions& options = {}) const;

  /// The error that reading throws.  Fails the test when there is none.
  host::Error failure(std::optional<host::Format> format = std::nullopt,
                      const host::MigrationOptions& options = {}) const;

 private:
  TempDir folder_;
};

std::vector<std::string> versions(const host::MigrationFolder& folder);
std::vector<std::string> files(const host::MigrationFolder& folder);

/// The statements of a part, as they are sent.
std::vector<std::string> statements(const host::SqlPart& part);

}  // namespace seedbed::test
