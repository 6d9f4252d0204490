#include "support/temp_dir.hpp"

#include <optional>

#include "support/catch.hpp"

using namespace seedbed::test;

TEST_CASE("a temporary folder goes with all it holds", "[support]") {
  std::optional<TempDir> folder(std::in_place);
  const std::filesystem::path path = folder->path();
  write_file(*folder / "deep/file", std::string_view("a\0b", 3));

  CHECK(read_file(path / "deep/file").size() == 3);
  folder.reset();

  CHECK_FALSE(std::filesystem::exists(path));
}
