#include <chrono>
#include <filesystem>
#include <string>

#include "config/project.hpp"
#include "config/settings.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

TEST_CASE("the default environment is chosen and its defaults apply", "[config]") {
  const Project project(kTwoEnvironments);

  const Settings settings = project.resolve();

  CHECK(settings.environment == "local");
  CHECK(settings.tier == Tier::development);
  CHECK(settings.url.file == project.path("seedbed.db"));
  CHECK(settings.file == project.path("seedbed.toml"));
  CHECK(settings.root == project.path("seedbed.toml").parent_path());
  CHECK(settings.migrations.directory == project.path("migrations"));
  CHECK_FALSE(settings.migrations.directory_named);
  CHECK(settings.migrations.format == "auto");
  CHECK(settings.migrations.history == "seedbed");
  CHECK(settings.migrations.out_of_order.empty());
  CHECK(settings.migrations.own_transactions == "refuse");
  CHECK(settings.sqlite.journal == "wal");
  CHECK(settings.seeders.directories == std::vector{project.path("plugins")});
  CHECK_FALSE(settings.seeders.directories_named);
  CHECK(names(settings.seeders.selection) == Names{"*"});
  CHECK(settings.seeders.all_in_one_transaction);
  CHECK(settings.lock_timeout == std::chrono::minutes(5));
  CHECK_FALSE(settings.is_protected);
  CHECK_FALSE(settings.now);
}

TEST_CASE("every key of seedbed.toml arrives in the settings", "[config]") {
  Project project(kEveryKey);
  project.write("hooks/after.sql", "SELECT 2;");
  project.line.environment = "main";

  const Settings settings = project.resolve();

  CHECK(settings.migrations.directory == project.path("db/migrations"));
  CHECK(settings.migrations.directory_named);
  CHECK(settings.migrations.format == "goose");
  CHECK(settings.migrations.history == "supabase");
  CHECK(settings.migrations.out_of_order == "skip");
  CHECK(settings.migrations.own_transactions == "as-is");
  CHECK(settings.sqlite.journal == "delete");
  CHECK(settings.seeders.directories ==
        std::vector<std::filesystem::path>{project.path("build/plugins"), "/opt/plugins"});
  CHECK_FALSE(settings.seeders.directories_named);
  CHECK(names(settings.seeders.order) == Names{"b", "a"});
  CHECK(settings.seeders.sql_paths ==
        Names{project.path("seeds/[0-9]*.sql").string(), "/abs/*.sql"});
  CHECK(settings.seeders.sql_tier == Tier::staging);
  CHECK_FALSE(settings.seeders.all_in_one_transaction);
  CHECK(names(settings.seeders.selection) == Names{"a"});
  CHECK(settings.seeders.selection.at(0).source == "seedbed.toml:16");
  CHECK(settings.seeders.trigger_tables == Names{"audit.*"});
  CHECK(settings.is_protected);
  CHECK(settings.lock_timeout == std::chrono::seconds(90));
  CHECK(std::get<std::int64_t>(settings.seeders.parameters.at("a").at("rows").value) == 10);
  CHECK(std::get<std::string>(settings.seeders.parameters.at("a").at("label").value) == "x-none");
  CHECK(settings.seeders.parameters.at("a").at("label").source == "seedbed.toml:22");
}

TEST_CASE("hooks keep their dollar quotes and name their files", "[config]") {
  Project project(kEveryKey);
  project.write("hooks/after.sql", "SELECT 2;");
  project.line.environment = "main";

  const HookSettings hooks = project.resolve().hooks;

  CHECK(hooks.before_migrate.at(0).sqlite == "SELECT 1");
  CHECK(hooks.after_migrate.at(0).sqlite.empty());
  CHECK(hooks.after_migrate.at(0).postgres == "NOTIFY pgrst, 'reload schema'");
  CHECK(hooks.after_migrate.at(0).source == "seedbed.toml:25");
  CHECK(hooks.after_seed.at(0).postgres == project.path("hooks/after.sql").string());
  CHECK(hooks.after_seed.at(1).sqlite == "DO $$ BEGIN END $$");
}

TEST_CASE("seedbed.toml is found above the working directory", "[config]") {
  const Project project(kTwoEnvironments);

  const Settings settings = project.resolve("services/shop");

  CHECK(settings.root == project.path("seedbed.toml").parent_path());
  CHECK(settings.url.file == project.path("seedbed.db"));
  CHECK(entry(settings, "tier").source == "../../seedbed.toml:3");
}

TEST_CASE("the command line names another file", "[config]") {
  Project project;
  project.write("deploy/shop.toml", kTwoEnvironments);
  project.line.config = "deploy/shop.toml";

  const Settings settings = project.resolve();

  CHECK(settings.url.file == project.path("deploy/seedbed.db"));
  CHECK(entry(settings, "tier").source == "deploy/shop.toml:3");
}

TEST_CASE("the environment is chosen by the command line then SEEDBED_ENV then the file",
          "[config]") {
  Project project(kTwoEnvironments);
  project.environment = {{"SEEDBED_ENV", "staging"}, {"STAGING_DATABASE_URL", "sqlite:s.db"}};

  CHECK(project.resolve().environment == "staging");
  CHECK(entry(project.resolve(), "environment").source == "environment");

  project.line.environment = "local";
  CHECK(project.resolve().environment == "local");
  CHECK(entry(project.resolve(), "environment").source == "command line");
}

TEST_CASE("SEEDBED_ENV may stand in the common dotenv file", "[config]") {
  Project project(kTwoEnvironments);
  project.write(".env", "SEEDBED_ENV=staging\nSTAGING_DATABASE_URL=sqlite:s.db\n");

  CHECK(project.resolve().environment == "staging");
  CHECK(entry(project.resolve(), "environment").source == ".env:1");
}

