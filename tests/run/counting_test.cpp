// What a seeder really changed: counted by the host, whatever stands between it and the rows.

#include <string>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

constexpr const char* kMigration = "migrations/20260102120000_more.sql";

/// A table that takes the numbers below a million, and a seeder that has one more.
void write_a_million(const Workspace& workspace) {
  workspace.write("migrations/20260101120000_number.sql", "CREATE TABLE number (n integer NOT NULL PRIMARY KEY CHECK (n < 1000000));\n");
  std::string csv = "n\n";
  for (int i = 1; i <= 1'000'000; ++i) csv += std::to_string(i) + '\n';
  workspace.write("plugins/numbers/numbers.csv", csv);
  workspace.write("plugins/numbers/seeder.toml",
                  "name = \"numbers\"\nversion = \"1\"\n[[table]]\nfile = \"numbers.csv\"\nname = \"number\"\nkey = \"n\"\n");
}

}  // namespace

TEST_CASE("rows that an exception block has rolled back are not counted", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write_seeder("trying", "DO $$ BEGIN FOR i IN 1..5 LOOP BEGIN INSERT INTO customer VALUES ('a' || i); "
                                   "IF i > 3 THEN RAISE EXCEPTION 'no'; END IF; EXCEPTION WHEN raise_exception THEN END; END LOOP; END $$;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("3 inserted") && !ContainsSubstring("5 inserted"));
}

TEST_CASE("an exception block in a trigger of the table is seen as well", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write(kMigration,
                  "CREATE TABLE audit (email text);\n"
                  "CREATE FUNCTION careful() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (NEW.email); "
                  "BEGIN INSERT INTO audit VALUES ('x'); RAISE EXCEPTION 'no'; EXCEPTION WHEN raise_exception THEN END; RETURN NEW; END $$;\n"
                  "CREATE TRIGGER careful AFTER INSERT ON customer FOR EACH ROW EXECUTE FUNCTION careful();\n");
  workspace.write_seeder("first", insert_customer("z"), "writes = [\"customer\", \"audit\"]\n");
  workspace.write_seeder("second", insert_customer("a") + insert_customer("b"), "writes = [\"customer\", \"audit\"]\nafter = [\"first\"]\n");

  const Finished up = workspace.run({"up", "--format", "json"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, !ContainsSubstring("\"inserted\": 6") && !ContainsSubstring("may include"));
}

TEST_CASE("rows of an earlier seeder are not counted as those of one with an exception block", "[run]") {
  const auto isolation = GENERATE(as<std::string>(), "read committed", "repeatable read", "serializable");
  Workspace workspace(Engine::postgres);
  workspace.database().execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = %L', current_database(), '" +
                               isolation + "'); END $$");
  workspace.write_customer_migration();
  workspace.write_seeder("first", insert_customer("a") + insert_customer("b"));
  workspace.write_seeder("second", "DO $$ BEGIN INSERT INTO customer VALUES ('c'); BEGIN INSERT INTO customer VALUES ('d'); RAISE EXCEPTION 'no'; "
                                   "EXCEPTION WHEN raise_exception THEN END; END $$;\n", "writes = [\"customer\"]\nafter = [\"first\"]\n");

  const Finished up = workspace.run({"up"});

  INFO(up.out << up.err);
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("first     2 inserted") && ContainsSubstring("second    1 inserted"));
}

