// Which database of the user's it is: written by the first run, compared by every later one.

#include <filesystem>

#include "database/database.hpp"
#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
using Rows = std::vector<std::vector<std::string>>;

namespace {

constexpr const char* kEnvironments = R"(default_environment = "local"
[environments.local]
url = "sqlite:unused.db"
[environments.preview]
url = "sqlite:unused.db"
[environments.staging]
tier = "staging"
url = "sqlite:unused.db"
[environments.production]
tier = "production"
url = "sqlite:unused.db"
)";

/// A project with four environments, and the migration and seeder of customer.
void write_project(const Workspace& workspace) {
  workspace.write("seedbed.toml", kEnvironments);
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"), "tier = \"production\"\nwrites = [\"customer\"]\n");
}

Rows identity(Workspace& workspace) {
  return workspace.database().rows("SELECT environment, tier FROM " + workspace.ledger("identity"));
}

std::string id(Workspace& workspace) { return workspace.value("SELECT id FROM " + workspace.ledger("identity")); }

std::string runs(Workspace& workspace) { return workspace.value("SELECT count(*) FROM " + workspace.ledger("runs")); }

/// Lets the ledger remember a server and a database that are not these.
void pretend_copy(Workspace& workspace) {
  workspace.database().execute("UPDATE seedbed.identity SET system_identifier = '5', database_oid = '1'");
}

/// The phrase that a refused command has shown.
std::string phrase(const Finished& refused) {
  const std::string start = "--confirm \"";
  const auto at = refused.err.find(start);
  INFO(refused.err);
  REQUIRE(at != std::string::npos);
  return refused.err.substr(at + start.size(), refused.err.find('"', at + start.size()) - at - start.size());
}

}  // namespace

TEST_CASE("the first run of any command that writes gives the database its identity", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::vector<std::string> command = GENERATE(std::vector<std::string>{"up"}, std::vector<std::string>{"up", "--no-seed"},
                                                    std::vector<std::string>{"stamp", "latest"}, std::vector<std::string>{"reset", "--confirm", "x"});
  write_project(workspace);
  std::vector<std::string> words = command;
  const bool is_reset = command[0] == "reset";
  words.insert(words.end(), {"--env", is_reset ? "local" : "staging"});

  const Finished first = workspace.run(words);

  INFO(first.err);
  CHECK(first.exit_code == 0);
  CHECK(identity(workspace) == (is_reset ? Rows{{"local", "development"}} : Rows{{"staging", "staging"}}));
  CHECK(id(workspace).size() == 36);
}

TEST_CASE("seed and adopt give a database without a ledger its identity", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string command = GENERATE("seed", "adopt");
  workspace.write("seedbed.toml", kEnvironments);
  workspace.write_seeder("customers", insert_customer("a"), "tier = \"production\"\nwrites = [\"customer\"]\n");
  workspace.database().execute("CREATE TABLE customer (email TEXT NOT NULL PRIMARY KEY, name TEXT);\n"
                               "CREATE TABLE schema_migrations (version varchar(128) primary key);\n");
  if (command == "adopt") {
    workspace.write_customer_migration();
    workspace.database().execute("INSERT INTO schema_migrations VALUES ('20260101120000')");
  }

  const Finished first = workspace.run({command, "--env", "preview"});

  INFO(first.err);
  CHECK(first.exit_code == 0);
  CHECK(identity(workspace) == Rows{{"preview", "development"}});
}

TEST_CASE("the server's marks are part of an identity", "[identity]") {
  Workspace workspace(Engine::postgres);
  write_project(workspace);

  workspace.run({"up"});

  CHECK(workspace.value("SELECT i.system_identifier = c.system_identifier::text AND i.database_oid = d.oid::text FROM seedbed.identity i, "
                        "pg_control_system() c, pg_database d WHERE d.datname = current_database()") == "t");
}

TEST_CASE("a server whose marks the role may not read is known by its database alone", "[identity]") {
  TestDatabase database(Engine::postgres);
  const auto connection = seedbed::host::connect(seedbed::host::parse_url(database.url(), "/"), {});
  connection->execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
  connection->execute("SET ROLE pg_monitor");

  const seedbed::host::DatabaseFacts facts = connection->identify("seedbed.identity");

  CHECK(facts.system.empty());
  CHECK(facts.oid == database.value("SELECT oid FROM pg_database WHERE datname = current_database()"));
  CHECK(facts.name == database.value("SELECT current_database()"));
  CHECK_FALSE(facts.has_table);
}