TEST_CASE("a value comes from the first place that has it", "[config]") {
  Project project(kTwoEnvironments);
  const auto shown = [&] {
    const SettingEntry url = entry(project.resolve(), "url");
    return url.value + " from " + url.source;
  };

  CHECK(shown() == "sqlite:seedbed.db from seedbed.toml:4");
  project.write(".env", "DATABASE_URL=common.db");
  CHECK(shown() == "sqlite:common.db from .env:1");
  project.write(".env.local", "\nDATABASE_URL=own.db");
  CHECK(shown() == "sqlite:own.db from .env.local:2");
  project.environment["DATABASE_URL"] = "process.db";
  CHECK(shown() == "sqlite:process.db from environment");
  project.line.url = "line.db";
  CHECK(shown() == "sqlite:line.db from command line");
}

TEST_CASE("only the variables of the chosen environment must be set", "[config]") {
  Project project(kTwoEnvironments);

  CHECK_NOTHROW(project.resolve());

  project.line.environment = "staging";
  const Error error = project.refusal();
  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "the variable \"STAGING_DATABASE_URL\" is not set");
  CHECK(error.place().line == 7);
  CHECK(error.place().column == 7);
  CHECK_THAT(error.detail(), ContainsSubstring("the environment  not set"));
  CHECK_THAT(error.detail(), ContainsSubstring(".env.staging     no such file"));
}

TEST_CASE("paths of the command line count from the working directory", "[config]") {
  Project project(kTwoEnvironments);
  project.line.url = "line.db";
  project.line.migrations = "m";
  project.line.seeders = {"p", "/q"};

  const Settings settings = project.resolve("sub");

  CHECK(settings.url.file == project.path("sub/line.db"));
  CHECK(settings.migrations.directory == project.path("sub/m"));
  CHECK(settings.migrations.directory_named);
  CHECK(settings.seeders.directories ==
        std::vector<std::filesystem::path>{project.path("sub/p"), "/q"});
  CHECK(settings.seeders.directories_named);
}

TEST_CASE("a path of the command line that exists has no wildcards", "[config]") {
  Project project(kTwoEnvironments);
  project.write("seed[1].sql", "");
  project.line.sql = {"seed[1].sql", "more/*.sql"};

  const SeederSettings seeders = project.resolve().seeders;

  CHECK(seeders.sql_paths_named);
  CHECK(seeders.sql_paths ==
        Names{project.path("seed\\[1].sql").string(), project.path("more/*.sql").string()});
}

TEST_CASE("the command line overrides the file", "[config]") {
  Project project(kEveryKey);
  project.write("hooks/after.sql", "");
  project.line.environment = "main";
  project.line.tier = "production";
  project.line.migrations_format = "flyway";
  project.line.out_of_order = "refuse";
  project.line.own_transactions = "refuse";
  project.line.lock_timeout = "500ms";

  const Settings settings = project.resolve();

  CHECK(settings.tier == Tier::production);
  CHECK(settings.migrations.format == "flyway");
  CHECK(settings.migrations.out_of_order == "refuse");
  CHECK(settings.migrations.own_transactions == "refuse");
  CHECK(settings.lock_timeout == std::chrono::milliseconds(500));
}

TEST_CASE("tier production is protected unless the file says otherwise", "[config]") {
  Project project(
      "[environments.a]\ntier = \"production\"\nurl = \"a.db\"\n"
      "[environments.b]\ntier = \"production\"\nurl = \"b.db\"\nprotected = false\n");

  project.line.environment = "a";
  CHECK(project.resolve().is_protected);
  project.line.environment = "b";
  CHECK_FALSE(project.resolve().is_protected);
}

TEST_CASE("a url alone is enough", "[config]") {
  Project project;
  project.line.url = "x.db";

  const Settings settings = project.resolve();

  CHECK(settings.environment == "local");
  CHECK(settings.tier == Tier::development);
  CHECK(settings.file.empty());
  CHECK(settings.root == project.path("x").parent_path());
  CHECK(settings.migrations.directory == project.path("migrations"));
}

TEST_CASE("without a file any environment name may be said", "[config]") {
  Project project;
  project.line.url = "x.db";
  project.line.environment = "nightly";

  CHECK(project.resolve().environment == "nightly");

  project.line.environment = "../x";
  CHECK(project.refusal().message() == "\"../x\" cannot be the name of an environment");
}

TEST_CASE("an environment without a tier is development only on this machine", "[config]") {
  Project project(
      "[environments.a]\nurl = \"a.db\"\n"
      "[environments.b]\nurl = \"postgres://app@db.example.com/shop\"\n");

  project.line.environment = "a";
  CHECK(project.resolve().tier == Tier::development);

  project.line.environment = "b";
  CHECK(project.refusal().message() == "a database on another machine needs a tier");
  CHECK_THAT(project.refusal().hint(), ContainsSubstring("write tier in [environments.b]"));
}

TEST_CASE("SEEDBED_NOW sets the clock of a run", "[config]") {
  Project project(kTwoEnvironments);
  project.environment["SEEDBED_NOW"] = "2026-01-31T09:30:00.1239Z";

  const Settings settings = project.resolve();

  CHECK(settings.now == 1769851800123);
  CHECK(entry(settings, "now").source == "environment");
}

TEST_CASE("SEEDBED_NOW may stand in a dotenv file and be empty", "[config]") {
  Project project(kTwoEnvironments);
  project.write(".env.local", "SEEDBED_NOW=7");

  CHECK(project.resolve().now == 7000);

  project.environment["SEEDBED_NOW"] = "";
  CHECK_FALSE(project.resolve().now);
}
