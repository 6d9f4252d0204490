// A dry run executes, prints the counts that the run after it will have, and leaves nothing.

#include "plugins/reference_application.hpp"
#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/json.hpp"

using namespace seedbed::test;
using nlohmann::json;
using seedbed::host::Engine;

namespace {

/// What a run counted, without what it took and what came of it.
json counts(const Finished& run) {
  json outcome = json::parse(run.out);
  json counted{{"migrations", outcome.at("migrations").at("applied")}, {"seeders", outcome.at("seeders")},
               {"hooks", outcome.at("hooks_run")}, {"not_executed", outcome.at("not_executed")}};
  for (json& each : counted["migrations"]) each.erase("took_ms");
  for (json& each : counted["seeders"]) {
    each.erase("took_ms");
    each.erase("committed");
  }
  return counted;
}

}  // namespace

TEST_CASE("a dry run counts what the run after it counts and leaves no database", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a") + insert_customer("b"));
  workspace.add_fixture("plain_c");

  const Finished dry = workspace.run({"up", "--dry-run", "--format", "json"});
  const bool untouched = workspace.untouched();
  const Finished up = workspace.run({"up", "--format", "json"});

  CHECK(dry.exit_code == 0);
  CHECK(untouched);
  CHECK(up.exit_code == 0);
  CHECK(counts(dry) == counts(up));
  CHECK(json::parse(dry.out).at("result") == "rolled_back");
}

TEST_CASE("a dry run of the reference application has the counts of the run after it", "[run]") {
  ReferenceApplication application(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished dry = application.run({"up", "--dry-run", "--format", "json"});
  const bool empty = application.contents().empty();
  const Finished up = application.run({"up", "--format", "json"});

  CHECK(empty);
  CHECK(counts(dry).at("seeders").size() == 7);
  CHECK(counts(dry) == counts(up));
}

TEST_CASE("a dry run on a database in use changes neither its rows nor its ledger", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.run({"up"});
  workspace.write("migrations/20260102120000_product.sql", "CREATE TABLE product (a integer);\n");
  workspace.write_seeder("more", insert_customer("b"));

  const Finished dry = workspace.run({"up", "--dry-run"});

  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, ContainsSubstring("dry run: rolled back after"));
  CHECK_THAT(dry.out, ContainsSubstring("1 applied"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("runs")) == "1");
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations")) == "1");
  CHECK_THROWS(workspace.value("SELECT count(*) FROM product"));
}

TEST_CASE("a dry run of seed leaves nothing", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.run({"up", "--no-seed"});

  const Finished dry = workspace.run({"seed", "--dry-run"});

  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, ContainsSubstring("1 inserted"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("seeds")) == "0");
}

TEST_CASE("a dry run that fails fails as the run would and leaves nothing", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_break.sql", "CREATE TABLE a (x integer);\nINSERT INTO nowhere VALUES (1);\n");

  const Finished dry = workspace.run({"up", "--dry-run"});

  CHECK(dry.exit_code == 1);
  CHECK_THAT(dry.err, ContainsSubstring("migration \"20260102120000_break.sql\" failed: "));
  CHECK_THAT(dry.err, ContainsSubstring("20260102120000_break.sql:2:"));
  CHECK_THAT(dry.err, ContainsSubstring("It was a dry run: nothing was changed."));
  CHECK(workspace.untouched());
}

TEST_CASE("a dry run stops before what cannot share its transaction and says so", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_tidy.sql", "SELECT 1;\nVACUUM;\n");
  workspace.write("migrations/20260103120000_later.sql", "CREATE TABLE later (a integer);\n");
  workspace.write_seeder("customers", insert_customer("a"));

  const Finished dry = workspace.run({"up", "--dry-run"});

  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, ContainsSubstring("1 applied"));
  CHECK_THAT(dry.out, ContainsSubstring("migration 20260102120000_tidy.sql"));
  CHECK_THAT(dry.out, ContainsSubstring("the statement in line 2 cannot run in a transaction"));
  CHECK_THAT(dry.out, ContainsSubstring("migration 20260103120000_later.sql"));
  CHECK_THAT(dry.out, ContainsSubstring("seeder customers"));
  CHECK_THAT(dry.out, ContainsSubstring("it comes after 20260102120000_tidy.sql"));
  CHECK(workspace.untouched());
}

TEST_CASE("a dry run stops at a file with transactions of its own", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260102120000_split.sql",
                  "BEGIN;\nCREATE TABLE a (x integer);\nCOMMIT;\nBEGIN;\nCREATE TABLE b (x integer);\nCOMMIT;\n");

  const Finished dry = workspace.run({"up", "--dry-run", "--own-transactions", "as-is"});

  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, ContainsSubstring("not executed"));
  CHECK_THAT(dry.out, ContainsSubstring("migration 20260102120000_split.sql"));
  CHECK(workspace.untouched());
}

TEST_CASE("a dry run stops at an enum value that the same run adds", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_mood.sql", "CREATE TYPE mood AS ENUM ('calm');\n");
  workspace.run({"up"});
  workspace.write("migrations/20260102120000_glad.sql", "ALTER TYPE mood ADD VALUE 'glad';\n");
  workspace.write("migrations/20260103120000_use.sql", "CREATE TABLE day (mood mood DEFAULT 'glad');\n");

  const Finished dry = workspace.run({"up", "--dry-run"});
  const Finished up = workspace.run({"up"});

  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, ContainsSubstring("it uses an enum value that another migration of this run adds"));
  CHECK(up.exit_code == 0);
}

TEST_CASE("a dry run in production only lists unless it is told to execute", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"), "tier = \"production\"\nwrites = [\"customer\"]\n");

  const Finished listed = workspace.run({"up", "--dry-run", "--tier", "production"});
  const Finished executed = workspace.run({"up", "--dry-run", "--execute", "--tier", "production"});

  CHECK(listed.exit_code == 0);
  CHECK_THAT(listed.out, ContainsSubstring("dry run: nothing was executed"));
  CHECK_THAT(listed.out, ContainsSubstring("a dry run only lists in tier production"));
  CHECK(executed.exit_code == 0);
  CHECK_THAT(executed.out, ContainsSubstring("1 inserted"));
  CHECK(workspace.untouched());
}

TEST_CASE("a dry run does not wait long for a lock that somebody else holds", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write_seeder("first", "SET search_path = public;\nSELECT 1;\n", "");
  workspace.run({"up"});
  workspace.write_seeder("second", "UPDATE customer SET name = 'b';\n");
  workspace.database().execute("BEGIN; LOCK TABLE customer");

  const Finished dry = workspace.run({"up", "--dry-run"});

  CHECK(dry.exit_code == 1);
  CHECK_THAT(dry.err, ContainsSubstring("SQLSTATE 55P03"));
  CHECK_THAT(dry.err, ContainsSubstring("A dry run and a proof wait at most 5.0 s for a lock, whatever the settings say."));
}
