// Migrations of a run: applied once, each with its ledger row, and refused when they are not what
// they were.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
using Rows = std::vector<std::vector<std::string>>;

namespace {

constexpr const char* kBroken =
    "CREATE TABLE first (a integer);\n"
    "CREATE TABLE second (a integer);\n"
    "CREATE TABEL third (a integer);\n"
    "CREATE TABLE fourth (a integer);\n"
    "CREATE TABLE fifth (a integer);\n";

std::string applied(Workspace& workspace) {
  return workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations"));
}

}  // namespace

TEST_CASE("a syntax error leaves nothing of its migration and keeps the earlier ones", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_break.sql", kBroken);

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("migration \"20260102120000_break.sql\" failed: "));
  CHECK_THAT(up.err, ContainsSubstring("migrations/20260102120000_break.sql:3:8"));
  CHECK_THAT(up.err, ContainsSubstring("          CREATE TABEL third (a integer);\n                 ^\n"));
  CHECK_THAT(up.err, ContainsSubstring("kept: 20260101120000_create_customer.sql."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
  CHECK_THROWS(workspace.value("SELECT count(*) FROM first"));
  CHECK(applied(workspace) == "1");
}

TEST_CASE("a run that failed is recorded and the next one goes on from there", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_break.sql", kBroken);
  workspace.run({"up"});
  workspace.write("migrations/20260102120000_break.sql", "CREATE TABLE mended (a integer);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 applied"));
  CHECK(workspace.database().rows("SELECT command, outcome, migrations FROM " + workspace.ledger("runs") +
                                  " ORDER BY started_at") == Rows{{"up", "failed", "1"}, {"up", "done", "1"}});
}

TEST_CASE("two migrations of one version are refused before anything is applied", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260101120000_create_product.sql", "CREATE TABLE product (a integer);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("20260101120000_create_customer.sql"));
  CHECK_THAT(up.err, ContainsSubstring("20260101120000_create_product.sql"));
  CHECK(workspace.untouched());
}

TEST_CASE("a name that fits no format is refused before anything is applied", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/add-product.sql", "CREATE TABLE product (a integer);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("add-product.sql"));
  CHECK(workspace.untouched());
}

TEST_CASE("transaction control inside a migration is refused with its line", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_split.sql", "CREATE TABLE a (x integer);\nCOMMIT;\nCREATE TABLE b (x integer);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("migration \"20260102120000_split.sql\" controls transactions itself"));
  CHECK_THAT(up.err, ContainsSubstring("20260102120000_split.sql:2:1"));
  CHECK(workspace.untouched());
}

TEST_CASE("a file with transactions of its own runs as it is written when it is told to", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_split.sql",
                  "BEGIN;\nCREATE TABLE a (x integer);\nCOMMIT;\nBEGIN;\nCREATE TABLE b (x integer);\nROLLBACK;\n");

  const Finished up = workspace.run({"up", "--own-transactions", "as-is"});
  const Finished again = workspace.run({"up", "--own-transactions", "as-is"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "0");
  CHECK_THROWS(workspace.value("SELECT count(*) FROM b"));
  CHECK(applied(workspace) == "2");
  CHECK_THAT(again.out, ContainsSubstring("2 up to date"));
}

TEST_CASE("a file that leaves a transaction of its own open is not recorded", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260102120000_open.sql",
                  "CREATE TABLE a (x integer);\nBEGIN;\nCREATE TABLE b (x integer);\n");

  const Finished up = workspace.run({"up", "--own-transactions", "as-is"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("the file begins a transaction that it does not end"));
  CHECK_THAT(up.err, ContainsSubstring("20260102120000_open.sql:2:1"));
  CHECK(workspace.value("SELECT count(*) FROM a") == "0");
  CHECK_THROWS(workspace.value("SELECT count(*) FROM b"));
  CHECK(applied(workspace) == "0");
}

TEST_CASE("a file with transactions of its own that fails is rolled back to its last commit", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260102120000_split.sql",
                  "BEGIN;\nCREATE TABLE a (x integer);\nCOMMIT;\nBEGIN;\nCREATE TABLE b (x integer);\nINSERT INTO nowhere VALUES (1);\nCOMMIT;\n");

  const Finished up = workspace.run({"up", "--own-transactions", "as-is"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("20260102120000_split.sql:6:"));
  CHECK(workspace.value("SELECT count(*) FROM a") == "0");
  CHECK_THROWS(workspace.value("SELECT count(*) FROM b"));
  CHECK(applied(workspace) == "0");
}

