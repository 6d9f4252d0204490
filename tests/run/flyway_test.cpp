// Flyway's baselines and placeholders, on real databases.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

void write_history(const Workspace& workspace) {
  workspace.write("migrations/V1__customer.sql", "CREATE TABLE customer (name text);");
  workspace.write("migrations/V2__ada.sql", "INSERT INTO customer VALUES ('Ada');");
}

void write_baseline(const Workspace& workspace) {
  workspace.write("migrations/B2__start.sql",
                  "CREATE TABLE customer (name text); INSERT INTO customer VALUES ('baseline');");
  workspace.write("migrations/V3__alan.sql", "INSERT INTO customer VALUES ('Alan');");
}

std::string customers(Workspace& workspace) {
  std::string names;
  for (const auto& row : workspace.database().rows("SELECT name FROM customer ORDER BY name DESC"))
    names += row[0] + ' ';
  return names;
}

}  // namespace

TEST_CASE("a baseline stands for the versions up to its own on a new database", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  write_baseline(workspace);

  const Finished first = workspace.run({"up"});

  CHECK(first.exit_code == 0);
  CHECK_THAT(first.out, ContainsSubstring("2 applied"));
  CHECK(customers(workspace) == "baseline Alan ");
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations") +
                        " WHERE version IN ('B2', '3')") == "2");
  CHECK_THAT(workspace.run({"up"}).out, ContainsSubstring("nothing changed"));
  CHECK(workspace.run({"status", "--exit-code"}).exit_code == 0);
}

TEST_CASE("a baseline is left alone where versions are applied already", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  write_baseline(workspace);

  REQUIRE(workspace.run({"up"}).exit_code == 0);

  CHECK(customers(workspace) == "Alan Ada ");
}

TEST_CASE("a later baseline does not replace the one that was applied", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_baseline(workspace);
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  workspace.write("migrations/B3__later.sql", "CREATE TABLE never (a int);");

  CHECK_THAT(workspace.run({"up"}).out, ContainsSubstring("nothing changed"));
}

TEST_CASE("placeholders come from seedbed.toml in any case of their letters", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("seedbed.toml",
                  "default_environment = \"local\"\n[environments.local]\ntier = \"development\"\n"
                  "[migrations.placeholders]\nTableName = \"cust\"\nowner = \"${OWNER:-Ada}\"\n");
  workspace.write("migrations/V1__a.sql",
                  "CREATE TABLE ${flyway:defaultSchema}.${tablename} AS SELECT '${OWNER}' AS owner;");

  const Finished finished = workspace.run({"up"});

  INFO(finished.err);
  CHECK(finished.exit_code == 0);
  CHECK(workspace.value("SELECT owner FROM public.cust") == "Ada");
  CHECK_THAT(workspace.run({"env"}).out, ContainsSubstring("migrations.placeholders.TableName"));
}

TEST_CASE("placeholders that Flyway knows by itself have values", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/V1__a.sql", "CREATE TABLE a AS SELECT '${flyway:user}' AS who, '${flyway:database}' AS db, '${flyway:table}' AS history,\n"
                                          "  '${flyway:timestamp}'::timestamp - now()::timestamp < interval '1 day' AS recent;");

  const Finished finished = workspace.run({"up"});

  INFO(finished.err);
  CHECK(finished.exit_code == 0);
  CHECK(workspace.database().rows("SELECT who = current_user, db = current_database(), history, recent FROM a") ==
        std::vector<std::vector<std::string>>{{"t", "t", "flyway_schema_history", "t"}});
}

TEST_CASE("the time in a repeatable migration has no value since it would have to run each time", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/R__view.sql", "-- ${flyway:timestamp}\nSELECT 1;");

  const Finished failed = workspace.run({"up"});

  CHECK(failed.exit_code == 2);
  CHECK_THAT(failed.err, ContainsSubstring("placeholder \"flyway:timestamp\" has no value"));
}

TEST_CASE("files that Flyway would not run for their names are told and not run", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.write("migrations/V3_single.sql", "nonsense");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("Left alone, since its name is not that of a migration: V3_single.sql."));
  CHECK_THAT(workspace.run({"status"}).out, ContainsSubstring("V3_single.sql"));
  CHECK_THAT(workspace.run({"status", "--format", "json"}).out, ContainsSubstring("\"left_alone\""));
}

TEST_CASE("a placeholder without a value says where to give it one", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/V1__a.sql", "SELECT 1;\nSELECT '${owner}';");

  const Finished failed = workspace.run({"up"});

  CHECK(failed.exit_code == 2);
  CHECK_THAT(failed.err, ContainsSubstring("placeholder \"owner\" has no value"));
  CHECK_THAT(failed.err, ContainsSubstring("V1__a.sql:2:9"));
  CHECK_THAT(failed.err, ContainsSubstring("[migrations.placeholders]"));
}

TEST_CASE("two placeholders that differ in case alone are an error", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("seedbed.toml",
                  "default_environment = \"local\"\n[environments.local]\ntier = \"development\"\n"
                  "[migrations.placeholders]\na = \"1\"\nA = \"2\"\n");

  const Finished failed = workspace.run({"status"});

  CHECK(failed.exit_code == 2);
  CHECK_THAT(failed.err, ContainsSubstring("two placeholders are named \"a\""));
  CHECK_THAT(failed.err, ContainsSubstring("seedbed.toml:"));
}

TEST_CASE("a version that a baseline stands for can be recorded without running it", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  write_baseline(workspace);
  workspace.database().execute("CREATE TABLE customer (name text)");

  REQUIRE(workspace.run({"stamp", "2"}).exit_code == 0);

  CHECK(workspace.run({"up"}).exit_code == 0);
  CHECK(customers(workspace) == "Alan ");
}
