#include "nearest.hpp"

#include <array>

#include "support/catch.hpp"

using seedbed::host::nearest;

namespace {
const std::array<std::string, 4> kNames{"seeders", "migrations", "hooks", "url"};
}

TEST_CASE("a mistyped word finds the name it meant", "[nearest]") {
  CHECK(nearest("seders", kNames) == "seeders");
  CHECK(nearest("migratoins", kNames) == "migrations");
  CHECK(nearest("Hooks", kNames) == "hooks");
  CHECK(nearest("ulr", kNames) == "url");
}

TEST_CASE("a word like none of the names finds nothing", "[nearest]") {
  CHECK(nearest("environment", kNames).empty());
  CHECK(nearest("", kNames).empty());
  CHECK(nearest("x", {}).empty());
}

TEST_CASE("the first of two equally near names wins", "[nearest]") {
  const std::array<std::string, 2> names{"after", "alter"};

  CHECK(nearest("ater", names) == "after");
}
