// Nothing runs in a tier above its own, whichever way it is asked for.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

constexpr const char* kStaging = "default_environment = \"staging\"\n[environments.staging]\ntier = \"staging\"\nurl = \"sqlite:unused.db\"\n";

/// customer in staging, which already has its schema.
void write_staging(const Workspace& workspace) {
  workspace.write("seedbed.toml", kStaging);
  workspace.write_customer_migration();
  workspace.run({"up", "--no-seed"});
}

/// The seeder test_users of tier development.
void write_test_users(const Workspace& workspace) {
  workspace.write_seeder("test_users", insert_customer("test"), "tier = \"development\"\nwrites = [\"customer\"]\n");
}

std::string customers(Workspace& workspace) { return workspace.value("SELECT count(*) FROM customer"); }

void check_refused(const Finished& finished, const std::string& why) {
  INFO(finished.err);
  CHECK(finished.exit_code == 4);
  CHECK_THAT(finished.err, ContainsSubstring("seeder \"test_users\" may not run in environment \"staging\""));
  CHECK_THAT(finished.err, ContainsSubstring("Its tier is development, the environment's is staging. " + why));
}

}  // namespace

TEST_CASE("a seeder above its tier is refused on the command line", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  write_test_users(workspace);

  check_refused(workspace.run({"seed", "test_users"}), "It is named in the command line.");
  check_refused(workspace.run({"seed", "test_users", "--dry-run"}), "It is named in the command line.");
  CHECK(customers(workspace) == "0");
}

TEST_CASE("a seeder above its tier is refused in the environment's list", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  write_test_users(workspace);
  workspace.write("seedbed.toml", std::string(kStaging) + "seeders = [\"*\", \"test_users\"]\n");

  check_refused(workspace.run({"up"}), "It is named in seedbed.toml:");
  check_refused(workspace.run({"seed"}), "It is named in seedbed.toml:");
  CHECK(customers(workspace) == "0");
}

TEST_CASE("a seeder above its tier is refused as a dependency", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  write_test_users(workspace);
  workspace.write_seeder("orders", insert_customer("b"), "tier = \"staging\"\nafter = [\"test_users\"]\nwrites = [\"customer\"]\n");

  check_refused(workspace.run({"up"}), "Seeder \"orders\" depends on it.");
  check_refused(workspace.run({"seed", "orders"}), "Seeder \"orders\" depends on it.");
  CHECK(customers(workspace) == "0");
}

TEST_CASE("a seeder that says no tier runs in development alone", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  workspace.write_seeder("test_users", insert_customer("a"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(customers(workspace) == "0");
  check_refused(workspace.run({"seed", "test_users"}), "It is named in the command line.");
}

TEST_CASE("a shared library above its tier is left out by a star and refused by name", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  workspace.add_fixture("sees_environment");

  const Finished up = workspace.run({"up"});
  const Finished named = workspace.run({"seed", "sees_environment"});

  CHECK(up.exit_code == 0);
  CHECK(named.exit_code == 4);
  CHECK_THAT(named.err, ContainsSubstring("seeder \"sees_environment\" may not run in environment \"staging\""));
}

TEST_CASE("parameters do not bring in a seeder above its tier", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  workspace.write_seeder("test_users", insert_customer("a"), "writes = [\"customer\"]\n[parameters.amount]\ndefault = 3\n");
  workspace.write("seedbed.toml", std::string(kStaging) + "[environments.staging.parameters.test_users]\namount = 5\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(customers(workspace) == "0");
}

TEST_CASE("plain seed files run up to the tier that is set for them", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  workspace.write("seed.sql", insert_customer("a"));

  const Finished given = workspace.run({"up", "--sql", "seed.sql"});
  workspace.write("seedbed.toml", std::string(kStaging) + "[seeders]\nsql_paths = [\"seed.sql\"]\n");
  const Finished left_out = workspace.run({"up"});
  const Finished named = workspace.run({"seed", "sql"});
  const std::string then = customers(workspace);
  workspace.write("seedbed.toml", "default_environment = \"staging\"\n[seeders]\nsql_tier = \"staging\"\n"
                                  "[environments.staging]\ntier = \"staging\"\nurl = \"sqlite:unused.db\"\n");
  const Finished allowed = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(given.exit_code == 4);
  CHECK_THAT(given.err, ContainsSubstring("seeder \"sql\" may not run in environment \"staging\"") &&
                            ContainsSubstring("Its tier is development, the environment's is staging. It was given with --sql: seed.sql.") &&
                            ContainsSubstring("sql_tier = \"staging\""));
  CHECK(left_out.exit_code == 0);
  CHECK(named.exit_code == 4);
  CHECK_THAT(named.err, ContainsSubstring("seeder \"sql\" may not run in environment \"staging\""));
  CHECK(then == "0");
  CHECK(allowed.exit_code == 0);
  CHECK(customers(workspace) == "1");
}

TEST_CASE("a well-known password is refused above development and nothing is written", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string isolate = GENERATE("--lock-timeout=1m", "--isolate");
  write_staging(workspace);
  workspace.add_fixture("hashes_password");

  const Finished refused = workspace.run({"up", isolate});
  const std::string then = customers(workspace);
  workspace.write("seedbed.toml", std::string(kStaging) + "[environments.staging.parameters.hashes_password]\npassword = \"x7Gh-29pQ-wl3z\"\n");
  const Finished allowed = workspace.run({"up", isolate});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("seeder \"hashes_password\" failed: it sets a well-known password, which is refused in tier staging"));
  CHECK_THAT(refused.err, ContainsSubstring("Let the password be a parameter of the seeder"));
  CHECK_THAT(refused.err, !ContainsSubstring("Test123456"));
  CHECK(then == "0");
  INFO(allowed.err);
  CHECK(allowed.exit_code == 0);
  CHECK(customers(workspace) == "1");
}

TEST_CASE("a well-known password is taken in development", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("hashes_password");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(customers(workspace) == "1");
}

TEST_CASE("a clock of another time is refused from an environment's file as well", "[tier]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  workspace.write(".env.staging", "SEEDBED_NOW=2026-01-31T09:30:00Z\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("SEEDBED_NOW is refused in tier staging"));
}