TEST_CASE("BEGIN and COMMIT around a whole migration are its transaction", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260102120000_wrapped.sql", "BEGIN;\nCREATE TABLE a (x integer);\nCOMMIT;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(applied(workspace) == "1");
}

TEST_CASE("several transactions of a file are one", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string file = "migrations/20260102120000_blocks.sql";
  const std::string blocks = "BEGIN;\nCREATE TABLE a (x integer);\nCOMMIT;\nBEGIN;\nINSERT INTO a VALUES (1);\nCOMMIT;\n";
  workspace.write(file, blocks + "BEGIN;\nINSERT INTO nowhere VALUES (1);\nCOMMIT;\n");

  const Finished broken = workspace.run({"up"});
  const bool nothing_remains = applied(workspace) == "0";
  const bool no_table = workspace.value(workspace.engine() == Engine::postgres ? "SELECT to_regclass('a') IS NULL"
                                                                               : "SELECT count(*) FROM sqlite_schema WHERE name = 'a'") ==
                        (workspace.engine() == Engine::postgres ? "t" : "0");
  workspace.write(file, blocks);
  const Finished up = workspace.run({"up"});

  CHECK(broken.exit_code == 1);
  CHECK_THAT(broken.err, ContainsSubstring("20260102120000_blocks.sql:8:"));
  CHECK(nothing_remains);
  CHECK(no_table);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "1");
  CHECK(workspace.value("SELECT origin FROM " + workspace.ledger("migrations")) == "applied");
}

TEST_CASE("several transactions of a file run as they were written when asked to", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_mood.sql", "CREATE TYPE mood AS ENUM ('sad');\n");
  workspace.write("migrations/20260102120000_enum.sql",
                  "BEGIN;\nALTER TYPE mood ADD VALUE 'ok';\nCOMMIT;\nBEGIN;\nCREATE TABLE a AS SELECT 'ok'::mood AS m;\nCOMMIT;\n");

  const Finished as_one = workspace.run({"up"});
  const Finished up = workspace.run({"up", "--own-transactions", "as-is"});

  CHECK(as_one.exit_code == 1);
  CHECK_THAT(as_one.err, ContainsSubstring("SQLSTATE 55P04"));
  CHECK_THAT(as_one.err, ContainsSubstring("--own-transactions as-is"));
  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows("SELECT origin FROM seedbed.migrations ORDER BY version") == Rows{{"applied"}, {"as-is"}});
}

TEST_CASE("what another tool would have filled in is told from a slip", "[run]") {
  using Case = std::pair<std::string, std::string>;
  const Case wanted = GENERATE(Case{"CREATE SCHEMA :name;\n", "a variable of psql's"}, Case{"CREATE TABLE {{.prefix}}a (x integer);\n", "a template of the tool"},
                               Case{"CREATE TABLE ${prefix}a (x integer);\n", "a placeholder"});
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_a.sql", wanted.first);

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring(wanted.second));
}

TEST_CASE("a file outside a transaction uses the enum value that it adds", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_mood.sql", "CREATE TYPE mood AS ENUM ('sad');\n");
  workspace.write("migrations/20260102120000_ok.sql",
                  "-- atlas:txmode none\n\n-- Add value\nALTER TYPE mood ADD VALUE 'ok';\nCREATE TABLE a (m mood DEFAULT 'ok');\n");

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM pg_class WHERE relname = 'a'") == "1");
}

TEST_CASE("a block that commits runs in a file that asks for no transaction", "[run]") {
  Workspace workspace(Engine::postgres);
  const std::string file = "migrations/20260101120000_batches.sql";
  const std::string block = "CREATE TABLE a (x integer);\nDO $$ BEGIN INSERT INTO a VALUES (1); COMMIT; INSERT INTO a VALUES (2); COMMIT; END $$;\n";
  workspace.write(file, block);

  const Finished inside = workspace.run({"up"});
  workspace.write(file, "-- no-transaction\n" + block);
  const Finished outside = workspace.run({"up"});

  CHECK(inside.exit_code == 1);
  CHECK_THAT(inside.err, ContainsSubstring("20260101120000_batches.sql:2:"));
  CHECK_THAT(inside.err, ContainsSubstring("-- seedbed: no-transaction"));
  INFO(outside.err);
  CHECK(outside.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "2");
}

