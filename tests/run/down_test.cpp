// down: migrations reverted by their down parts.

#include <filesystem>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
using Rows = std::vector<std::vector<std::string>>;

namespace {

std::string with_down(const std::string& table) {
  return "-- seedbed: up\nCREATE TABLE " + table + " (id integer PRIMARY KEY);\n-- seedbed: down\nDROP TABLE " + table + ";\n";
}

/// Tables a, b and c, a migration each.
void write_history(const Workspace& workspace) {
  workspace.write("migrations/20260101120000_a.sql", with_down("a"));
  workspace.write("migrations/20260102120000_b.sql", with_down("b"));
  workspace.write("migrations/20260103120000_c.sql", with_down("c"));
}

Rows applied(Workspace& workspace) {
  return workspace.database().rows("SELECT version FROM " + workspace.ledger("migrations") + " ORDER BY version");
}

bool has_table(Workspace& workspace, const std::string& table) {
  try {
    workspace.value("SELECT count(*) FROM " + table);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

TEST_CASE("down reverts the migration that was applied last", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up"});

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 0);
  CHECK_THAT(down.out, ContainsSubstring("reverted     20260103120000_c.sql"));
  CHECK(applied(workspace) == Rows{{"20260101120000"}, {"20260102120000"}});
  CHECK(has_table(workspace, "b"));
  CHECK_FALSE(has_table(workspace, "c"));
  CHECK(workspace.database().rows("SELECT command, outcome, migrations FROM " + workspace.ledger("runs") +
                                  " ORDER BY started_at") == Rows{{"up", "done", "3"}, {"down", "done", "1"}});
}

TEST_CASE("what was reverted is pending again and can be applied again", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up"});

  const Finished down = workspace.run({"down", "2"});
  const Finished up = workspace.run({"up"});

  CHECK(down.exit_code == 0);
  CHECK_THAT(down.out, ContainsSubstring("2 migrations reverted"));
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("2 applied    1 up to date"));
}

TEST_CASE("down to a version reverts what is above it", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up"});

  const Finished down = workspace.run({"down", "--to", "20260101120000"});
  const Rows after = applied(workspace);
  const Finished all = workspace.run({"down", "--to", "0"});

  CHECK(down.exit_code == 0);
  CHECK(after == Rows{{"20260101120000"}});
  CHECK(all.exit_code == 0);
  CHECK(applied(workspace).empty());
  CHECK_FALSE(has_table(workspace, "a"));
}

TEST_CASE("down to a version leaves older ones that were applied late", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260102120000_b.sql", with_down("b"));
  workspace.write("migrations/20260103120000_c.sql", with_down("c"));
  workspace.run({"up"});
  workspace.write("migrations/20260101120000_a.sql", with_down("a"));
  workspace.run({"up"});

  const Finished down = workspace.run({"down", "--to", "20260102120000"});

  CHECK(down.exit_code == 0);
  CHECK(applied(workspace) == Rows{{"20260101120000"}, {"20260102120000"}});
}

TEST_CASE("a version to go down to has to be known and applied", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up", "--to", "20260102120000"});

  const Finished unknown = workspace.run({"down", "--to", "20260101120001"});
  const Finished pending = workspace.run({"down", "--to", "20260103120000"});

  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("Perhaps \"20260101120000\" is meant."));
  CHECK(pending.exit_code == 2);
  CHECK_THAT(pending.err, ContainsSubstring("migration \"20260103120000\" is not applied"));
  CHECK(applied(workspace).size() == 2);
}

TEST_CASE("a migration without a down part is named before anything is reverted", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.write("migrations/20260102120000_b.sql", "CREATE TABLE b (id integer PRIMARY KEY);\n");
  workspace.run({"up"});

  const Finished down = workspace.run({"down", "2"});

  CHECK(down.exit_code == 4);
  CHECK_THAT(down.err, ContainsSubstring("migration \"20260102120000_b.sql\" has no down part"));
  CHECK_THAT(down.err, ContainsSubstring("at:     migrations/20260102120000_b.sql"));
  CHECK(applied(workspace).size() == 3);
  CHECK(has_table(workspace, "c"));
}

TEST_CASE("a migration whose file is not here is named before anything is reverted", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up"});
  std::filesystem::remove(workspace.path("migrations/20260102120000_b.sql"));

  const Finished down = workspace.run({"down", "2"});

  CHECK(down.exit_code == 4);
  CHECK_THAT(down.err, ContainsSubstring("the file of migration \"20260102120000_b.sql\" is not here"));
  CHECK(has_table(workspace, "c"));
}

