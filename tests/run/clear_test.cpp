// seed --clear

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

/// team and member, which refers to it, seeded by one seeder each.
void write_teams(const Workspace& workspace) {
  workspace.write("migrations/20260101120000_teams.sql",
                  "CREATE TABLE team (id integer NOT NULL PRIMARY KEY);\n"
                  "CREATE TABLE member (id integer NOT NULL PRIMARY KEY, team integer NOT NULL REFERENCES team (id));\n"
                  "CREATE TABLE untouched (id integer);\nINSERT INTO untouched VALUES (1);\n");
  workspace.write_seeder("a_teams", "INSERT INTO team VALUES (1) ON CONFLICT DO NOTHING;\n", "writes = [\"team\"]\n");
  workspace.write_seeder("b_members", "INSERT INTO member VALUES (1, 1) ON CONFLICT DO NOTHING;\n",
                         "after = [\"a_teams\"]\nwrites = [\"member\"]\n");
}

}  // namespace

TEST_CASE("clearing deletes the declared tables children first and seeds anew", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_teams(workspace);
  workspace.run({"up"});
  workspace.database().execute("INSERT INTO team VALUES (2); INSERT INTO member VALUES (2, 2)");

  const Finished seed = workspace.run({"seed", "--clear"});

  CHECK(seed.exit_code == 0);
  CHECK_THAT(seed.out, ContainsSubstring("cleared"));
  CHECK_THAT(seed.out, ContainsSubstring("2 deleted"));
  CHECK(workspace.value("SELECT count(*) FROM team") == "1");
  CHECK(workspace.value("SELECT count(*) FROM member") == "1");
  CHECK(workspace.value("SELECT count(*) FROM untouched") == "1");
}

TEST_CASE("a database that seedbed never worked on is not cleared", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.database().execute("CREATE TABLE customer (email TEXT NOT NULL PRIMARY KEY, name TEXT); INSERT INTO customer VALUES ('b', 'Bob')");

  const Finished refused = workspace.run({"seed", "--clear"});
  const std::string kept = workspace.value("SELECT count(*) FROM customer");
  workspace.run({"seed"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("clearing is refused: seedbed has never worked on the database"));
  CHECK_THAT(refused.err, ContainsSubstring("take it over first"));
  CHECK(kept == "1");
  CHECK(workspace.run({"seed", "--clear"}).exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer WHERE email = 'b'") == "0");
}

TEST_CASE("a table that another seeder declares too is not cleared", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_teams(workspace);
  workspace.write_seeder("c_more", "INSERT INTO team VALUES (3) ON CONFLICT DO NOTHING;\n", "writes = [\"team\"]\n");
  workspace.run({"up"});

  const Finished seed = workspace.run({"seed", "b_members", "--clear"});

  CHECK(seed.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM team") == "2");
}

TEST_CASE("a dry run of clearing deletes nothing", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_teams(workspace);
  workspace.run({"up"});
  workspace.database().execute("INSERT INTO team VALUES (2)");

  const Finished seed = workspace.run({"seed", "--clear", "--dry-run"});

  CHECK(seed.exit_code == 0);
  CHECK_THAT(seed.out, ContainsSubstring("2 deleted"));
  CHECK(workspace.value("SELECT count(*) FROM team") == "2");
}

TEST_CASE("a row of another table that refers to a cleared one keeps everything", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_teams(workspace);
  workspace.run({"up"});

  const Finished seed = workspace.run({"seed", "a_teams", "--clear"});

  CHECK(seed.exit_code == 1);
  CHECK(workspace.value("SELECT count(*) FROM team") == "1");
  CHECK(workspace.value("SELECT count(*) FROM member") == "1");
}
