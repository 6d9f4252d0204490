// Files that speak of transactions and of the session they run in.

#include "database/database.hpp"
#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/pgbouncer.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

constexpr const char* kFile = "migrations/20260102120000_file.sql";

}  // namespace

TEST_CASE("a file has the kind of transaction that it asks for", "[run]") {
  Workspace workspace(Engine::postgres);
  const std::string file = GENERATE(as<std::string>{}, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nSET TRANSACTION READ WRITE;\n%",
                                    "BEGIN ISOLATION LEVEL SERIALIZABLE;\n%COMMIT;\n",
                                    "BEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n%COMMIT;\n");
  const std::size_t body = file.find('%');
  workspace.write(kFile, std::string(file).replace(body, 1, "CREATE TABLE a AS SELECT current_setting('transaction_isolation') AS level;\n"));
  workspace.write("migrations/20260103120000_after.sql", "CREATE TABLE b AS SELECT current_setting('transaction_isolation') AS level;\n");

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT level FROM a") == "serializable");
  CHECK(workspace.value("SELECT level FROM b") == "read committed");
  CHECK(workspace.value("SELECT count(*) FROM seedbed.migrations") == "2");
}

TEST_CASE("an error in what a file says of its transaction stands at its place", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write(kFile, "-- what it is\nSET TRANSACTION ISOLATION LEVEL HIGH;\nSELECT 1;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring(std::string(kFile) + ":2:33"));
}

TEST_CASE("a dry run stops at a file that chooses its kind of transaction", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write(kFile, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE a (x integer);\n");

  const Finished up = workspace.run({"up", "--dry-run"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("it chooses the kind of its transaction"));
}

TEST_CASE("what a block of a file sets for itself ends with the block", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write(kFile,
                  "CREATE SCHEMA app;\nCREATE ROLE \"r " + workspace.value("SELECT current_database()") + "\";\n"
                  "SET search_path = app;\n"
                  "BEGIN;\nSET LOCAL search_path = public;\nSET LOCAL TIME ZONE 'Asia/Tokyo';\nSELECT set_config('app.user', 'Ada', true);\n"
                  "SET LOCAL ROLE \"r " + workspace.value("SELECT current_database()") + "\";\nCOMMIT;\n"
                  "CREATE TABLE a AS SELECT current_setting('TimeZone') AS zone, current_setting('app.user') AS name, current_user = session_user AS me;\n"
                  "BEGIN;\nSET LOCAL search_path = public;\nCREATE TABLE b (x integer);\nCOMMIT;\n");
  workspace.write("migrations/20260103120000_drop.sql", "DROP ROLE \"r " + workspace.value("SELECT current_database()") + "\";\n");

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT zone <> 'Asia/Tokyo' AND name = '' AND me FROM app.a") == "t");
  CHECK(workspace.value("SELECT count(*) FROM public.b") == "0");
}

TEST_CASE("a rollback where no transaction is does nothing", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write(kFile, "ROLLBACK;\nBEGIN;\nCREATE TABLE a (x integer);\nCOMMIT;\nROLLBACK;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "0");
}

TEST_CASE("a file outside a transaction that goes on has the settings of its beginning", "[run]") {
  Workspace workspace(Engine::postgres);
  const std::string beginning = "-- seedbed: no-transaction\nCREATE SCHEMA app;\nSET search_path = app;\nCREATE TABLE a (x integer);\n"
                                "BEGIN;\nSET search_path = public;\nROLLBACK;\n"
                                "SELECT set_config('app.user', 'Ada', false);\nPREPARE p AS SELECT 7;\n";
  workspace.write(kFile, beginning + "INSERT INTO nowhere VALUES (1);\n");
  const Finished failed = workspace.run({"up"});
  workspace.write(kFile, beginning + "CREATE TABLE b AS SELECT current_setting('app.user') AS name;\nEXECUTE p;\n");

  const Finished up = workspace.run({"up"});

  CHECK(failed.exit_code == 1);
  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT name FROM app.b") == "Ada");
}

TEST_CASE("a database that a file outside a transaction attaches stays so to its end", "[run]") {
  Workspace workspace(Engine::sqlite);
  const std::string other = workspace.path("other.db").string();
  const std::string beginning = "-- seedbed: no-transaction\nATTACH '" + other + "' AS other;\nCREATE TABLE other.a (x integer);\n"
                                "INSERT INTO other.a VALUES (1);\n";
  workspace.write(kFile, beginning + "INSERT INTO nowhere VALUES (1);\n");
  const Finished failed = workspace.run({"up"});
  workspace.write(kFile, beginning + "INSERT INTO other.a VALUES (2);\nCREATE TABLE b AS SELECT count(*) AS rows FROM other.a;\n");
  workspace.write("migrations/20260103120000_after.sql", "CREATE TABLE c AS SELECT count(*) AS attached FROM pragma_database_list;\n");

  const Finished up = workspace.run({"up"});

  CHECK_THAT(failed.err, ContainsSubstring("3 of its 4 statements took effect"));
  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT rows FROM b") == "2");
  CHECK(workspace.value("SELECT attached FROM c") == "1");
}

TEST_CASE("a file that runs as it was written has the kind of transaction that it asks for", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write(kFile, "BEGIN;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n"
                         "CREATE TABLE a AS SELECT current_setting('transaction_isolation') AS level;\nCOMMIT;\nSELECT 1;\n");

  const Finished up = workspace.run({"up", "--own-transactions", "as-is"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT level FROM a") == "serializable");
}

TEST_CASE("behind a pooler what a file outside a transaction sets reaches its statements and nobody else", "[run]") {
  Workspace workspace(Engine::postgres);
  const PgBouncer pooler(workspace.database().url(), 1);
  const std::string look = "SELECT current_setting('work_mem') AS memory, current_setting('search_path') AS path";
  workspace.write(kFile, "-- seedbed: no-transaction\nCREATE SCHEMA app;\nSET search_path = app;\nSET work_mem = '7MB';\n"
                         "CREATE TABLE seen AS " + look + ";\nBEGIN;\nSET work_mem = '8MB';\nINSERT INTO seen " + look + ";\nCOMMIT;\n"
                         "INSERT INTO seen " + look + ";\nBEGIN;\nSET work_mem = '9MB';\nROLLBACK;\nINSERT INTO seen " + look + ";\n");

  const Finished up = workspace.program().run({"up", "--url", pooler.url()});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows("SELECT memory, path FROM app.seen") ==
        std::vector<std::vector<std::string>>{{"7MB", "app"}, {"8MB", "app"}, {"8MB", "app"}, {"8MB", "app"}});
  const auto somebody = seedbed::host::connect(seedbed::host::parse_url(pooler.url(), "/"), {});
  CHECK(somebody->query("SELECT current_setting('work_mem'), current_setting('search_path')")[0] ==
        seedbed::host::Row{"4MB", "\"$user\", public"});
}

TEST_CASE("behind a pooler a setting for a statement outside a transaction is refused before anything runs", "[run]") {
  Workspace workspace(Engine::postgres);
  const PgBouncer pooler(workspace.database().url(), 2);
  workspace.write(kFile, "CREATE TABLE a (x integer);\nSET maintenance_work_mem = '64MB';\nCREATE INDEX CONCURRENTLY a_x ON a (x);\n");

  const Finished pooled = workspace.program().run({"up", "--url", pooler.url()});
  const std::string tables = workspace.value("SELECT count(*) FROM pg_class WHERE relname = 'a'");
  const Finished direct = workspace.run({"up"});

  CHECK(pooled.exit_code == 4);
  CHECK_THAT(pooled.err, ContainsSubstring("what line 2 sets would not reach this statement"));
  CHECK_THAT(pooled.err, ContainsSubstring(std::string(kFile) + ":3:1"));
  CHECK(tables == "0");
  INFO(direct.err);
  CHECK(direct.exit_code == 0);
}

TEST_CASE("a BEGIN that never ends is refused as such", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write(kFile, "CREATE TABLE a (x integer);\nBEGIN;\nCREATE TABLE b (x integer);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring(std::string(kFile) + ":2:1"));
  CHECK_THAT(up.err, ContainsSubstring("does not end the transaction that it begins here"));
}
