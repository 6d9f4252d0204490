// One run at a time on one database.

#include <chrono>
#include <csignal>
#include <memory>

#include "database/database.hpp"
#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/pgbouncer.hpp"
#include "support/postgres_proxy.hpp"

using namespace seedbed::test;
using namespace std::chrono_literals;
using seedbed::host::Engine;

namespace {

/// As if half a minute had passed in which no run was heard of.
void end_leases(Workspace& workspace) {
  workspace.database().execute("UPDATE seedbed.lock SET lease_until = clock_timestamp() - interval '1 second'; "
                               "UPDATE seedbed.migrations SET applied_at = applied_at - interval '30 seconds'");
}

}  // namespace

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

TEST_CASE("a run that has lost its lock ends with 5 and changes nothing more", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_first.sql", "CREATE TABLE first_table (a integer);\n");
  workspace.write("migrations/20260102120000_second.sql", "CREATE TABLE second_table (a integer);\nINSERT INTO second_table VALUES (1);\n");
  PostgresProxy proxy(workspace.database().url());
  // Between its two migrations, when nothing is open that would prove that it lives.
  proxy.stall(PostgresProxy::Moment::before, [seen = false](const PostgresProxy::Request& request) mutable {
    const bool next = seen && request.sql.find("BEGIN") != std::string::npos;
    seen = seen || request.sql.find("first_table") != std::string::npos;
    return next;
  });
  Running slow = workspace.program().start({"up", "--url", proxy.url()});
  REQUIRE(proxy.struck(10s));
  end_leases(workspace);

  const Finished other = workspace.run({"up", "--lock-timeout", "10s"});
  proxy.release();
  const Finished lost = slow.wait();

  INFO(other.err << lost.err);
  CHECK(other.exit_code == 0);
  CHECK(lost.exit_code == 5);
  CHECK_THAT(lost.err, ContainsSubstring("lost the lock"));
  CHECK_THAT(lost.err, ContainsSubstring("kept: 20260101120000_first.sql."));
  CHECK(workspace.value("SELECT count(*) FROM second_table") == "1");
  CHECK(workspace.value("SELECT count(*) FROM seedbed.migrations") == "2");
}

TEST_CASE("a statement outside a transaction keeps the lock of a run that was killed until it ends", "[run]") {
  const bool pooled = GENERATE(false, true);
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_table.sql", "CREATE TABLE a (x integer);\n");
  workspace.write("migrations/20260102120000_index.sql", "CREATE INDEX CONCURRENTLY a_x ON a (x);\n");
  workspace.run({"up", "--to", "20260101120000"});
  const std::unique_ptr<PgBouncer> pooler = pooled ? std::make_unique<PgBouncer>(workspace.database().url(), 3) : nullptr;
  const std::string url = pooled ? pooler->url() : workspace.database().url();
  const auto writer = seedbed::host::connect(seedbed::host::parse_url(workspace.database().url(), "/"), {});
  writer->execute("BEGIN");
  writer->execute("INSERT INTO a VALUES (1)");  // the index waits for its end
  Running running = workspace.program().start({"up", "--url", url});
  while (workspace.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY a_x%' AND wait_event_type = 'Lock'") == "0") {
  }
  end_leases(workspace);
  running.signal(SIGKILL);
  running.wait();

  const Finished meanwhile = workspace.program().run({"up", "--url", url, "--lock-timeout", "700ms"});
  writer->execute("COMMIT");
  const Finished afterwards = workspace.program().run({"up", "--url", url, "--lock-timeout", "20s"});

  INFO(afterwards.err);
  CHECK(meanwhile.exit_code == 5);
  CHECK(afterwards.exit_code == 0);
  CHECK(workspace.value("SELECT string_agg(indisvalid::text, ' ') FROM pg_index WHERE indrelid = 'a'::regclass") == "true");
}

TEST_CASE("a role that may connect once only can create an index concurrently", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_table.sql", "CREATE TABLE a (x integer);\n");
  workspace.write("migrations/20260102120000_index.sql", "CREATE INDEX CONCURRENTLY a_x ON a (x);\n");
  workspace.database().execute(
      "DO $$ BEGIN CREATE ROLE connects_once LOGIN CONNECTION LIMIT 1; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; "
      "END $$; DO $$ BEGIN EXECUTE format('GRANT ALL ON DATABASE %I TO connects_once', current_database()); END $$; "
      "GRANT ALL ON SCHEMA public TO connects_once");

  const Finished up = workspace.program().run({"up", "-v", "--url", workspace.database().url() + "&user=connects_once"});
  workspace.database().execute("DROP OWNED BY connects_once");

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.err, ContainsSubstring("no_heartbeat"));
  CHECK_THAT(up.err, ContainsSubstring("too many connections for role"));
}
