// Configuration that cannot be: said by the program, before it touches a database.

#include <filesystem>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

constexpr const char* kTwoEnvironments = R"(default_environment = "local"
[environments.local]
url = "sqlite:local.db"
[environments.staging]
tier = "staging"
url = "${STAGING_DATABASE_URL}"
)";

/// `seedbed up` in a folder whose seedbed.toml is `toml`.
class Up {
 public:
  explicit Up(const std::string& toml) { write_file(folder_ / "seedbed.toml", toml); }

  Finished run(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), "up");
    return Program(folder_.path()).run(options);
  }
  bool made_a_database() const { return std::filesystem::exists(folder_ / "local.db"); }

 private:
  TempDir folder_;
};

}  // namespace

TEST_CASE("up without seedbed.toml and without a url says where it looked", "[run]") {
  const TempDir folder;

  const Finished up = Program(folder.path()).run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("could not find seedbed.toml, and no --url was given"));
  CHECK_THAT(up.err, ContainsSubstring(folder.path().string()));
}

TEST_CASE("a malformed seedbed.toml is shown with line and column", "[run]") {
  const Up up("default_environment = \"local\"\n[environments.local\nurl = \"sqlite:local.db\"\n");

  const Finished finished = up.run();

  CHECK(finished.exit_code == 2);
  CHECK_THAT(finished.err, ContainsSubstring("at:     seedbed.toml:2:"));
  CHECK_FALSE(up.made_a_database());
}

TEST_CASE("a key that seedbed.toml cannot have is refused with the nearest one", "[run]") {
  const Up up("[environments.local]\nurl = \"sqlite:local.db\"\nseedrs = []\n");

  const Finished finished = up.run({"--env", "local"});

  CHECK(finished.exit_code == 2);
  CHECK_THAT(finished.err, ContainsSubstring("\"seedrs\""));
  CHECK_THAT(finished.err, ContainsSubstring("\"seeders\""));
  CHECK_THAT(finished.err, ContainsSubstring("seedbed.toml:3:"));
  CHECK_FALSE(up.made_a_database());
}

TEST_CASE("a variable that is not set is an error that says where it was looked for", "[run]") {
  const Up up(kTwoEnvironments);

  const Finished finished = up.run({"--env", "staging"});

  CHECK(finished.exit_code == 2);
  CHECK_THAT(finished.err, ContainsSubstring("STAGING_DATABASE_URL"));
  CHECK_THAT(finished.err, ContainsSubstring(".env.staging"));
  CHECK_THAT(finished.err, ContainsSubstring("the environment"));
}

TEST_CASE("an environment that there is not is refused with those that there are", "[run]") {
  const Up up(kTwoEnvironments);

  const Finished finished = up.run({"--env", "produktion"});

  CHECK(finished.exit_code == 2);
  CHECK_THAT(finished.err, ContainsSubstring("there is no environment \"produktion\""));
  CHECK_THAT(finished.err, ContainsSubstring("local and staging"));
  CHECK_FALSE(up.made_a_database());
}

TEST_CASE("a named folder that does not exist is refused before the database is touched", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished migrations = workspace.run({"up", "--migrations", "nowhere"});
  const Finished seeders = workspace.run({"up", "--seeders", "nowhere"});

  CHECK(migrations.exit_code == 2);
  CHECK_THAT(migrations.err, ContainsSubstring("migration directory \""));
  CHECK_THAT(migrations.err, ContainsSubstring("nowhere\" does not exist"));
  CHECK(seeders.exit_code == 2);
  CHECK_THAT(seeders.err, ContainsSubstring("seeder directory \""));
  CHECK(workspace.untouched());
}

TEST_CASE("a version that no migration has is refused before the database is touched", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();

  const Finished up = workspace.run({"up", "--to", "20260101120001"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("no migration has the version \"20260101120001\""));
  CHECK(workspace.untouched());
}
