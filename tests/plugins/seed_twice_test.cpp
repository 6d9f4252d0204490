// Each seeder that ships, tested as its author would: alone, twice, without a server.

#include <seedbed/testing.hpp>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"

using seedbed::testing::Options;
using seedbed::testing::seed_twice;
using seedbed::testing::TwoRuns;

namespace {

namespace fs = std::filesystem;

fs::path plugin(const std::string& name) {
  return fs::path(SEEDBED_BINARY_DIR) / "plugins" / (name + ".so");
}

Options on_reference_schema() {
  Options options;
  options.migrations = fs::path(SEEDBED_SOURCE_DIR) / "migrations";
  return options;
}

}  // namespace

TEST_CASE("rbac writes sixteen rules and none again", "[plugins]") {
  const TwoRuns runs = seed_twice(plugin("rbac"), "rbac", on_reference_schema());

  CHECK(runs.first.inserted == 16);
  CHECK(runs.second.changed() == 0);
  CHECK(runs.second.unchanged == 16);
}

TEST_CASE("providers writes three rows and none again", "[plugins]") {
  const TwoRuns runs = seed_twice(plugin("providers"), "providers", on_reference_schema());

  CHECK(runs.first.inserted == 3);
  CHECK(runs.second.changed() == 0);
  CHECK(runs.value("SELECT website_url FROM providers WHERE slug = 'alpaca'") == "https://alpaca.markets");
}

TEST_CASE("curriculum writes all lessons and touches none the day after", "[plugins]") {
  const TwoRuns runs = seed_twice(plugin("curriculum"), "curriculum", on_reference_schema());

  CHECK(runs.first.inserted == 65);
  CHECK(runs.first.inserted_into.at("sparks") == 18);
  CHECK(runs.second.changed() == 0);
}

TEST_CASE("catalog_journeys enrolls as many learners as its parameter says", "[plugins]") {
  Options options = on_reference_schema();
  options.parameters = {{"enrollments", "10"}, {"ratings", "8"}};

  const TwoRuns runs = seed_twice(plugin("catalog_journeys"), "catalog_journeys", options);

  CHECK(runs.first.inserted == 36);
  CHECK(runs.second.changed() == 0);
  CHECK(runs.value("SELECT learner_count FROM catalog_journey_stats") == "10");
}

TEST_CASE("styles is a folder and writes three styles and a profile", "[plugins]") {
  const TwoRuns runs = seed_twice(fs::path(SEEDBED_SOURCE_DIR) / "plugins/styles", "styles", on_reference_schema());

  CHECK(runs.first.inserted == 4);
  CHECK(runs.second.changed() == 0);
}

TEST_CASE("test_users writes four people and touches none the day after", "[plugins]") {
  const TwoRuns runs = seed_twice(plugin("test_users"), "test_users", on_reference_schema());

  CHECK(runs.first.inserted == 21);
  CHECK(runs.first.inserted_into.at("users") == 4);
  CHECK(runs.second.changed() == 0);
}

TEST_CASE("synthetic_traffic writes a block of traffic and none again", "[plugins]") {
  const TwoRuns runs = seed_twice(plugin("synthetic_traffic"), "synthetic_traffic", on_reference_schema());

  CHECK(runs.first.inserted == 1800);
  CHECK(runs.first.inserted_into.at("visitors") == 200);
  CHECK(runs.second.changed() == 0);
  CHECK(runs.value("SELECT conversion_rate FROM mv_client_stats_30d WHERE site_domain = 'acme.com'") == "20.0");
}

TEST_CASE("a seeder that fails under test throws what seedbed would print", "[plugins]") {
  Options options = on_reference_schema();
  options.parameters = {{"scale", "0"}};

  CHECK_THROWS_WITH(seed_twice(plugin("synthetic_traffic"), "synthetic_traffic", options),
                    ContainsSubstring("parameter \"scale\" is 0, expected 1 to 100000"));
  CHECK_THROWS_AS(seed_twice(plugin("rbac"), "rbac", {}), std::runtime_error);  // no tables
  CHECK_THROWS_WITH(seed_twice(plugin("rbac"), "rbca", on_reference_schema()), ContainsSubstring("rbca"));
}

TEST_CASE("a query under test that is no one value throws", "[plugins]") {
  const TwoRuns runs = seed_twice(plugin("rbac"), "rbac", on_reference_schema());

  CHECK_THROWS_WITH(runs.value("SELECT id FROM casbin_rule"), ContainsSubstring("16 rows and not one value"));
  CHECK(runs.value("SELECT NULL") == "NULL");
}
