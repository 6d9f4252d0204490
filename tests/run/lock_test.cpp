// One run at a time on one database.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

TEST_CASE("two runs at once apply each migration once and both succeed", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  for (int day = 11; day < 26; ++day) {
    const std::string number = std::to_string(day);
    workspace.write("migrations/202601" + number + "120000_step.sql",
                    "CREATE TABLE step_" + number + " (a integer);\nINSERT INTO step_" + number + " VALUES (1);\n");
  }
  workspace.write_seeder("customers", insert_customer("a"));

  Running first = workspace.start({"up"});
  Running second = workspace.start({"up"});
  const Finished one = first.wait();
  const Finished other = second.wait();

  INFO(one.err << other.err);
  CHECK(one.exit_code == 0);
  CHECK(other.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations")) == "16");
  CHECK(workspace.value("SELECT count(*) FROM step_25") == "1");
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("a second run that meets the lock too long ends with 5 and says who holds it", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.write_seeder("slow", long_statement(workspace.engine()), "");
  Running holder = workspace.start({"seed", "-v"});
  holder.wait_for_output("seeder_started");
  workspace.write_seeder("quick", insert_customer("a"));

  const Finished second = workspace.run({"seed", "quick", "--lock-timeout", "300ms"});

  CHECK(second.exit_code == 5);
  CHECK_THAT(second.err, ContainsSubstring("within 300 ms"));
  CHECK_THAT(second.err, ContainsSubstring("--lock-timeout"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("an SQLite file that nobody may read is waited for like any other lock", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.database().execute("PRAGMA journal_mode = DELETE");  // in WAL readers are never locked out
  workspace.database().execute("BEGIN EXCLUSIVE");

  const Finished late = workspace.run({"up", "--lock-timeout", "300ms"});
  Running patient = workspace.start({"status"});
  patient.wait_for_output("waiting_for_lock");
  workspace.database().execute("COMMIT");

  CHECK(late.exit_code == 5);
  CHECK_THAT(late.err, ContainsSubstring("test.db\": database is locked"));
  CHECK_THAT(late.err, ContainsSubstring("--lock-timeout"));
  CHECK(patient.wait().exit_code == 0);
}

TEST_CASE("a run whose connection is lost says so and leaves nothing half done", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.write_seeder("slow", insert_customer("a") + "SELECT pg_sleep(30);\n");
  Running running = workspace.start({"seed", "-v"});
  running.wait_for_output("seeder_started");
  while (workspace.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep(30)%'") == "0") {
  }

  workspace.database().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep(30)%'");
  const Finished seed = running.wait();

  CHECK(seed.exit_code == 1);
  CHECK_THAT(seed.err, ContainsSubstring("lost the connection to \"postgresql://"));
  CHECK_THAT(seed.err, ContainsSubstring("What was under way was rolled back; the database is as before."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a second run waits for the first and then does its work", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.write_seeder("slow", "SELECT pg_sleep(1);\n", "");
  Running holder = workspace.start({"seed", "-v"});
  holder.wait_for_output("seeder_started");
  workspace.write_seeder("quick", insert_customer("a"));

  const Finished second = workspace.run({"seed", "quick"});

  CHECK(second.exit_code == 0);
  CHECK_THAT(second.err, ContainsSubstring("waiting_for_lock"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
  CHECK(holder.wait().exit_code == 0);
}
