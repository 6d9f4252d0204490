#include "migration/folder_fixture.hpp"

#include "support/catch.hpp"

namespace seedbed::test {

using namespace host;

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(SEEDBED_SOURCE_DIR) / "tests" / "fixtures" / "migrations" / name;
}

WrittenFolder::WrittenFolder(std::initializer_list<File> files) {
  for (const auto& [name, text] : files) write_file(folder_ / name, text);
}

MigrationFolder WrittenFolder::read(std::optional<Format> format, Engine engine,
                                    const MigrationOptions& options) const {
  return read_migrations(path(), format, engine, path(), options);
}

Error WrittenFolder::failure(std::optional<Format> format, const MigrationOptions& options) const {
  try {
    read(format, Engine::postgres, options);
  } catch (const Error& error) {
    return error;
  }
  FAIL("the folder was read without an error");
  throw std::logic_error("not reached");
}

std::vector<std::string> versions(const MigrationFolder& folder) {
  std::vector<std::string> result;
  for (const Migration& each : folder.migrations) result.push_back(each.version);
  return result;
}

std::vector<std::string> files(const MigrationFolder& folder) {
  std::vector<std::string> result;
  for (const Migration& each : folder.migrations) result.push_back(each.file);
  return result;
}

std::vector<std::string> statements(const SqlPart& part) {
  std::vector<std::string> result;
  for (const sql::Statement& each : part.statements) {
    result.push_back(part.text.substr(each.offset, each.size));
  }
  return result;
}

}  // namespace seedbed::test