TEST_CASE("every command refuses the database of another environment before it reads anything else", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::vector<std::string> command =
      GENERATE(std::vector<std::string>{"up"}, std::vector<std::string>{"up", "--dry-run"}, std::vector<std::string>{"seed"},
               std::vector<std::string>{"seed", "--clear"}, std::vector<std::string>{"status"}, std::vector<std::string>{"log"},
               std::vector<std::string>{"down"}, std::vector<std::string>{"reset"}, std::vector<std::string>{"repair"},
               std::vector<std::string>{"repair", "--all"}, std::vector<std::string>{"stamp", "latest"}, std::vector<std::string>{"adopt"});
  write_project(workspace);
  workspace.run({"up", "--env", "production"});
  workspace.write("migrations/20260102120000_later.sql", "CREATE TABLE later (a integer);\n");
  const std::string runs_before = runs(workspace);
  // It would be an error of its own if it were read.
  workspace.database().execute("ALTER TABLE " + workspace.ledger("migrations") + " RENAME COLUMN file TO hidden");

  const Finished refused = workspace.run(command);

  INFO(refused.err);
  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("the database is that of environment \"production\" (tier production), the settings are "
                                            "those of \"local\" (tier development)"));
  CHECK_THAT(refused.err, ContainsSubstring("nothing was changed"));
  CHECK(runs(workspace) == runs_before);
  CHECK(identity(workspace) == Rows{{"production", "production"}});
}

TEST_CASE("an environment of another name and one of another tier are others", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);
  workspace.run({"up"});

  const Finished renamed = workspace.run({"up", "--env", "preview"});
  const Finished raised = workspace.run({"up", "--tier", "staging"});
  const Finished same = workspace.run({"up"});

  CHECK(renamed.exit_code == 4);
  CHECK_THAT(renamed.err, ContainsSubstring("the settings are those of \"preview\" (tier development)"));
  CHECK(raised.exit_code == 4);
  CHECK_THAT(raised.err, ContainsSubstring("the settings are those of \"local\" (tier staging)"));
  CHECK(same.exit_code == 0);
}

TEST_CASE("a run without seedbed.toml is refused the database of an environment", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);
  workspace.run({"up", "--env", "staging"});
  std::filesystem::remove(workspace.path("seedbed.toml"));

  const Finished refused = workspace.run({"up"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("the database is that of environment \"staging\" (tier staging)"));
}

TEST_CASE("a refused restored copy is told how to be stamped anew", "[identity]") {
  Workspace workspace(Engine::postgres);
  write_project(workspace);
  workspace.run({"up", "--env", "staging"});

  const Finished original = workspace.run({"up", "--env", "local"});
  pretend_copy(workspace);
  const Finished copy = workspace.run({"up", "--env", "local"});

  CHECK(original.exit_code == 4);
  CHECK_THAT(original.err, !ContainsSubstring("restored copy"));
  CHECK(copy.exit_code == 4);
  CHECK_THAT(copy.err, ContainsSubstring("It looks like a restored copy"));
  CHECK_THAT(copy.err, ContainsSubstring(", was 5; oid of the database "));
  CHECK_THAT(copy.err, ContainsSubstring("seedbed stamp --identity --env local --url "));
}

TEST_CASE("a refused copy of a file is told how to be stamped anew", "[identity]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  workspace.run({"up", "--env", "staging"});
  workspace.database().execute("PRAGMA wal_checkpoint(TRUNCATE)");
  std::filesystem::copy_file(workspace.database().url().substr(7), workspace.path("copy.db"));

  const Finished copy = workspace.program().run({"up", "--url", "copy.db"});
  const Finished stamped = workspace.program().run({"stamp", "--identity", "--url", "copy.db"});

  CHECK(copy.exit_code == 4);
  CHECK_THAT(copy.err, ContainsSubstring("If it is a restored copy, and is to be that of \"local\" from now on:\n"
                                         "          seedbed stamp --identity --url copy.db\n"));
  CHECK(stamped.exit_code == 4);
  CHECK_THAT(stamped.err, ContainsSubstring("without consent"));
}

TEST_CASE("a server that is another says so once and is remembered", "[identity]") {
  Workspace workspace(Engine::postgres);
  write_project(workspace);
  workspace.run({"up", "--no-seed"});
  const std::string id_before = id(workspace);
  pretend_copy(workspace);

  const Finished status = workspace.run({"status"});
  const Finished dry = workspace.run({"up", "--no-seed", "--dry-run"});
  const std::string then = workspace.value("SELECT system_identifier FROM seedbed.identity");
  const Finished up = workspace.run({"up", "--no-seed"});
  const Finished again = workspace.run({"up", "--no-seed"});

  CHECK(status.exit_code == 0);
  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, ContainsSubstring("note: The database is on another server than before"));
  CHECK(then == "5");
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("note: The database is on another server than before, as after an upgrade, a failover or a restore: "
                                       "system identifier "));
  CHECK_THAT(again.out, !ContainsSubstring("another server"));
  CHECK(workspace.value("SELECT system_identifier <> '5' AND database_oid <> '1' FROM seedbed.identity") == "t");
  CHECK(id(workspace) == id_before);
}