TEST_CASE("an edited file is no obstacle to reverting it", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up"});
  workspace.write("migrations/20260103120000_c.sql", with_down("c") + "DROP TABLE IF EXISTS elsewhere;\n");

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 0);
  CHECK(applied(workspace).size() == 2);
}

TEST_CASE("a down part that fails is rolled back with its place and keeps those before it", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.write("migrations/20260102120000_b.sql",
                  "-- seedbed: up\nCREATE TABLE b (id integer PRIMARY KEY);\n-- seedbed: down\nDROP TABLE b;\nDROP TABLE nowhere;\n");
  workspace.run({"up"});

  const Finished down = workspace.run({"down", "3"});

  CHECK(down.exit_code == 1);
  CHECK_THAT(down.err, ContainsSubstring("reverting migration \"20260102120000_b.sql\" failed: "));
  CHECK_THAT(down.err, ContainsSubstring("migrations/20260102120000_b.sql:5:"));
  CHECK_THAT(down.err, ContainsSubstring("Reverted by this run before it, and done: 20260103120000_c.sql."));
  CHECK(applied(workspace) == Rows{{"20260101120000"}, {"20260102120000"}});
  CHECK(has_table(workspace, "b"));
  CHECK_FALSE(has_table(workspace, "c"));
}

TEST_CASE("a dry run of down executes the down parts and rolls them back", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up"});

  const Finished down = workspace.run({"down", "2", "--dry-run"});

  CHECK(down.exit_code == 0);
  CHECK_THAT(down.out, ContainsSubstring("20260102120000_b.sql"));
  CHECK_THAT(down.out, ContainsSubstring("dry run: rolled back"));
  CHECK(applied(workspace).size() == 3);
  CHECK(has_table(workspace, "c"));
}

TEST_CASE("a dry run of down tells an error without changing anything", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_a.sql",
                  "-- seedbed: up\nCREATE TABLE a (id integer);\n-- seedbed: down\nDROP TABLE nowhere;\n");
  workspace.run({"up"});

  const Finished down = workspace.run({"down", "--dry-run"});

  CHECK(down.exit_code == 1);
  CHECK_THAT(down.err, ContainsSubstring("It was a dry run: nothing was changed."));
  CHECK(applied(workspace).size() == 1);
}

TEST_CASE("a down part that has to run outside a transaction does", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_a.sql",
                  "-- seedbed: up\nCREATE TABLE a (id integer);\n-- seedbed: down\nDROP TABLE a;\nVACUUM;\n");
  workspace.run({"up"});

  const Finished dry = workspace.run({"down", "--dry-run"});
  const Finished down = workspace.run({"down", "-v"});

  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, ContainsSubstring("down part of 20260101120000_a.sql"));
  CHECK_THAT(dry.out, ContainsSubstring("cannot run in a transaction"));
  CHECK(down.exit_code == 0);
  CHECK_THAT(down.err, ContainsSubstring("statement_started"));
  CHECK(applied(workspace).empty());
}

TEST_CASE("a down part outside a transaction that fails says what took effect", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (id integer);\n");
  workspace.write("migrations/20260101120000_a.down.sql", "-- seedbed: no-transaction\nDROP TABLE a;\nDROP TABLE nowhere;\n");
  workspace.run({"up"});

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 1);
  CHECK_THAT(down.err, ContainsSubstring("20260101120000_a.down.sql:3:"));
  CHECK_THAT(down.err, ContainsSubstring("1 of its 2 statements took effect and are recorded."));
  CHECK_THAT(down.err, ContainsSubstring("The migration still counts as applied."));
  CHECK(applied(workspace).size() == 1);
}

TEST_CASE("a down part outside a transaction goes on at the statement that failed", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (id integer);\n");
  workspace.write("migrations/20260101120000_a.down.sql", "-- seedbed: no-transaction\nDROP TABLE a;\nDROP TABLE nowhere;\n");
  workspace.run({"up"});
  workspace.run({"down"});
  const Finished status = workspace.run({"status"});
  const Finished repair = workspace.run({"repair"});
  workspace.write("migrations/20260101120000_a.down.sql", "-- seedbed: no-transaction\nDROP TABLE a;\nSELECT 1;\n");

  const Finished down = workspace.run({"down"});

  CHECK_THAT(status.out, ContainsSubstring("20260101120000_a.sql  half reverted  20"));
  CHECK_THAT(status.out, ContainsSubstring("20260101120000_a.sql is half reverted: its down part stopped at statement 2 of 2 (line 3); \"seedbed down\" goes on where it stopped."));
  CHECK_THAT(repair.out, ContainsSubstring("its down part stopped at statement 2 of 2 (line 3); these took effect:"));
  CHECK_THAT(repair.out, ContainsSubstring("DROP TABLE a"));
  INFO(down.err);
  CHECK(down.exit_code == 0);
  CHECK(applied(workspace).empty());
  CHECK(workspace.run({"up"}).exit_code == 0);
  CHECK(has_table(workspace, "a"));
}

