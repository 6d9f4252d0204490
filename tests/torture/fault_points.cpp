// The k-th call to the database is a run's last, or fails, for every k.

#include <chrono>
#include <csignal>

#include <fmt/format.h>

#include "support/postgres_proxy.hpp"
#include "support/faults.hpp"
#include "torture/torment.hpp"

namespace seedbed::test {

using namespace std::chrono_literals;
using host::Engine;

namespace {

/// What is disturbed, a first `up` or `seed` after migrations that went well, at every how many calls.
struct Command {
  bool seed_alone = false;
  unsigned step = 1;

  std::vector<std::string> words(const std::string& url) const { return {seed_alone ? "seed" : "up", "--url", url}; }

  void prepare(const Workload& workload, const std::string& url) const {
    if (!seed_alone) return;
    const Finished up = workload.program().run({"up", "--no-seed", "--url", url});
    if (up.exit_code != 0) throw std::runtime_error("an undisturbed run failed:\n" + up.err);
  }
};

/// A run that was disturbed has failed or was killed, and said nothing untrue: one that ended with 0 has done all.
void judge(Tally& tally, const Finished& run, bool killed, const std::string& where, const std::string& url, const std::string& expected) {
  ++tally.runs;
  killed ? ++tally.kills : ++tally.faults;
  const bool as_expected = killed ? run.exit_code == 128 + SIGKILL : run.exit_code == 0 || run.exit_code == 1;
  if (!as_expected) tally.complain(fmt::format("{}: ended with {}\n{}{}", where, run.exit_code, run.out, run.err));
  if (run.exit_code == 0) tally.require_done(where, url, expected);
}

/// A fault that never strikes would make everything look well.
void require_strikes(Tally& tally, std::size_t strikes, const std::string& what) {
  constexpr std::size_t kLeast = 3;  // a short `seed` at long steps
  if (strikes < kLeast) tally.complain(fmt::format("{}: only {} faults struck", what, strikes));
}

/// Disturbs a run of its own at the calls to SQLite that `variable` counts.
void at_sqlite_calls(Tally& tally, Random& random, const std::string& variable, std::initializer_list<Command> commands, bool kill) {
  for (const Command& command : commands) {
    const Workload workload(Engine::sqlite, drawn_seeding(random));
    const std::string expected = workload.expected();
    std::size_t strikes = 0;
    for (long call = 1 + static_cast<long>(random() % command.step);; call += command.step) {
      TestDatabase database(Engine::sqlite);
      command.prepare(workload, database.url());
      const TempDir told;
      Program program = workload.program();
      preload_faults(program, variable, call);
      program.environment("SEEDBED_TEST_TELL", (told / "struck").string());
      const Finished run = program.run(command.words(database.url()));
      if (!std::filesystem::exists(told / "struck")) break;
      ++strikes;
      judge(tally, run, kill, fmt::format("{}={}", variable, call), database.url(), expected);
      tally.settle(workload, database.url(), expected);
    }
    require_strikes(tally, strikes, variable);
  }
  ++tally.rounds;
}

/// Empties the database, which is quicker than making another.
void empty(TestDatabase& database) {
  database.execute("DROP SCHEMA IF EXISTS seedbed CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

void wait_for_server_to_forget_clients(TestDatabase& database) {
  while (database.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()") != "1") {
  }
}

/// Kills a run that waits for the answer to a message, or cuts its connection there.
void at_postgres_messages(Tally& tally, Random& random, std::initializer_list<Command> commands, bool kill) {
  for (const Command& command : commands) {
    const Workload workload(Engine::postgres, drawn_seeding(random));
    const std::string expected = workload.expected();
    TestDatabase database(Engine::postgres);
    std::size_t strikes = 0;
    for (std::size_t message = 1 + random() % command.step;; message += command.step) {
      empty(database);
      command.prepare(workload, database.url());
      PostgresProxy proxy(database.url());
      const auto moment = random() % 2 == 0 ? PostgresProxy::Moment::before : PostgresProxy::Moment::after;
      if (kill) proxy.stall(moment, PostgresProxy::nth(message));
      else proxy.cut(moment, PostgresProxy::nth(message));
      Running running = workload.program().start(command.words(proxy.url()));
      while (!proxy.struck(1ms) && !running.ended()) {
      }
      const bool struck = proxy.struck(0ms);
      if (struck && kill) running.signal(SIGKILL);
      const Finished run = running.wait();
      wait_for_server_to_forget_clients(database);
      if (!struck) break;
      ++strikes;
      judge(tally, run, kill, fmt::format("{} message {}, {}", moment == PostgresProxy::Moment::before ? "before" : "after",
                                          message, proxy.requests().back()), database.url(), expected);
      tally.settle(workload, database.url(), expected);
    }
    require_strikes(tally, strikes, "messages to PostgreSQL");
  }
  ++tally.rounds;
}

}  // namespace

Torment kill_at_sqlite_statements() {
  return {"kill-sqlite-statements", "killed at the k-th statement: SQLite", [](Tally& tally, Random& random) {
            at_sqlite_calls(tally, random, "SEEDBED_TEST_DIE_AT_STATEMENT", {{false, 1}, {true, 4}}, true);
          }};
}

Torment kill_at_sqlite_writes() {
  return {"kill-sqlite-writes", "killed at the k-th write to a file: SQLite", [](Tally& tally, Random& random) {
            at_sqlite_calls(tally, random, "SEEDBED_TEST_DIE_AT_WRITE", {{false, 8}, {true, 8}}, true);
          }};
}

Torment fail_sqlite_writes() {
  return {"fail-sqlite-writes", "the k-th write to a file fails: SQLite", [](Tally& tally, Random& random) {
            at_sqlite_calls(tally, random, "SEEDBED_TEST_FAIL_AT_WRITE", {{false, 8}, {true, 8}}, false);
          }};
}

Torment kill_at_postgres_messages() {
  return {"kill-postgres-messages", "killed at the k-th message: PostgreSQL",
          [](Tally& tally, Random& random) { at_postgres_messages(tally, random, {{false, 2}, {true, 6}}, true); }};
}

Torment cut_postgres_messages() {
  return {"cut-postgres-messages", "cut off at the k-th message: PostgreSQL",
          [](Tally& tally, Random& random) { at_postgres_messages(tally, random, {{false, 5}, {true, 5}}, false); }};
}

}  // namespace seedbed::test
