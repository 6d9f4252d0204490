// Files that speak of transactions and of the session they run in.

#include "run/workspace.hpp"
#include "support/catch.hpp"

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
