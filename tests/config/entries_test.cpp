#include <algorithm>
#include <filesystem>
#include <string>

#include "config/project.hpp"
#include "config/settings.hpp"
#include "log.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

TEST_CASE("the entries have a fixed order", "[config]") {
  Project project(kEveryKey);
  project.write("hooks/after.sql", "");
  project.environment["SEEDBED_NOW"] = "7";
  project.line = {};
  project.line.environment = "main";
  project.line.tier = "development";

  std::string keys;
  for (const SettingEntry& entry : project.resolve().entries) keys += entry.key + "\n";

  CHECK(keys == R"(environment
tier
url
protected
lock_timeout
migrations.directory
migrations.format
migrations.history
migrations.out_of_order
migrations.own_transactions
sqlite.journal
seeders.directories
seeders.order
seeders.sql_paths
seeders.sql_tier
seeders.transaction
seeders
trigger_tables
parameters.a.label
parameters.a.rows
hooks.before_migrate
hooks.after_migrate
hooks.after_seed
now
variables.LABEL
)");
}

TEST_CASE("an entry says what a value is and where it comes from", "[config]") {
  Project project(kEveryKey);
  project.write("hooks/after.sql", "");
  project.environment["LABEL"] = "blue";
  project.line.environment = "main";

  const Settings settings = project.resolve();

  CHECK(entry(settings, "seeders.directories").value == "build/plugins, /opt/plugins");
  CHECK(entry(settings, "seeders.directories").source == "seedbed.toml:8");
  CHECK(entry(settings, "parameters.a.rows").value == "10");
  CHECK(entry(settings, "parameters.a.label").value == "x-blue");
  CHECK(entry(settings, "variables.LABEL").value == "blue");
  CHECK(entry(settings, "variables.LABEL").source == "environment");
}

TEST_CASE("no entry shows a secret", "[config]") {
  Project project(
      "[environments.a]\ntier = \"staging\"\n"
      "url = \"postgres://app:${PW}@db.example.com/shop?sslmode=verify-full\"\n"
      "[environments.a.parameters.s]\n"
      "api_key = \"literal-hush-1\"\n"
      "note = \"${ADMIN_PASSWORD}\"\n"
      "link = \"${LINK}\"\n");
  project.environment = {{"PW", "url-hush-2"},
                         {"ADMIN_PASSWORD", "env-hush-3"},
                         {"LINK", "https://u:hush-4@example.com"}};
  project.line.environment = "a";

  const Settings settings = project.resolve();

  CHECK(entry(settings, "url").value == "postgresql://app@db.example.com:5432/shop");
  CHECK(entry(settings, "url.tls").value == "sslmode=verify-full");
  CHECK(entry(settings, "variables.PW").value == "***");
  CHECK(entry(settings, "variables.ADMIN_PASSWORD").value == "***");
  CHECK(entry(settings, "variables.LINK").value == "***");
  CHECK(entry(settings, "parameters.s.api_key").value == "***");
  CHECK(entry(settings, "parameters.s.note").value == "***");
  CHECK(std::none_of(
      settings.entries.begin(), settings.entries.end(),
      [](const SettingEntry& entry) { return entry.value.find("hush") != std::string::npos; }));
  CHECK(log::redacted("url-hush-2 literal-hush-1 env-hush-3") == "*** *** ***");
}

TEST_CASE("the reference application has its four environments", "[config]") {
  const std::filesystem::path root = SEEDBED_SOURCE_DIR;
  Project project(seedbed::test::read_file(root / "seedbed.toml"));
  project.environment = {{"PREVIEW_DATABASE_URL", "p.db"},
                         {"STAGING_DATABASE_URL", "s.db"},
                         {"PRODUCTION_DATABASE_URL", "q.db"}};
  const auto resolve = [&](const std::string& name) {
    project.line.environment = name;
    return project.resolve();
  };

  CHECK(resolve("local").tier == Tier::development);
  CHECK(names(resolve("local").seeders.selection) == Names{"*"});
  CHECK(resolve("preview").tier == Tier::development);
  CHECK(names(resolve("preview").seeders.selection) ==
        Names{"rbac", "providers", "curriculum", "catalog_journeys", "styles", "synthetic_traffic"});
  CHECK(resolve("staging").tier == Tier::staging);
  CHECK(std::get<std::int64_t>(
            resolve("staging").seeders.parameters.at("catalog_journeys").at("enrollments").value) ==
        10);
  CHECK(std::get<std::int64_t>(
            resolve("staging").seeders.parameters.at("catalog_journeys").at("ratings").value) == 8);
  CHECK(resolve("production").tier == Tier::production);
  CHECK(names(resolve("production").seeders.selection) ==
        Names{"rbac", "providers", "curriculum", "styles"});
}

TEST_CASE("the example files work when they are copied", "[config]") {
  const std::filesystem::path root = SEEDBED_SOURCE_DIR;
  Project project(seedbed::test::read_file(root / "seedbed.toml"));
  project.write(".env.local", seedbed::test::read_file(root / ".env.local.example"));
  project.write(".env.staging", seedbed::test::read_file(root / ".env.staging.example"));

  CHECK(project.resolve().url.display == "sqlite:seedbed.db");

  project.line.environment = "staging";
  const Settings staging = project.resolve();
  CHECK(staging.url.display == "postgresql://seedbed@staging-db.example.com:5432/app");
  CHECK(staging.url.tls == "sslmode=require");
}