TEST_CASE("a half reverted migration whose down part was edited is refused until it is abandoned", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string file = "migrations/20260101120000_a.down.sql";
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (id integer);\n");
  workspace.write(file, "-- seedbed: no-transaction\nDROP TABLE a;\nDROP TABLE nowhere;\n");
  workspace.run({"up"});
  workspace.run({"down"});
  workspace.write(file, "-- seedbed: no-transaction\nSELECT 1;\n");

  const Finished refused = workspace.run({"down"});
  const Finished abandoned = workspace.run({"repair", "--abandon", "20260101120000"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("is half reverted and was edited since"));
  CHECK(abandoned.exit_code == 0);
  CHECK(workspace.run({"down"}).exit_code == 0);
  CHECK(applied(workspace).empty());
}

TEST_CASE("a half reverted migration is mentioned by up", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (id integer);\n");
  workspace.write("migrations/20260101120000_a.down.sql", "-- seedbed: no-transaction\nDROP TABLE a;\nDROP TABLE nowhere;\n");
  workspace.run({"up"});
  const Finished whole = workspace.run({"up"});
  workspace.run({"down"});

  const Finished half = workspace.run({"up"});

  CHECK_THAT(whole.out, !ContainsSubstring("half reverted"));
  CHECK(half.exit_code == 0);
  CHECK_THAT(half.out, ContainsSubstring("20260101120000_a.sql is half reverted and counts as applied"));
}

TEST_CASE("a down part has the kind of transaction that it asks for", "[down]") {
  Workspace workspace(Engine::postgres);
  const std::string begin = GENERATE("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSET TRANSACTION READ WRITE;\n",
                                     "BEGIN ISOLATION LEVEL SERIALIZABLE;\n", "BEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n");
  const std::string end = begin.starts_with("BEGIN") ? "COMMIT;\n" : "";
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (id integer);\n");
  workspace.write("migrations/20260101120000_a.down.sql",
                  begin + "CREATE TABLE level AS SELECT current_setting('transaction_isolation') AS name;\nDROP TABLE a;\n" + end);
  workspace.run({"up"});

  const Finished tried = workspace.run({"down", "--dry-run"});
  const Finished down = workspace.run({"down"});

  CHECK(tried.exit_code == 0);
  CHECK_THAT(tried.out, ContainsSubstring("it chooses the kind of its transaction"));
  INFO(down.err);
  CHECK(down.exit_code == 0);
  CHECK(workspace.value("SELECT name FROM level") == "serializable");
}

TEST_CASE("an error in what a down part says of its transaction stands at its place", "[down]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (id integer);\n");
  workspace.write("migrations/20260101120000_a.down.sql", "-- what it is\nBEGIN ISOLATION LEVEL HIGH;\nDROP TABLE a;\nCOMMIT;\n");
  workspace.run({"up"});

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 1);
  CHECK_THAT(down.err, ContainsSubstring("20260101120000_a.down.sql:2:"));
  CHECK(has_table(workspace, "a"));
}

TEST_CASE("transaction control in a down part is refused with its line", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (id integer);\n");
  workspace.write("migrations/20260101120000_a.down.sql", "DROP TABLE a;\nCOMMIT;\nSELECT 1;\n");
  workspace.run({"up"});

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 4);
  CHECK_THAT(down.err, ContainsSubstring("20260101120000_a.down.sql:2:1"));
  CHECK(has_table(workspace, "a"));
}

TEST_CASE("down with nothing applied changes nothing", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 0);
  CHECK_THAT(down.out, ContainsSubstring("note: No migration is applied"));
  CHECK(workspace.untouched());
}

TEST_CASE("down by more than is applied reverts all and says so", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up"});

  const Finished down = workspace.run({"down", "7"});

  CHECK(down.exit_code == 0);
  CHECK_THAT(down.out, ContainsSubstring("note: Only 3 migrations were applied."));
  CHECK(applied(workspace).empty());
}

