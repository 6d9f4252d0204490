// How long a statement may take, or wait for somebody's lock.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

constexpr const char* kFile = "migrations/20260102120000_file.sql";

/// A seedbed.toml whose one environment ends in `limits`.
void configure(const Workspace& workspace, const std::string& limits, const std::string& tier = "development") {
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"sqlite:unused.db\"\ntier = \"" + tier +
                                      "\"\n" + limits);
}

}  // namespace

TEST_CASE("a migration that waits longer for a lock than it may is told which setting ended it", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.run({"up", "--no-seed"});
  configure(workspace, "[environments.local.migrations]\nlock_timeout = \"100ms\"\n");
  workspace.write(kFile, "ALTER TABLE customer ADD COLUMN age integer;\n");
  workspace.database().execute("BEGIN; LOCK TABLE customer");

  const Finished up = workspace.run({"up", "--no-seed"});
  workspace.database().execute("COMMIT");

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("SQLSTATE 55P03"));
  CHECK_THAT(up.err, ContainsSubstring("The limit is environments.local.migrations.lock_timeout = \"100ms\" (seedbed.toml:6)."));
  CHECK_THAT(up.err, ContainsSubstring(std::string(kFile) + ":1:1"));
}

TEST_CASE("a statement that takes longer than it may is told which setting ended it", "[run]") {
  Workspace workspace(Engine::postgres);
  const bool outside = GENERATE(false, true);
  configure(workspace, "[environments.local.migrations]\nstatement_timeout = \"200ms\"\n");
  workspace.write(kFile, std::string(outside ? "-- seedbed: no-transaction\n" : "-- an ordinary file\n") + "SELECT 1;\nSELECT pg_sleep(20);\n");

  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("SQLSTATE 57014"));
  CHECK_THAT(up.err, ContainsSubstring("The limit is environments.local.migrations.statement_timeout = \"200ms\" (seedbed.toml:6)."));
  CHECK_THAT(up.err, ContainsSubstring(std::string(kFile) + ":3:1"));
}

TEST_CASE("a seeder that takes longer than it may is told which setting ended it", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.run({"up", "--no-seed"});
  configure(workspace, "[environments.local.seeding]\nstatement_timeout = \"200ms\"\n");
  workspace.write_seeder("alpha", insert_customer("a"));
  workspace.write_seeder("beta", "SELECT pg_sleep(20);\n", "");

  const Finished seed = workspace.run({"seed"});

  CHECK(seed.exit_code == 1);
  CHECK_THAT(seed.err, ContainsSubstring("The limit is environments.local.seeding.statement_timeout = \"200ms\" (seedbed.toml:6)."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a limit that the file sets itself is not laid at the settings' door", "[run]") {
  Workspace workspace(Engine::postgres);
  configure(workspace, "[environments.local.migrations]\nstatement_timeout = \"20s\"\n");
  workspace.write(kFile, "SET statement_timeout = '100ms';\nSELECT pg_sleep(20);\n");

  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("SQLSTATE 57014"));
  CHECK_THAT(up.err, !ContainsSubstring("The limit is"));
}

TEST_CASE("outside tier development a migration waits five seconds for a lock unless told otherwise", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write(kFile, "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS waits, current_setting('statement_timeout') AS takes;\n");
  struct Case {
    const char* tier;
    const char* limits;
    const char* waits;
  };
  const Case limit = GENERATE(Case{"development", "", "0"}, Case{"staging", "", "5s"},
                              Case{"staging", "[environments.local.migrations]\nlock_timeout = \"none\"\n", "0"},
                              Case{"production", "[environments.local.migrations]\nlock_timeout = 70\n", "70s"});
  configure(workspace, limit.limits, limit.tier);

  const Finished up = workspace.run({"up", "--no-seed"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT waits FROM seen") == limit.waits);
  CHECK(workspace.value("SELECT takes FROM seen") == "0");
}

TEST_CASE("limits hold for every file of a seeder and for no one after them", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  configure(workspace, "[environments.local.seeding]\nlock_timeout = \"7s\"\n[environments.local.migrations]\nlock_timeout = \"9s\"\n");
  const std::string look = "INSERT INTO customer SELECT 'FILE ' || current_setting('lock_timeout') ON CONFLICT DO NOTHING;\n";
  for (const char* name : {"1", "2"}) {
    std::string sql = look;
    workspace.write("seeds/" + std::string(name) + ".sql", sql.replace(sql.find("FILE"), 4, name));
  }

  const Finished up = workspace.run({"up", "--sql", "seeds"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows("SELECT email FROM customer ORDER BY email") ==
        std::vector<std::vector<std::string>>{{"1 7s"}, {"2 7s"}});
}

TEST_CASE("an index that is made concurrently is not given up by default", "[run]") {
  Workspace workspace(Engine::postgres);
  configure(workspace, "", "staging");
  workspace.write(kFile, "-- seedbed: no-transaction\nCREATE TABLE seen AS SELECT current_setting('lock_timeout') AS waits;\n");

  workspace.run({"up", "--no-seed"});

  CHECK(workspace.value("SELECT waits FROM seen") == "0");
}

TEST_CASE("the limits are shown with where they come from", "[run]") {
  Workspace workspace(Engine::postgres);
  configure(workspace, "[environments.local.seeding]\nstatement_timeout = \"long\"\n", "staging");
  const Finished refused = workspace.run({"env"});
  configure(workspace, "[environments.local.seeding]\nstatement_timeout = \"10min\"\n", "staging");
  const Finished env = workspace.run({"env"});
  configure(workspace, "[environments.local.migrations]\nlock_timout = \"10m\"\n");
  const Finished unknown = workspace.run({"env"});

  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, ContainsSubstring("seedbed.toml:6"));
  CHECK(env.exit_code == 0);
  CHECK_THAT(env.out, ContainsSubstring("migrations.lock_timeout"));
  CHECK_THAT(env.out, ContainsSubstring("seeding.statement_timeout"));
  CHECK_THAT(env.out, ContainsSubstring("seedbed.toml:6"));
  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("lock_timout"));
  CHECK_THAT(unknown.err, ContainsSubstring("\"lock_timeout\""));
}
