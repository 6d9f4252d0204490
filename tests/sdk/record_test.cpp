#include <cstring>
#include <limits>

#include <seedbed/seeder.hpp>

#include "seeding/declaration.hpp"
#include "support/catch.hpp"

namespace {

struct Full {
  static constexpr seedbed::Declaration declaration{
      .name = "catalog_journeys",
      .version = "1.2.0",
      .description = "a \"quoted\" \\ line\nand a tab\t, ü and \x01\x7f",
      .after = {"rbac", "providers"},
      .tier = seedbed::Tier::staging,
      .needs = "20260101120000",
      .writes = {"catalog", "shop.orders"},
      .run = seedbed::Run::once,
      .parameters = {{"enrollments", 5, "learners"},
                     {"share", 0.1, ""},
                     {"large", 3e18, ""},
                     {"small", -0.000025, ""},
                     {"whole", 2.0, ""},
                     {"lowest", std::numeric_limits<std::int64_t>::min(), ""},
                     {"title", "a = \"b\"", "a title"},
                     {"loud", true, "shout"}}};
};

struct Bare {
  static constexpr seedbed::Declaration declaration{.name = "bare"};
};

struct Other {
  static constexpr seedbed::Declaration declaration{.name = "other"};
};

constexpr seedbed::detail::Records<Full, Bare, Other> kRecords;

std::string_view text_of(const seedbed_record* record) {
  return {reinterpret_cast<const char*>(record + 1), record->length};
}

}  // namespace

TEST_CASE("the host reads a declaration as it was written in C++", "[sdk]") {
  using seedbed::host::Tier;
  const auto read = seedbed::host::parse_declaration(text_of(kRecords.find<Full>()), "full.so");

  CHECK(read.name == "catalog_journeys");
  CHECK(read.version == "1.2.0");
  CHECK(read.description == Full::declaration.description);
  CHECK(read.after == std::vector<std::string>{"rbac", "providers"});
  CHECK(read.tier == Tier::staging);
  CHECK(read.needs == "20260101120000");
  CHECK(read.writes == std::vector<std::string>{"catalog", "shop.orders"});
  CHECK(read.once);
}

TEST_CASE("the host reads defaults as they were written in C++", "[sdk]") {
  const auto read = seedbed::host::parse_declaration(text_of(kRecords.find<Full>()), "full.so");

  REQUIRE(read.parameters.size() == 8);
  CHECK(read.parameters[0].name == "enrollments");
  CHECK(read.parameters[0].help == "learners");
  CHECK(std::get<std::int64_t>(read.parameters[0].default_value) == 5);
  CHECK(std::get<double>(read.parameters[1].default_value) == 0.1);
  CHECK(std::get<double>(read.parameters[3].default_value) == -0.000025);
  CHECK(std::get<double>(read.parameters[4].default_value) == 2.0);
  CHECK(std::get<std::int64_t>(read.parameters[5].default_value) ==
        std::numeric_limits<std::int64_t>::min());
  CHECK(std::get<std::string>(read.parameters[6].default_value) == "a = \"b\"");
  CHECK(std::get<bool>(read.parameters[7].default_value));
}

TEST_CASE("a declaration says only what its author said", "[sdk]") {
  CHECK(text_of(kRecords.find<Bare>()) == "name = \"bare\"\ntier = \"development\"\n");
}

TEST_CASE("each record begins where the host looks for it", "[sdk]") {
  const auto* start = reinterpret_cast<const char*>(&kRecords);
  const auto offset_of = [&](const seedbed_record* record) {
    return reinterpret_cast<const char*>(record) - start;
  };
  const auto full = 16 + kRecords.find<Full>()->length, bare = 16 + kRecords.find<Bare>()->length;

  CHECK(offset_of(kRecords.find<Full>()) == 0);
  CHECK(offset_of(kRecords.find<Bare>()) == (full + 7) / 8 * 8);
  CHECK(offset_of(kRecords.find<Other>()) == (full + 7) / 8 * 8 + (bare + 7) / 8 * 8);
  CHECK(kRecords.find<Other>()->abi_version == SEEDBED_ABI_VERSION);
  CHECK(std::memcmp(kRecords.find<Other>()->magic, "SEEDBED\x1a", 8) == 0);
}