TEST_CASE("down takes a number or a version but nothing else", "[down]") {
  Workspace workspace(Engine::sqlite);
  write_history(workspace);

  CHECK_THAT(workspace.run({"down", "0"}).err, ContainsSubstring("\"0\" is not the number of migrations to revert: a whole number from 1"));
  CHECK_THAT(workspace.run({"down", "two"}).err, ContainsSubstring("a whole number from 1"));
  CHECK(workspace.run({"down", "1", "--to", "0"}).exit_code == 2);
}

TEST_CASE("a dry run of down only lists in production", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up", "--tier", "production"});

  const Finished down = workspace.run({"down", "--tier", "production", "--dry-run"});

  CHECK(down.exit_code == 0);
  CHECK_THAT(down.out, ContainsSubstring("a dry run only lists in tier production"));
  CHECK(applied(workspace).size() == 3);
}

TEST_CASE("hooks after migrating run after reverting", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"sqlite:unused.db\"\n"
                                  "[hooks]\nafter_migrate = [\"INSERT INTO a (id) SELECT count(*) FROM a\"]\n");
  write_history(workspace);
  workspace.run({"up"});

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "2");
}

TEST_CASE("a seeder whose table went away fills it again when it is back", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.write_seeder("once", "INSERT INTO c VALUES (1) ON CONFLICT DO NOTHING;\n", "writes = [\"c\"]\nrun = \"once\"\n");
  workspace.write("seed.sql", "INSERT INTO c VALUES (2);\n");
  workspace.run({"up", "--sql", "seed.sql"});

  const Finished down = workspace.run({"down"});
  const Finished up = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(down.exit_code == 0);
  CHECK_THAT(down.out, ContainsSubstring("note: Table c is gone; \"seedbed up\" lets once fill it again."));
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM c") == "2");
}

TEST_CASE("a repeatable migration is no step to revert", "[down]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/V1__a.sql", "CREATE TABLE a (id integer);\n");
  workspace.write("migrations/U1__a.sql", "DROP TABLE a;\n");
  workspace.write("migrations/R__one.sql", "CREATE VIEW one AS SELECT 1 AS x;\n");
  workspace.run({"up"});

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 0);
  CHECK(applied(workspace) == Rows{{"R__one"}});
}

TEST_CASE("a table of SQLite is rebuilt by a down part as well", "[down]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260101120000_shop.sql",
                  "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT);\n"
                  "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customer ON DELETE CASCADE);\n"
                  "INSERT INTO customer VALUES (1, 'Ada'); INSERT INTO orders VALUES (1, 1);\n");
  workspace.write("migrations/20260102120000_nothing.sql", "SELECT 1;\n");
  workspace.write("migrations/20260102120000_nothing.down.sql",
                  "PRAGMA foreign_keys = OFF;\nCREATE TABLE customer_new (id INTEGER PRIMARY KEY);\n"
                  "INSERT INTO customer_new SELECT id FROM customer;\nDROP TABLE customer;\n"
                  "ALTER TABLE customer_new RENAME TO customer;\nPRAGMA foreign_keys = ON;\n");
  workspace.run({"up"});

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM orders") == "1");
}

TEST_CASE("down takes its rows out of Supabase's history as well", "[down]") {
  Workspace workspace(Engine::postgres);
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[migrations]\nhistory = \"supabase\"\n"
                                  "[environments.local]\nurl = \"sqlite:unused.db\"\n");
  write_history(workspace);
  workspace.run({"up"});

  const Finished down = workspace.run({"down"});

  CHECK(down.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM supabase_migrations.schema_migrations") == "2");
  CHECK(applied(workspace).size() == 2);
}

TEST_CASE("down prints what a person has read once", "[down]") {
  Workspace workspace(Engine::sqlite);
  write_history(workspace);
  workspace.run({"up"});

  check_golden("run/down_dry_run.txt", workspace.shown(workspace.run({"down", "2", "--dry-run"})));
  check_golden("run/down_dry_run.json", workspace.shown(workspace.run({"down", "2", "--dry-run", "--format", "json"})));
  check_golden("run/down_dry_run.md", workspace.shown(workspace.run({"down", "2", "--dry-run", "--format", "markdown"})));
  check_golden("run/down.txt", workspace.shown(workspace.run({"down", "2"})));
}
