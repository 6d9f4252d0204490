// Ctrl-C in the middle of a run.

#include <chrono>
#include <csignal>
#include <thread>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using namespace std::chrono_literals;
using seedbed::host::Engine;

namespace {

/// Lets the program come from the event into the long statement behind it, and interrupts it there.
Finished interrupted_after(Running& running, const std::string& event, int signal) {
  running.wait_for_output(event);
  std::this_thread::sleep_for(300ms);
  running.signal(signal);
  return running.wait(10s);
}

}  // namespace

TEST_CASE("Ctrl-C in the middle of a migration rolls it back and keeps the earlier ones", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_long.sql",
                  "CREATE TABLE half (a integer);\n" + long_statement(workspace.engine()));

  Running running = workspace.start({"up", "-v"});
  const Finished up = interrupted_after(running, "migration_completed", SIGINT);

  CHECK(up.exit_code == 130);
  CHECK_THAT(up.err, ContainsSubstring("seedbed: error: interrupted"));
  CHECK_THAT(up.err, ContainsSubstring("kept: 20260101120000_create_customer.sql."));
  CHECK_THAT(up.err, ContainsSubstring("What was under way was rolled back."));
  CHECK_THAT(up.out, ContainsSubstring("interrupted after"));
  CHECK_THROWS(workspace.value("SELECT count(*) FROM half"));
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations")) == "1");
  CHECK(workspace.value("SELECT outcome FROM " + workspace.ledger("runs")) == "interrupted");
}

TEST_CASE("a signal in the middle of a seeder rolls back all seeders", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const int signal = GENERATE(SIGINT, SIGTERM);
  workspace.write_customer_migration();
  workspace.write_seeder("alpha", insert_customer("a"));
  workspace.write_seeder("beta", insert_customer("b") + long_statement(workspace.engine()));
  workspace.run({"up", "--no-seed"});

  Running running = workspace.start({"seed", "-v"});
  const Finished seed = interrupted_after(running, "seeder_started seeder=beta", signal);

  CHECK(seed.exit_code == 130);
  CHECK_THAT(seed.err, ContainsSubstring("What was under way was rolled back; the database is as before."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("seeds")) == "0");
}

TEST_CASE("Ctrl-C while waiting for the lock ends the wait", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.write_seeder("slow", long_statement(workspace.engine()), "");
  Running holder = workspace.start({"seed", "-v"});
  holder.wait_for_output("seeder_started");

  workspace.write_seeder("quick", insert_customer("a"));
  Running running = workspace.start({"seed", "quick", "-v"});
  const Finished waiting = interrupted_after(running, "waiting_for_lock", SIGINT);

  CHECK(waiting.exit_code == 130);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("Ctrl-C while an SQLite file is locked against readers ends the wait", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.database().execute("PRAGMA journal_mode = DELETE");  // in WAL readers are never locked out
  workspace.database().execute("BEGIN EXCLUSIVE");

  Running running = workspace.start({"up"});
  const Finished up = interrupted_after(running, "waiting_for_lock", SIGINT);

  CHECK(up.exit_code == 130);
  CHECK_THAT(up.err, ContainsSubstring("seedbed: error: interrupted"));
}

TEST_CASE("Ctrl-C while waiting for a database ends the wait", "[run]") {
  const TempDir folder;

  Running running = Program(folder.path()).start({"wait", "-v", "--url", "postgresql:///shop?host=" + folder.path().string()});
  const Finished wait = interrupted_after(running, "connection_retry", SIGINT);

  CHECK(wait.exit_code == 130);
}
