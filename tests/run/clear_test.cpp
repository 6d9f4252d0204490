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
  CHECK_THAT(seed.out, ContainsSubstring("Table \"team\" is not cleared: seeder \"c_more\", which is not selected, declares it, too."));
  CHECK_THAT(seed.out, ContainsSubstring("member") && !ContainsSubstring("\"member\" is not cleared"));
  CHECK(workspace.value("SELECT count(*) FROM team") == "2");
}

TEST_CASE("a clearing that was rolled back is not said to have deleted", "[run]") {
  const auto asked = GENERATE(as<std::vector<std::string>>(), std::vector<std::string>{"seed", "--clear"},
                              std::vector<std::string>{"seed", "--clear", "--dry-run"});
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_teams(workspace);
  workspace.run({"up"});
  workspace.write_seeder("b_members", "INSERT INTO member VALUES (1, NULL);\n", "after = [\"a_teams\"]\nwrites = [\"member\"]\n");

  const Finished text = workspace.run(asked);
  std::vector<std::string> as_json = asked;
  as_json.insert(as_json.end(), {"--format", "json"});
  const Finished json = workspace.run(as_json);

  INFO(text.out << json.out);
  CHECK(text.exit_code == 1);
  CHECK_THAT(text.out, !ContainsSubstring("deleted"));
  CHECK_THAT(json.out, ContainsSubstring("\"cleared\": []"));
  CHECK(workspace.value("SELECT sum(deleted) FROM " + workspace.ledger("runs")) == "0");
  CHECK(workspace.value("SELECT count(*) FROM member") == "1");
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
  CHECK_THAT(seed.err, ContainsSubstring("table \"team\" could not be cleared: ") && ContainsSubstring("are not cleared: member."));
  CHECK(workspace.value("SELECT count(*) FROM team") == "1");
  CHECK(workspace.value("SELECT count(*) FROM member") == "1");
}

TEST_CASE("clearing that would take rows of a table that is not cleared is refused", "[run]") {
  const auto action = GENERATE(as<std::string>(), "CASCADE", "SET NULL");
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_teams(workspace);
  workspace.write("migrations/20260102120000_orders.sql",
                  "CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, member integer REFERENCES member (id) ON DELETE " + action + ");\n");
  workspace.run({"up"});
  workspace.database().execute("INSERT INTO orders VALUES (1, 1), (2, 1)");

  const Finished refused = workspace.run({"seed", "--clear"});
  const std::string kept = workspace.value("SELECT count(member) FROM orders");
  workspace.write("plugins/b_members/_truncate.sql", "DELETE FROM orders;\n");
  const Finished asked_for = workspace.run({"seed", "--clear"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("clearing would change table \"orders\", which is not to be cleared"));
  CHECK_THAT(refused.err, ContainsSubstring(action == "CASCADE" ? "2 deleted" : "2 updated"));
  CHECK_THAT(refused.err, ContainsSubstring("foreign key ") && ContainsSubstring("_truncate.sql"));
  CHECK(kept == "2");
  CHECK(asked_for.exit_code == 0);
}

TEST_CASE("tables that refer to each other in a circle are cleared", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_circle.sql",
                  "CREATE TABLE team (id integer NOT NULL PRIMARY KEY);\n"
                  "CREATE TABLE member (id integer NOT NULL PRIMARY KEY, team integer NOT NULL REFERENCES team (id));\n"
                  "ALTER TABLE team ADD COLUMN head integer CONSTRAINT head_of REFERENCES member (id);\n");
  workspace.write_seeder("teams", "INSERT INTO team VALUES (1, NULL) ON CONFLICT (id) DO NOTHING;\n"
                                  "INSERT INTO member VALUES (1, 1) ON CONFLICT (id) DO NOTHING;\n"
                                  "UPDATE team SET head = 1 WHERE head IS NULL;\n", "writes = [\"team\", \"member\"]\n");
  workspace.run({"up"});
  workspace.database().execute("INSERT INTO member VALUES (2, 1)");

  const Finished seed = workspace.run({"seed", "--clear"});

  INFO(seed.err);
  CHECK(seed.exit_code == 0);
  CHECK_THAT(seed.out, ContainsSubstring("2 deleted") && ContainsSubstring("1 deleted"));
  CHECK(workspace.value("SELECT count(*) FROM member") == "1");
}

TEST_CASE("a load that runs once is not loaded again while its rows stay", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_log.sql", "CREATE TABLE log (line text);\n");
  workspace.write_seeder("a_load", "INSERT INTO log VALUES ('a');\n", "run = \"once\"\nwrites = [\"log\"]\n");
  workspace.write_seeder("b_more", "SELECT 1;\n", "writes = [\"log\"]\n");
  workspace.run({"up"});

  const Finished alone = workspace.run({"seed", "a_load", "--clear"});
  const std::string after_alone = workspace.value("SELECT count(*) FROM log");
  const Finished both = workspace.run({"seed", "--clear"});

  CHECK(alone.exit_code == 0);
  CHECK(after_alone == "1");
  CHECK_THAT(both.out, ContainsSubstring("1 deleted") && ContainsSubstring("1 inserted"));
  CHECK(workspace.value("SELECT count(*) FROM log") == "1");
}

TEST_CASE("clearing runs the truncating file of a folder of plain seed files", "[run]") {
  const auto path = GENERATE(as<std::string>(), "seeds", "seeds/[0-9]*.sql");
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_log.sql", "CREATE TABLE log (line text);\n");
  workspace.write("seeds/01_log.sql", "INSERT INTO log VALUES ('a');\n");
  workspace.write("seeds/_truncate.sql", "DELETE FROM log WHERE line = 'a';\n");
  workspace.run({"up", "--sql", path});
  workspace.database().execute("INSERT INTO log VALUES ('b')");

  const Finished seed = workspace.run({"seed", "--clear", "--sql", path});

  CHECK(seed.exit_code == 0);
  CHECK_THAT(seed.out, ContainsSubstring("1 deleted") && ContainsSubstring("1 inserted"));
  CHECK(workspace.value("SELECT count(*) FROM log") == "2");
}

TEST_CASE("clearing a partition that is declared alone is refused", "[run]") {
  const auto declared = GENERATE(as<std::string>(), "event_a", "public.event_a", "Event");
  const bool whole = declared == "Event";
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_event.sql",
                  "CREATE TABLE event (kind text, PRIMARY KEY (kind)) PARTITION BY LIST (kind);\n"
                  "CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');\nCREATE TABLE event_b PARTITION OF event FOR VALUES IN ('b');\n"
                  "INSERT INTO event VALUES ('b');\n");
  workspace.write_seeder("events", "INSERT INTO event VALUES ('a') ON CONFLICT (kind) DO NOTHING;\n", "writes = [\"" + declared + "\"]\n");
  workspace.run({"up"});

  const Finished seed = workspace.run({"seed", "--clear"});

  INFO(seed.err);
  CHECK(seed.exit_code == (whole ? 0 : 4));
  CHECK(workspace.value("SELECT count(*) FROM event") == (whole ? "1" : "2"));
  if (!whole) CHECK_THAT(seed.err, ContainsSubstring("clearing would empty all of \"event\", of which \"" + declared + "\" is a partition"));
}