TEST_CASE("where the counts cannot be told from rolled back ones the report says so", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write_seeder("trying", insert_customer("a") + "DO $$ BEGIN BEGIN UPDATE customer SET name = 'B'; RAISE EXCEPTION 'no'; "
                                                          "EXCEPTION WHEN raise_exception THEN END; END $$;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("Seeder trying: the counts of customer may include rows that an exception block has rolled back."));
}

TEST_CASE("a trigger that writes an undeclared table is named", "[run]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  Workspace workspace(engine);
  workspace.write_customer_migration();
  workspace.write(kMigration, engine == Engine::sqlite
                                  ? "CREATE TABLE audit (email text);\nCREATE TRIGGER note_customer AFTER INSERT ON customer BEGIN "
                                    "INSERT INTO audit VALUES (NEW.email); END;\n"
                                  : "CREATE TABLE audit (email text);\nCREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS "
                                    "'BEGIN INSERT INTO audit VALUES (NEW.email); RETURN NEW; END';\nCREATE TRIGGER note_customer AFTER "
                                    "INSERT ON customer FOR EACH ROW EXECUTE FUNCTION note();\n");
  workspace.write_seeder("people", insert_customer("a") + insert_customer("b"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"people\" failed: it wrote to table \"audit\""));
  CHECK_THAT(up.err, ContainsSubstring("2 inserted"));
  CHECK_THAT(up.err, ContainsSubstring("trigger \"note_customer\" on ") && ContainsSubstring("customer"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a cascade into an undeclared table is named by its foreign key", "[run]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  Workspace workspace(engine);
  workspace.write_customer_migration();
  workspace.write(kMigration, "CREATE TABLE purchase (email text REFERENCES customer ON DELETE CASCADE);\n"
                              "INSERT INTO customer VALUES ('a', 'Ada');\nINSERT INTO purchase VALUES ('a');\n");
  workspace.write_seeder("people", "DELETE FROM customer;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("it wrote to table \"purchase\"") && ContainsSubstring("1 deleted") && ContainsSubstring("foreign key "));
  CHECK(workspace.value("SELECT count(*) FROM purchase") == "1");
}

TEST_CASE("a materialized view that a seeder refreshes concurrently is no table it writes", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write(kMigration, "CREATE MATERIALIZED VIEW names AS SELECT email, name FROM customer;\nCREATE UNIQUE INDEX ON names (email);\n");
  workspace.write_seeder("people", insert_customer("a") + "REFRESH MATERIALIZED VIEW CONCURRENTLY names;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 inserted"));
}

TEST_CASE("a server that does not count is refused before anything is written", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write_seeder("people", insert_customer("a"));
  workspace.database().execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_counts = off', current_database()); END $$");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("track_counts is off"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a seed file cannot switch the counting off", "[run]") {
  const auto off = GENERATE(as<std::string>(), "SET track_counts = off;\n", "SET LOCAL \"track_counts\" TO off;\n",
                            "SELECT set_config('Track_Counts', 'off', false);\n", "SELECT set_config($setting, 'off', true);\n",
                            "DO $$ BEGIN PERFORM set_config('track_counts', 'off', false); END $$;\n",
                            "UPDATE pg_settings SET setting = 'off' WHERE name = 'track_counts';\n");
  const bool folder = GENERATE(true, false);
  if (!folder && off.find("$setting") != off.npos) return;  // nothing is replaced there
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write(kMigration, "CREATE TABLE undeclared (id integer);\n");
  const std::string file = "-- track_counts\n" + off + "INSERT INTO undeclared VALUES (1);\nSET track_counts = on;\n";
  if (folder) {
    workspace.write_seeder("hiding", file, "writes = [\"customer\"]\n[parameters.setting]\ndefault = \"track_counts\"\n");
  } else {
    workspace.write("seed.sql", file);
  }

  const Finished up = workspace.run(folder ? std::vector<std::string>{"up"} : std::vector<std::string>{"up", "--sql", "seed.sql"});

  INFO(up.out << up.err);
  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("a seed file cannot have the counting of its rows switched off"));
  CHECK_THAT(up.err, ContainsSubstring(".sql:2:") && ContainsSubstring("Do not set track_counts"));
  CHECK(workspace.value("SELECT count(*) FROM undeclared") == "0");
}

TEST_CASE("a plugin cannot switch the counting off", "[run]") {
  const auto query = GENERATE(as<std::string>(), "true", "false");
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\ntier = \"development\"\nurl = \"sqlite:unused.db\"\n"
                                  "[environments.local.parameters.runs_sql]\nquery = " + query + "\nsql = \"SELECT set_config('track_counts', 'off', false)\"\n");
  workspace.add_fixture("runs_sql");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"runs_sql\" failed: a seeder cannot have the counting of its rows switched off"));
  CHECK_THAT(up.err, ContainsSubstring("It was to run: SELECT set_config('track_counts', 'off', false)"));
}

TEST_CASE("a function that leaves the counting off is found out", "[run]") {
  const bool plugin = GENERATE(true, false);
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write(kMigration, "CREATE TABLE undeclared (id integer);\nCREATE FUNCTION load() RETURNS void LANGUAGE plpgsql AS "
                              "$$ BEGIN PERFORM set_config('track_counts', 'off', false); INSERT INTO undeclared VALUES (1); END $$;\n");
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\ntier = \"development\"\nurl = \"sqlite:unused.db\"\n" +
                                  std::string(plugin ? "[environments.local.parameters.runs_sql]\nsql = \"SELECT load()\"\n" : ""));
  if (plugin) workspace.add_fixture("runs_sql");
  else workspace.write_seeder("hiding", "SELECT load();\n");

  const Finished up = workspace.run({"up"});

  INFO(up.out << up.err);
  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("failed: the counting of its rows was switched off"));
  CHECK(workspace.value("SELECT count(*) FROM undeclared") == "0");
}

TEST_CASE("a table or column with the name of the setting that counts is seeded", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write(kMigration, "CREATE TABLE track_counts (album integer PRIMARY KEY, track_counts integer);\n");
  workspace.write_seeder("albums", "INSERT INTO track_counts VALUES (1, 9);\nUPDATE track_counts SET track_counts = 10;\n", "writes = [\"track_counts\"]\n");

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 inserted") && ContainsSubstring("1 updated"));
}

