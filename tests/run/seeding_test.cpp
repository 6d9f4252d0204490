// Seeders of a run: in one transaction or one each, counted, remembered, left out with a reason.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

std::string toml(const std::string& seeders) {
  return "default_environment = \"local\"\n[seeders]\n" + seeders + "[environments.local]\nurl = \"sqlite:unused.db\"\n";
}

}  // namespace

TEST_CASE("a second run changes nothing and writes nothing into the ledger", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.add_fixture("plain_c");
  workspace.run({"up"});
  const auto seeds = workspace.database().rows("SELECT * FROM " + workspace.ledger("seeds"));

  const Finished again = workspace.run({"up"});

  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("runs")) == "1");
  CHECK(workspace.database().rows("SELECT * FROM " + workspace.ledger("seeds")) == seeds);
}

TEST_CASE("one transaction for all seeders keeps none of them when one fails", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("alpha", insert_customer("a"));
  workspace.write_seeder("beta", "INSERT INTO nowhere VALUES (1);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"beta\" failed: "));
  CHECK_THAT(up.err, ContainsSubstring("at:     plugins/beta/01_rows.sql:1:"));
  CHECK_THAT(up.err, !ContainsSubstring("Seeders that had committed"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a transaction for each seeder keeps those before the one that fails", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seedbed.toml", toml("transaction = \"each\"\n"));
  workspace.write_seeder("alpha", insert_customer("a"));
  workspace.write_seeder("beta", insert_customer("b") + "INSERT INTO nowhere VALUES (1);\n");
  workspace.write_seeder("gamma", insert_customer("c"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("Seeders that had committed: alpha."));
  CHECK_THAT(up.out, ContainsSubstring("alpha"));
  CHECK(workspace.value("SELECT email FROM customer") == "a");
}

TEST_CASE("a seeder that needs a later migration is left out with the reason", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("early", insert_customer("a"), "needs = \"20260101120000\"\nwrites = [\"customer\"]\n");
  workspace.write_seeder("late", insert_customer("b"), "needs = \"20260301120000\"\nwrites = [\"customer\"]\n");

  const Finished up = workspace.run({"up"});
  const Finished status = workspace.run({"status", "--exit-code"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("seeder late"));
  CHECK_THAT(up.out, ContainsSubstring("it needs migration 20260301120000, the newest applied is 20260101120000"));
  CHECK(workspace.value("SELECT email FROM customer") == "a");
  CHECK(status.exit_code == 0);
}

TEST_CASE("a load that runs once and finds its row is not asked to run once", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_row.sql", "INSERT INTO customer VALUES ('a', 'Ada');\n");
  workspace.write_seeder("customers", "INSERT INTO customer VALUES ('a', 'Bea');\n", "run = \"once\"\nwrites = [\"customer\"]\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("the row is there: ON CONFLICT (email) DO NOTHING leaves it as it is."));
  CHECK_THAT(up.err, !ContainsSubstring("seeder.toml"));
}

TEST_CASE("a seeder that runs once does not run again when it was edited", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"), "run = \"once\"\nwrites = [\"customer\"]\n");
  workspace.run({"up"});
  workspace.write_seeder("customers", insert_customer("b"), "run = \"once\"\nwrites = [\"customer\"]\n");

  const Finished again = workspace.run({"up"});
  const Finished status = workspace.run({"status", "--exit-code"});

  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("nothing to do"));
  CHECK(workspace.value("SELECT email FROM customer") == "a");
  CHECK(status.exit_code == 0);
}

TEST_CASE("an edited seeder is pending until it has run", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.run({"up"});
  workspace.write_seeder("customers", insert_customer("b"));

  const Finished edited = workspace.run({"status", "--exit-code"});
  workspace.run({"up"});
  const Finished done = workspace.run({"status", "--exit-code"});

  CHECK(edited.exit_code == 3);
  CHECK_THAT(edited.out, ContainsSubstring("1 seeder pending."));
  CHECK(done.exit_code == 0);
  CHECK_THAT(done.out, ContainsSubstring("Nothing is pending."));
}

TEST_CASE("constants of the run and parameters are bound in the SQL of a folder", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers",
                         "INSERT INTO customer (email, name) VALUES ($address, :environment || ' ' || :tier)\n"
                         "ON CONFLICT (email) DO NOTHING;\n",
                         "writes = [\"customer\"]\n[parameters.address]\ndefault = \"it's me\"\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows("SELECT email, name FROM customer") ==
        std::vector<std::vector<std::string>>{{"it's me", "local development"}});
}

TEST_CASE("a name in the SQL of a folder that stands for nothing is an error at its place", "[run]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  const auto sigil = GENERATE(as<std::string>(), "$", ":");
  Workspace workspace(engine);
  workspace.write_customer_migration();
  workspace.write_seeder("customers", "SELECT 'ü';\r\nINSERT INTO customer (email, name) VALUES ('a', " + sigil + "enviroment);\n");

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == (engine == Engine::postgres && sigil == ":" ? 1 : 2));  // there it might have been a slice
  CHECK_THAT(up.err, ContainsSubstring("plugins/customers/01_rows.sql:2:49"));
  CHECK_THAT(up.err, ContainsSubstring("\"" + sigil + "enviroment\" is neither a parameter of this seeder nor a constant of the run"));
  CHECK_THAT(up.err, ContainsSubstring("Perhaps \"" + sigil + "environment\" is meant."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a slice of an array is no name that stands for nothing", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write_seeder("customers", "INSERT INTO customer SELECT 'a', (ARRAY['x', 'y'])[1:n] FROM (SELECT 2 AS n) s;\n"
                                      "SELECT (ARRAY[1])[1:m], nope FROM (SELECT 1 AS m) s;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("column \"nope\" does not exist") && !ContainsSubstring("neither a parameter"));
}

