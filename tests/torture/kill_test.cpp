// kill -9 wherever it can strike, and the run after it.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/postgres_proxy.hpp"
#include "torture/ten_migrations.hpp"

using namespace seedbed::test;
using namespace std::chrono_literals;
using seedbed::host::Engine;

namespace {

std::string state_of_undisturbed_run(Engine engine) {
  Workspace workspace(engine);
  write_ten_migrations(workspace);
  const Finished up = workspace.run({"up"});
  INFO(up.err);
  REQUIRE(up.exit_code == 0);
  return state_of(workspace.database());
}

/// Empties the database, which is quicker than making another.
void empty(TestDatabase& database) {
  database.execute("DROP SCHEMA IF EXISTS seedbed CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

void wait_for_server_to_forget_clients(TestDatabase& database) {
  while (database.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()") != "1") {
  }
}

/// Kills a run before it has sent message `first`, and others before every `step`-th after that.
void kill_before_messages(std::size_t first, std::size_t step) {
  const std::string expected = state_of_undisturbed_run(Engine::postgres);
  Workspace workspace(Engine::postgres);
  write_ten_migrations(workspace);
  std::size_t kills = 0;

  for (std::size_t message = first;; message += step, ++kills) {
    PostgresProxy proxy(workspace.database().url());
    proxy.stall(PostgresProxy::Moment::before, PostgresProxy::nth(message));
    Running running = workspace.program().start({"up", "--url", proxy.url()});
    while (!proxy.struck(1ms) && !running.ended()) {
    }
    const bool killed = proxy.struck(0ms);
    if (killed) running.signal(SIGKILL);
    const int exit_code = running.wait().exit_code;
    wait_for_server_to_forget_clients(workspace.database());

    const Finished rerun = workspace.run({"up"});

    INFO("killed before message " << message << ": " << (killed ? proxy.requests().back() : "none") << "\n" << rerun.err);
    CHECK(exit_code == (killed ? 128 + SIGKILL : 0));
    CHECK(rerun.exit_code == 0);
    CHECK(state_of(workspace.database()) == expected);
    if (!killed) break;
    empty(workspace.database());
  }
  CHECK(kills > 10);
}

/// Kills a run of its own at every `step`-th of SQLite's calls that `variable` counts, from `first` on.
void kill_at_calls(const std::string& variable, std::size_t first, std::size_t step) {
  const std::string expected = state_of_undisturbed_run(Engine::sqlite);
  std::size_t kills = 0;

  for (std::size_t call = first;; call += step, ++kills) {
    Workspace workspace(Engine::sqlite);
    write_ten_migrations(workspace);
    const char* asan = std::getenv("ASAN_OPTIONS");
    const int exit_code = workspace.program()
                              .environment("LD_PRELOAD", SEEDBED_FAULT_POINTS)
                              .environment("ASAN_OPTIONS", std::string(asan != nullptr ? asan : "") + ":verify_asan_link_order=0")
                              .environment(variable, std::to_string(call))
                              .run({"up", "--url", workspace.database().url()})
                              .exit_code;

    const Finished rerun = workspace.run({"up"});

    INFO(variable << "=" << call << "\n" << rerun.err);
    CHECK(exit_code == (exit_code == 0 ? 0 : 128 + SIGKILL));
    CHECK(rerun.exit_code == 0);
    CHECK(state_of(workspace.database()) == expected);
    if (exit_code == 0) break;
  }
  CHECK(kills > 10);
}

}  // namespace

TEST_CASE("a run killed at any statement to SQLite is completed by the next", "[torture]") {
  kill_at_calls("SEEDBED_TEST_DIE_AT_STATEMENT", 1, 1);
}

TEST_CASE("a run killed in the middle of writing an SQLite file is completed by the next", "[torture]") {
  const std::size_t step = 8;
  const std::size_t first = 1 + std::random_device{}() % step;
  kill_at_calls("SEEDBED_TEST_DIE_AT_WRITE", first, step);
}

TEST_CASE("a run killed before an odd message to PostgreSQL is completed by the next", "[torture]") {
  kill_before_messages(1, 2);
}

TEST_CASE("a run killed before an even message to PostgreSQL is completed by the next", "[torture]") {
  kill_before_messages(2, 2);
}