TEST_CASE("a file that runs as it was written is recorded as such", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_own.sql", "BEGIN;\nCREATE TABLE a (x integer);\nROLLBACK;\n");
  workspace.write("migrations/20260102120000_wrapped.sql", "BEGIN;\nCREATE TABLE a (x integer);\nCOMMIT;\n");

  const Finished up = workspace.run({"up", "--own-transactions", "as-is"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows("SELECT version, origin FROM " + workspace.ledger("migrations") + " ORDER BY version") ==
        Rows{{"20260101120000", "as-is"}, {"20260102120000", "applied"}});
}

TEST_CASE("progress is recorded whatever role a file outside a transaction has set", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.database().execute("GRANT CREATE ON SCHEMA public TO pg_monitor");
  const std::string setting = GENERATE("SET ROLE pg_monitor", "SET SESSION AUTHORIZATION pg_monitor",
                                       "BEGIN; SET ROLE pg_monitor; SELECT 1; COMMIT", "BEGIN; SET LOCAL ROLE pg_monitor; COMMIT");
  workspace.write("migrations/20260102120000_role.sql",
                  "-- seedbed: no-transaction\nCREATE TABLE seen (who text);\nGRANT INSERT ON seen TO public;\n" + setting +
                      ";\nINSERT INTO seen VALUES (current_user);\nINSERT INTO seen VALUES (current_user);\nINSERT INTO nowhere VALUES (1);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("relation \"nowhere\" does not exist"));
  CHECK(workspace.database().rows("SELECT DISTINCT who FROM seen") ==
        Rows{{setting.find("LOCAL") != std::string::npos ? "postgres" : "pg_monitor"}});
  CHECK(std::stoi(workspace.value("SELECT count(*) FROM seedbed.statements")) >= 5);
}

TEST_CASE("a statement that cannot run in a transaction runs outside of one", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_tidy.sql", "VACUUM;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(applied(workspace) == "2");
}

TEST_CASE("a file outside a transaction that fails says what remains", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260102120000_tidy.sql",
                  "-- seedbed: no-transaction\nCREATE TABLE a (x integer);\nINSERT INTO nowhere VALUES (1);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("20260102120000_tidy.sql:3:"));
  CHECK_THAT(up.err, ContainsSubstring("1 of its 2 statements took effect and are recorded"));
  CHECK_THAT(up.err, !ContainsSubstring("the database is as before"));
  CHECK_THAT(up.out, ContainsSubstring("part of a migration may remain"));
  CHECK(workspace.value("SELECT count(*) FROM a") == "0");
  CHECK(applied(workspace) == "0");
}

TEST_CASE("a file outside a transaction goes on at the statement that failed", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string file = "migrations/20260102120000_tidy.sql";
  const std::string beginning = "-- seedbed: no-transaction\nCREATE TABLE a (x integer);\nINSERT INTO a VALUES (1);\n";
  workspace.write(file, beginning + "INSERT INTO nowhere VALUES (1);\n");
  workspace.run({"up"});
  workspace.write(file, beginning + "INSERT INTO a VALUES (2);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "2");
  CHECK(applied(workspace) == "1");
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("statements")) == "0");
}

TEST_CASE("an index that could not be created concurrently is dropped before it is tried again", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_table.sql", "CREATE TABLE a (x integer);\nINSERT INTO a VALUES (1), (1);\n");
  workspace.write("migrations/20260102120000_index.sql", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"A x\" ON public.a (x);\n");

  const Finished failed = workspace.run({"up"});
  workspace.database().execute("DELETE FROM a WHERE ctid <> (SELECT min(ctid) FROM a)");
  const Finished up = workspace.run({"up"});

  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err, ContainsSubstring("20260102120000_index.sql:1:1"));
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT string_agg(indisvalid::text, ' ') FROM pg_index WHERE indrelid = 'a'::regclass") == "true");
}

TEST_CASE("an index of the same name that somebody else created is not taken for the file's", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_table.sql", "CREATE TABLE a (x integer, y integer);\nCREATE INDEX i ON a (y);\n");
  workspace.write("migrations/20260102120000_index.sql", "CREATE INDEX CONCURRENTLY i ON a (x);\n");

  const Finished first = workspace.run({"up"});
  const Finished second = workspace.run({"up"});

  CHECK(first.exit_code == 1);
  CHECK(second.exit_code == 1);
  CHECK_THAT(second.err, ContainsSubstring("relation \"i\" already exists"));
}