TEST_CASE("rows of a full-text table are counted as its own", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  workspace.write(kMigration, "CREATE VIRTUAL TABLE pages USING fts5(title, body);\n");
  workspace.write_seeder("pages", "INSERT INTO pages VALUES ('a', 'b'), ('c', 'd');\n", "writes = [\"pages\"]\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("2 inserted"));
}

TEST_CASE("a full-text table that triggers keep is counted beside the table they belong to", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  workspace.write(kMigration, "CREATE VIRTUAL TABLE pages USING fts5(name, content='customer');\n"
                              "CREATE TRIGGER index_customer AFTER INSERT ON customer BEGIN "
                              "INSERT INTO pages (rowid, name) VALUES (NEW.rowid, NEW.name); END;\n");
  workspace.write_seeder("people", insert_customer("a") + insert_customer("b"), "writes = [\"customer\", \"pages\"]\n");

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("4 inserted"));
  CHECK(workspace.value("SELECT count(*) FROM pages WHERE pages MATCH 'ada'") == "2");
}

TEST_CASE("rows that a folder writes into an attached file are not its own", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  const std::string other = workspace.path("other.db").string();
  TestDatabase(Engine::sqlite).execute("ATTACH '" + other + "' AS other; CREATE TABLE other.log (email); DETACH other");
  workspace.write_seeder("people", "ATTACH '" + other + "' AS other;\nINSERT INTO other.log VALUES ('a');\n");

  const Finished up = workspace.run({"up"});
  workspace.write_seeder("people", "ATTACH '" + other + "' AS other;\nINSERT INTO customer SELECT email, '' FROM other.log;\n");
  const Finished read = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("it wrote to table \"other.log\", which it does not declare"));
  CHECK(read.exit_code == 0);
  CHECK_THAT(read.out, ContainsSubstring("unchanged") && !ContainsSubstring("inserted"));
}

TEST_CASE("a table without rowid is counted with updates that change nothing left out", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write(kMigration, "CREATE TABLE price (item text PRIMARY KEY, cents int) WITHOUT ROWID;\n"
                              "INSERT INTO price VALUES ('a', 1), ('b', 2);\n");
  workspace.write_seeder("prices", "INSERT INTO price VALUES ('c', 3);\nUPDATE price SET cents = max(cents, 2);\nDELETE FROM price WHERE item = 'b';\n",
                         "writes = [\"price\"]\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 inserted") && ContainsSubstring("1 updated") && ContainsSubstring("1 deleted"));
}

TEST_CASE("rows of transactions before the seeder are not among its counts", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write(kMigration, "INSERT INTO customer VALUES ('x', 'X'), ('y', 'Y');\nUPDATE customer SET name = 'Z';\nDELETE FROM customer WHERE email = 'y';\n");
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[seeders]\ntransaction = \"each\"\n"
                                  "[environments.local]\ntier = \"development\"\nurl = \"" + workspace.database().url() + "\"\n");
  workspace.write_seeder("a_first", insert_customer("a") + insert_customer("b"));
  workspace.write_seeder("b_second", insert_customer("c"));

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("a_first     2 inserted") && ContainsSubstring("b_second    1 inserted"));
  CHECK_THAT(up.out, !ContainsSubstring("updated") && !ContainsSubstring("deleted"));
}

TEST_CASE("of a million rows of which the last is refused none remains", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_a_million(workspace);

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("plugins/numbers/numbers.csv:1000001:1") && ContainsSubstring("It was row 1000000 for table \"number\""));
  CHECK(workspace.value("SELECT count(*) FROM number") == "0");
}

TEST_CASE("a seeder that has to start again does so from the beginning", "[run]") {
  const bool isolated = GENERATE(false, true);
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write(kMigration,
                  "CREATE SEQUENCE tries;\nCREATE FUNCTION stumble() RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
                  "IF nextval('tries') < 3 THEN RAISE EXCEPTION 'stumbled' USING ERRCODE = '40001'; END IF; RETURN 1; END $$;\n");
  workspace.add_fixture("starts_again");

  const Finished up = workspace.run(isolated ? std::vector<std::string>{"up", "--isolate"} : std::vector<std::string>{"up"});
  const std::string random = workspace.value("SELECT name FROM customer WHERE email = 'b'");
  const Finished cleared = workspace.run({"seed", "--clear"});

  INFO(up.err << cleared.err);
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.err, ContainsSubstring("transaction_retry") && ContainsSubstring("sqlstate=40001"));
  CHECK_THAT(up.out, ContainsSubstring("2 inserted"));
  CHECK(workspace.value("SELECT last_value FROM tries") == "4");
  CHECK(workspace.value("SELECT name FROM customer WHERE email = 'a'") == "1");
  CHECK(workspace.value("SELECT name FROM customer WHERE email = 'b'") == random);
  CHECK(workspace.value("SELECT count(*) FROM seedbed.rows") == "2");
}

TEST_CASE("a seeder is not started again for ever", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write(kMigration, "CREATE FUNCTION stumble() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stumbled' USING ERRCODE = '40P01'; END $$;\n");
  workspace.add_fixture("starts_again");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("tries=3") && !ContainsSubstring("tries=4") && ContainsSubstring("seeder \"starts_again\" failed: stumbled"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}