TEST_CASE("a ledger that has lost its identity is refused by every command", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.database().execute("DELETE FROM " + workspace.ledger("identity"));

  for (const char* command : {"status", "up", "seed", "reset", "down"}) {
    const Finished refused = workspace.run({command});

    CHECK(refused.exit_code == 4);
    CHECK_THAT(refused.err, ContainsSubstring("the ledger is damaged: " + workspace.ledger("identity") + " has lost its only row"));
    CHECK_THAT(refused.err, ContainsSubstring("seedbed stamp VERSION"));
  }
  CHECK(workspace.run({"doctor"}).exit_code == 3);
}

TEST_CASE("a database in memory belongs to nobody", "[identity]") {
  const Workspace workspace(Engine::sqlite);
  write_project(workspace);

  const Finished staging = workspace.program().run({"up", "--env", "staging", "--url", "sqlite::memory:"});
  const Finished local = workspace.program().run({"up", "--url", "sqlite::memory:"});

  CHECK(staging.exit_code == 0);
  CHECK(local.exit_code == 0);
}

TEST_CASE("a database of development gets another identity without consent", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);
  workspace.run({"up"});
  const std::string id_before = id(workspace);

  const Finished stamp = workspace.run({"stamp", "--identity", "--env", "staging"});
  const Finished again = workspace.run({"stamp", "--identity", "--env", "staging"});
  const Finished up = workspace.run({"up", "--env", "staging"});
  const Finished log = workspace.run({"log", "--env", "staging"});

  INFO(stamp.err);
  CHECK(stamp.exit_code == 0);
  CHECK_THAT(stamp.out, ContainsSubstring("identity     environment staging, tier staging (was local, tier development)"));
  CHECK(identity(workspace) == Rows{{"staging", "staging"}});
  CHECK(id(workspace) != id_before);
  CHECK_THAT(again.out, ContainsSubstring("note: The database is that of environment \"staging\", tier staging, already."));
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 up to date"));
  CHECK_THAT(log.out, ContainsSubstring("stamp"));
}

TEST_CASE("an identity above development is given up with consent alone", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string environment = GENERATE("staging", "production");
  write_project(workspace);
  workspace.run({"up", "--env", environment});

  const Finished refused = workspace.run({"stamp", "--identity"});
  const Rows kept = identity(workspace);
  const Finished done = workspace.run({"stamp", "--identity", "--confirm", phrase(refused)});
  const Finished up = workspace.run({"up"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("stamp --identity is refused in tier " + environment + " without consent"));
  CHECK_THAT(refused.err, ContainsSubstring("tier " + environment + " from a database with 1 migration, in "));
  CHECK(kept == Rows{{environment, environment}});
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK(identity(workspace) == Rows{{"local", "development"}});
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations")) == "1");
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("seeds")) == "1");
}

TEST_CASE("a copy needs consent as well and loses the lock that it inherited", "[identity]") {
  Workspace workspace(Engine::postgres);
  write_project(workspace);
  workspace.run({"up", "--env", "staging"});
  pretend_copy(workspace);
  workspace.database().execute("UPDATE seedbed.lock SET run = 'x', operator = 'ada', host = 'h', process = 1, backend = NULL, since = now(), "
                               "lease_until = now() + interval '1 hour' WHERE id = 1");

  const Finished refused = workspace.run({"stamp", "--identity"});
  const Finished done = workspace.run({"stamp", "--identity", "--confirm", phrase(refused), "--lock-timeout", "1s"});

  CHECK(refused.exit_code == 4);
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM seedbed.lock WHERE run IS NOT NULL OR lease_until IS NOT NULL") == "0");
  CHECK(workspace.value("SELECT system_identifier <> '5' FROM seedbed.identity") == "t");
}

TEST_CASE("a database without a ledger can be given its identity first", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);

  const Finished stamp = workspace.run({"stamp", "--identity", "--env", "staging"});
  const Finished refused = workspace.run({"up"});
  const Finished up = workspace.run({"up", "--env", "staging"});

  INFO(stamp.err);
  CHECK(stamp.exit_code == 0);
  CHECK_THAT(stamp.out, ContainsSubstring("identity     environment staging, tier staging\n"));
  CHECK(identity(workspace) == Rows{{"staging", "staging"}});
  CHECK(refused.exit_code == 4);
  CHECK(up.exit_code == 0);
}

TEST_CASE("stamp takes a version or an identity", "[identity]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_project(workspace);

  const Finished both = workspace.run({"stamp", "--identity", "latest"});
  const Finished phrase_alone = workspace.run({"stamp", "latest", "--confirm", "x"});

  CHECK(both.exit_code == 2);
  CHECK_THAT(both.err, ContainsSubstring("\"--identity\" and a version contradict each other"));
  CHECK(phrase_alone.exit_code == 2);
  CHECK_THAT(phrase_alone.err, ContainsSubstring("\"--confirm\" has no meaning without \"--identity\""));
  CHECK(workspace.untouched());
}

TEST_CASE("a change of identity prints what a person has read once", "[identity]") {
  Workspace workspace(Engine::sqlite);
  write_project(workspace);
  workspace.run({"up"});

  check_golden("run/stamp_identity.txt", workspace.shown(workspace.run({"stamp", "--identity", "--env", "staging"})));
}