TEST_CASE("what a file outside a transaction rolls back itself is not taken for done when it goes on", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string file = "migrations/20260102120000_own.sql";
  const std::string beginning = "CREATE TABLE a (x integer);\nBEGIN;\nINSERT INTO a VALUES (1);\nROLLBACK;\n"
                                "BEGIN;\nINSERT INTO a VALUES (2);\nCOMMIT;\n";
  workspace.write(file, beginning + "INSERT INTO nowhere VALUES (1);\n");
  const Finished failed = workspace.run({"up", "--own-transactions", "as-is"});
  workspace.write(file, beginning + "INSERT INTO a VALUES (3);\n");

  const Finished up = workspace.run({"up", "--own-transactions", "as-is"});

  CHECK_THAT(failed.err, ContainsSubstring("7 of its 8 statements took effect"));
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT sum(x) FROM a") == "5");
}

TEST_CASE("a half applied file whose first statements were edited is refused", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string file = "migrations/20260102120000_tidy.sql";
  workspace.write(file, "-- seedbed: no-transaction\nCREATE TABLE a (x integer);\nINSERT INTO nowhere VALUES (1);\n");
  workspace.run({"up"});
  workspace.write(file, "-- seedbed: no-transaction\nCREATE TABLE b (x integer);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("is half applied and was edited since"));
}

TEST_CASE("a statement that failed does not count among those that took effect", "[run]") {
  Workspace workspace(Engine::postgres);
  const std::string file = "migrations/20260102120000_tidy.sql";
  workspace.write(file, "CREATE TABLE a (x integer);\nCREATE INDEX CONCURRENTLY i ON nowhere (x);\n");
  workspace.run({"up"});
  workspace.write(file, "CREATE TABLE b (x integer);\nCREATE INDEX CONCURRENTLY i ON b (x);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("Its first 1 statements took effect; statement 1 is another now."));
}

TEST_CASE("files that control transactions run as they were written when asked to", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260102120000_own.sql",
                  "CREATE TABLE a (x integer);\nBEGIN;\nINSERT INTO a VALUES (1);\nCOMMIT;\n"
                  "BEGIN;\nINSERT INTO a VALUES (2);\nROLLBACK;\n");

  const Finished refused = workspace.run({"up"});
  const Finished up = workspace.run({"up", "--own-transactions", "as-is"});
  const Finished again = workspace.run({"up"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("20260102120000_own.sql:7:1"));
  CHECK(up.exit_code == 0);
  CHECK(again.exit_code == 0);
  CHECK(workspace.value("SELECT sum(x) FROM a") == "1");
}

TEST_CASE("an edited migration is refused with both hashes", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.write("migrations/20260101120000_create_customer.sql", "CREATE TABLE customer (email TEXT);\n");

  const Finished up = workspace.run({"up"});
  const Finished status = workspace.run({"status", "--exit-code"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("migration \"20260101120000_create_customer.sql\" was edited after it was applied"));
  CHECK_THAT(up.err, ContainsSubstring("SHA-256"));
  CHECK(status.exit_code == 3);
  CHECK_THAT(status.out, ContainsSubstring("edited"));
  CHECK(workspace.value("SELECT outcome FROM " + workspace.ledger("runs") + " ORDER BY started_at DESC LIMIT 1") == "refused");
}

TEST_CASE("another layout and other comments are no edit", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.write("migrations/20260101120000_create_customer.sql",
                  "-- People.\r\nCREATE TABLE customer (\r\n  email TEXT NOT NULL PRIMARY KEY,\r\n  name TEXT\r\n);\r\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 up to date"));
}

TEST_CASE("a migration that only the database has is reported and is no obstacle", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260103120000_newer.sql", "CREATE TABLE newer (a integer);\n");
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.run({"up", "--no-seed"});
  std::filesystem::remove(workspace.path("migrations/20260103120000_newer.sql"));

  const Finished up = workspace.run({"up"});
  const Finished seed = workspace.run({"seed"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("note: The database has a migration that this folder has not: 20260103120000_newer.sql."));
  CHECK(seed.exit_code == 0);
}

TEST_CASE("an older migration that appears later is refused above development", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260103120000_newer.sql", "CREATE TABLE newer (a integer);\n");
  workspace.run({"up", "--tier", "staging"});
  workspace.write("migrations/20260102120000_older.sql", "CREATE TABLE older (a integer);\n");

  const Finished staging = workspace.run({"up", "--tier", "staging"});

  CHECK(staging.exit_code == 4);
  CHECK_THAT(staging.err, ContainsSubstring("a migration is older than what is already applied: 20260102120000_older.sql"));
}

TEST_CASE("an older migration that appears later is treated as the policy says", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260103120000_newer.sql", "CREATE TABLE newer (a integer);\n");
  workspace.write_seeder("nothing", "SELECT 1;\n", "");
  workspace.run({"up"});
  workspace.write("migrations/20260102120000_older.sql", "CREATE TABLE older (a integer);\n");

  const Finished refused = workspace.run({"up", "--out-of-order", "refuse"});
  const Finished skipped = workspace.run({"up", "--out-of-order", "skip"});
  const std::string after_skip = applied(workspace);
  const Finished seeded = workspace.run({"seed"});
  const Finished done = workspace.run({"up"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("a migration is older than what is already applied: 20260102120000_older.sql"));
  CHECK(skipped.exit_code == 0);
  CHECK_THAT(skipped.out, ContainsSubstring("20260102120000_older.sql is older than what was already applied; it is skipped."));
  CHECK(after_skip == "1");
  CHECK(seeded.exit_code == 3);
  CHECK(done.exit_code == 0);
  CHECK_THAT(done.out, ContainsSubstring("it is applied out of order."));
  CHECK(applied(workspace) == "2");
}

TEST_CASE("a migration that the policy skips does not keep seeders from running", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[migrations]\nout_of_order = \"skip\"\n"
                                  "[environments.local]\nurl = \"sqlite:unused.db\"\n");
  workspace.write("migrations/20260103120000_newer.sql", "CREATE TABLE newer (a integer);\n");
  workspace.write_seeder("nothing", "SELECT 1;\n", "");
  workspace.run({"up"});
  workspace.write("migrations/20260102120000_older.sql", "CREATE TABLE older (a integer);\n");

  const Finished seed = workspace.run({"seed"});
  const Finished status = workspace.run({"status", "--exit-code"});

  CHECK(seed.exit_code == 0);
  CHECK(status.exit_code == 0);
  CHECK_THAT(status.out, ContainsSubstring("out of order"));
}

TEST_CASE("up to a version below the newest migrates no further and does not seed", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_later.sql", "CREATE TABLE later (a integer);\n");
  workspace.write_seeder("customers", insert_customer("a"));

  const Finished below = workspace.run({"up", "--to", "20260101120000"});
  const std::string rows_below = workspace.value("SELECT count(*) FROM customer");
  const Finished newest = workspace.run({"up", "--to", "20260102120000"});

  CHECK(below.exit_code == 0);
  CHECK(rows_below == "0");
  CHECK(newest.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
  CHECK(applied(workspace) == "2");
}

TEST_CASE("a file for the other engine is not applied", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_shop.sqlite.sql", "CREATE TABLE on_sqlite (a integer);\n");
  workspace.write("migrations/20260101120000_shop.postgres.sql", "CREATE TABLE on_postgres (a integer);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value(std::string("SELECT count(*) FROM on_") + seedbed::host::engine_name(workspace.engine())) == "0");
}

TEST_CASE("a constraint that is checked at the end of a migration fails it by name", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_tree.sql",
                  "CREATE TABLE node (id integer PRIMARY KEY, parent integer REFERENCES node DEFERRABLE INITIALLY DEFERRED);\n"
                  "INSERT INTO node VALUES (1, 2);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("migration \"20260101120000_tree.sql\" failed: "));
  CHECK_THAT(up.err, ContainsSubstring("at:     migrations/20260101120000_tree.sql"));
  CHECK_THAT(up.err, ContainsSubstring("\"node\""));
  CHECK(applied(workspace) == "0");
}

TEST_CASE("a rebuilt table of SQLite keeps the rows that refer to it", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260101120000_shop.sql",
                  "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT);\n"
                  "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customer ON DELETE CASCADE);\n"
                  "INSERT INTO customer VALUES (1, 'Ada'); INSERT INTO orders VALUES (1, 1);\n");
  workspace.write("migrations/20260102120000_rebuild.sql",
                  "PRAGMA foreign_keys = OFF;\n"
                  "CREATE TABLE customer_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
                  "INSERT INTO customer_new SELECT * FROM customer;\n"
                  "DROP TABLE customer;\nALTER TABLE customer_new RENAME TO customer;\n"
                  "PRAGMA foreign_keys = ON;\n");
  workspace.write_seeder("orders", "INSERT INTO orders SELECT id + 1, customer FROM orders WHERE id = 1 ON CONFLICT (id) DO NOTHING;\n",
                         "writes = [\"orders\"]\n");

  const Finished dry = workspace.run({"up", "--dry-run"});
  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM orders") == "2");
  CHECK_THAT(dry.out, !ContainsSubstring("not executed"));
  CHECK(dry.exit_code == 0);
}
