// A seeder writes rows of the tables that it declares, and nothing else.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

/// customer and other, with a row in other.
void write_two_tables(const Workspace& workspace) {
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_other.sql", "CREATE TABLE other (a integer);\nINSERT INTO other VALUES (1);\n");
}

}  // namespace

TEST_CASE("a seeder that drops a table is refused and the table stays", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_two_tables(workspace);
  workspace.write_seeder("dropping", "DROP TABLE other;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("it dropped or renamed table \"other\""));
  CHECK(workspace.value("SELECT count(*) FROM other") == "1");
}

TEST_CASE("a seeder that truncates a table is refused and its rows stay", "[run]") {
  Workspace workspace(Engine::postgres);
  write_two_tables(workspace);
  workspace.write_seeder("truncating", "TRUNCATE other;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("it truncated or altered table \"other\""));
  CHECK(workspace.value("SELECT count(*) FROM other") == "1");
}

TEST_CASE("a seeder that alters or creates a table is refused", "[run]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  Workspace altering(engine), creating(engine);
  write_two_tables(altering);
  write_two_tables(creating);
  altering.write_seeder("altering", "ALTER TABLE customer ADD COLUMN more text;\n");
  creating.write_seeder("creating", "CREATE TABLE mine (a integer);\n");

  const Finished altered = altering.run({"up"});
  const Finished created = creating.run({"up"});

  CHECK(altered.exit_code == 4);
  CHECK_THAT(altered.err, ContainsSubstring("it truncated or altered table \"customer\""));
  CHECK(created.exit_code == 4);
  CHECK_THAT(created.err, ContainsSubstring("it created table \"mine\""));
}

TEST_CASE("a seeder cannot write into the ledger", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("forger", "DELETE FROM " + workspace.ledger("migrations") + ";\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("which is seedbed's own"));
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations")) == "1");
}

TEST_CASE("plain seed files cannot write into the ledger either", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seed.sql", "DELETE FROM " + workspace.ledger("migrations") + ";\n");

  const Finished up = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(up.exit_code == 4);
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations")) == "1");
}

TEST_CASE("a seeder cannot take the name of the plain seed files", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("sql", insert_customer("a"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("the name \"sql\" is that of the plain seed files"));
  CHECK(workspace.untouched());
}

TEST_CASE("a seed file cannot roll back to a savepoint of its own", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("saving", "SAVEPOINT a;\n" + insert_customer("a") + "ROLLBACK TO a;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("01_rows.sql:1:1") || ContainsSubstring("cannot control transactions"));
}
