// What a run does with the files that the ledger has already.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

TEST_CASE("an applied file that is as it was is not read again", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  // What this file says is an error since, but it says what it said.
  workspace.write("migrations/0001_a.sql", "-- seedbed: up\nCREATE TABLE a (x int);\n");
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  workspace.write("migrations/0001_a_down.sql", "DROP TABLE a; SELECT 'unterminated");

  CHECK_THAT(workspace.run({"up"}).out, ContainsSubstring("nothing changed"));
  CHECK(workspace.run({"status", "--exit-code"}).exit_code == 0);
}

TEST_CASE("an applied file with another layout is no edit", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/0001_a.sql", "CREATE TABLE a (x int);\n");
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  workspace.write("migrations/0001_a.sql", "-- new\r\nCREATE TABLE a\r\n  (x int);\r\n");

  CHECK_THAT(workspace.run({"up"}).out, ContainsSubstring("nothing changed"));
}

TEST_CASE("an edited file that cannot be split is an error at its place", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/0001_a.sql", "CREATE TABLE a (x int);\n");
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  workspace.write("migrations/0001_a.sql", "CREATE TABLE a (x int);\nSELECT 'open;\n");

  const Finished failed = workspace.run({"up"});

  CHECK(failed.exit_code == 2);
  CHECK_THAT(failed.err, ContainsSubstring("migrations/0001_a.sql:2:8"));
}

TEST_CASE("two files of one version are an error though both may be applied", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (x int);\n");
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  workspace.write("migrations/20260101120000_b.sql", "CREATE TABLE b (x int);\n");

  CHECK(workspace.run({"up"}).exit_code == 2);
}