TEST_CASE("a parameter that no file can have given a value is not taken for NULL", "[run]") {
  const auto [parameter, folder] = GENERATE(table<std::string, bool>({{"?", true}, {"?7", true}, {"@x", true}, {"$1", true}, {"$1", false}, {":now", false}}));
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  const std::string sql = "SELECT '?', \"email\" FROM customer; -- $2\r\nINSERT INTO customer /* :y */\r\nVALUES ('a', " + parameter + ");\n";
  if (folder) workspace.write_seeder("customers", sql);
  else workspace.write("seed.sql", sql);

  const Finished up = workspace.run(folder ? std::vector<std::string>{"up"} : std::vector<std::string>{"up", "--sql", "seed.sql"});

  INFO(up.err);
  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("parameter \"" + parameter + "\" has no value") && ContainsSubstring(".sql:3:14"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a negative parameter is one value wherever it stands in SQL", "[run]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  Workspace workspace(engine);
  workspace.write("migrations/20260101120000_number.sql", "CREATE TABLE number (n integer PRIMARY KEY, x double precision);\n");
  const std::string cast = engine == Engine::postgres ? "$least::smallint" : "$least";
  workspace.write_seeder("numbers",
                         "INSERT INTO number VALUES (1 -$least, -$by) ON CONFLICT (n) DO NOTHING;\n"
                         "INSERT INTO number VALUES (" + cast + ", $far) ON CONFLICT (n) DO NOTHING;\n",
                         "writes = [\"number\"]\n[parameters.least]\ndefault = -32768\n[parameters.by]\ndefault = -0.5\n"
                         "[parameters.far]\ndefault = -inf\n");

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT x FROM number WHERE n = 32769") == "0.5");
  CHECK(workspace.value("SELECT count(*) FROM number WHERE n = -32768 AND x < -1e300") == "1");
}

TEST_CASE("what one seeder sets in the session does not reach the next", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_other.sql", "CREATE SCHEMA other; CREATE TABLE other.customer (email TEXT PRIMARY KEY, name TEXT);\n");
  workspace.write_seeder("alpha", "SET search_path = other;\n" + insert_customer("a"), "writes = [\"other.customer\"]\n");
  workspace.write_seeder("beta", insert_customer("b"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT email FROM other.customer") == "a");
  CHECK(workspace.value("SELECT email FROM public.customer") == "b");
}

TEST_CASE("a deferred constraint stays deferred for the seeders after the first", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_tree.sql",
                  "CREATE TABLE node (id integer PRIMARY KEY, parent integer REFERENCES node DEFERRABLE INITIALLY DEFERRED);\n");
  workspace.write_seeder("alpha", "INSERT INTO node VALUES (1, 2) ON CONFLICT (id) DO NOTHING;\n"
                                  "INSERT INTO node VALUES (2, 1) ON CONFLICT (id) DO NOTHING;\n", "writes = [\"node\"]\n");
  workspace.write_seeder("beta", "INSERT INTO node VALUES (3, 4) ON CONFLICT (id) DO NOTHING;\n"
                                 "INSERT INTO node VALUES (4, 3) ON CONFLICT (id) DO NOTHING;\n", "writes = [\"node\"]\n");

  CHECK(workspace.run({"up"}).exit_code == 0);
}

TEST_CASE("a constraint that a seeder leaves broken is its failure", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_tree.sql",
                  "CREATE TABLE node (id integer PRIMARY KEY, parent integer REFERENCES node DEFERRABLE INITIALLY DEFERRED);\n");
  workspace.write_seeder("alpha", "INSERT INTO node VALUES (1, 2) ON CONFLICT (id) DO NOTHING;\n", "writes = [\"node\"]\n");
  workspace.write_seeder("beta", "SELECT 1;\n", "");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"alpha\" failed: "));
  CHECK_THAT(up.err, ContainsSubstring("plugins/alpha/01_rows.sql"));
}

TEST_CASE("a run with nothing to apply and nobody to seed leaves the database alone", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("nothing changed"));
  CHECK(workspace.untouched());
}

TEST_CASE("no-seed applies migrations and runs no seeder", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));

  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("rows that refer to each other and are read between are written in time", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260101120001_create_customer_order.sql",
                  "CREATE TABLE customer_order (number INTEGER NOT NULL PRIMARY KEY, email TEXT NOT NULL REFERENCES customer (email));\n");
  workspace.add_fixture("writes_between");
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  workspace.database().execute("DELETE FROM customer_order WHERE number BETWEEN 2500 AND 2599");
  workspace.database().execute("DELETE FROM customer WHERE email NOT IN (SELECT email FROM customer_order)");

  const Finished again = workspace.run({"seed"});

  CHECK(again.exit_code == 0);
  CHECK(again.err == "");
  CHECK(workspace.value("SELECT count(*) FROM customer_order o JOIN customer c ON c.email = o.email") == "5000");
}

TEST_CASE("a partitioned table is counted under its own name", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_event.sql",
                  "CREATE TABLE event (id integer PRIMARY KEY) PARTITION BY RANGE (id);\n"
                  "CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (10);\n");
  workspace.write_seeder("events", "INSERT INTO event VALUES (1), (2) ON CONFLICT (id) DO NOTHING;\n", "writes = [\"event\"]\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("2 inserted"));
}
