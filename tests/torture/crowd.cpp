// Twenty runs at once, some of them killed.

#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "support/pgbouncer.hpp"
#include "support/faults.hpp"
#include "torture/torment.hpp"

namespace seedbed::test {

using namespace std::chrono_literals;
using host::Engine;

namespace {

constexpr std::size_t kRuns = 20;
constexpr std::size_t kKills = 5;

/// The process that holds the lock; 0 if none does.
pid_t lock_holder(TestDatabase& database) {
  if (database.value("SELECT to_regclass('seedbed.lock') IS NOT NULL") != "t") return 0;
  const auto rows = database.rows("SELECT process FROM seedbed.lock WHERE id = 1 AND run IS NOT NULL");
  return rows.empty() ? 0 : std::stoi(rows[0][0]);
}

/// Half a minute passes for the lease of a run that was killed: behind a pooler nothing else ends it.
void let_lease_end(TestDatabase& database, pid_t process) {
  if (lock_holder(database) != process) return;
  database.execute("UPDATE seedbed.migrations SET applied_at = applied_at - interval '30 seconds'");
  database.execute(fmt::format("UPDATE seedbed.lock SET lease_until = lease_until - interval '30 seconds' "
                               "WHERE id = 1 AND run IS NOT NULL AND process = {}", process));
}

class Crowd {
 public:
  Crowd(Engine engine, Tally& tally, Random& random)
      : workload_(engine, drawn_seeding(random)), database_(engine), url_(database_.url()),
        tally_(tally), random_(random) {}

  /// `pool` is how many connections a PgBouncer has; 0: there is none.
  void round(int pool = 0) {
    std::optional<PgBouncer> pooler;
    if (pool > 0) {
      pooler.emplace(database_.url(), pool);
      url_ = pooler->url();
    }
    const std::string expected = workload_.expected();
    for (std::size_t i = 0; i < kRuns; ++i) start_one();
    const unsigned longest_pause = workload_.engine() == Engine::sqlite ? 15 : 60;
    for (std::size_t i = 0; i < kKills; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random_() % longest_pause));
      kill_one(pool > 0);
    }
    for (Running& run : runs_) await(run);
    ++tally_.rounds;
    tally_.settle(workload_, database_.url(), expected);
  }

 private:
  /// Under a clock of its own, up to a day from everybody else's: only the server's may count.
  void start_one() {
    const long shift = random_() % 2 == 0 ? 0 : static_cast<long>(random_() % 172'800) - 86'400;
    Program program = workload_.program();
    preload_faults(program, "SEEDBED_TEST_CLOCK_SHIFT", shift);
    runs_.push_back(program.start({"up", "--url", url_, "--lock-timeout", "90s"}));
    ++tally_.runs;
    tally_.faults += shift != 0 ? 1 : 0;
  }

  /// Kills one run: any, or the one that holds the lock.
  void kill_one(bool behind_pooler) {
    std::vector<std::size_t> alive;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (!runs_[i].ended()) alive.push_back(i);
    }
    if (alive.empty()) {  // a quick machine: all have ended already
      start_one();
      alive.push_back(runs_.size() - 1);
    }
    std::size_t victim = alive[random_() % alive.size()];
    if (workload_.engine() == Engine::postgres && random_() % 2 == 0) {
      const pid_t holder = lock_holder(database_);
      for (const std::size_t i : alive) {
        if (runs_[i].pid() == holder) victim = i;
      }
    }
    const pid_t process = runs_[victim].pid();
    runs_[victim].signal(SIGKILL);
    if (runs_[victim].wait().exit_code == 128 + SIGKILL) ++tally_.kills;
    if (behind_pooler) let_lease_end(database_, process);
  }

  void await(Running& run) {
    try {
      const Finished finished = run.wait(100s);
      if (finished.exit_code == 0 || finished.exit_code == 128 + SIGKILL) return;
      tally_.complain(fmt::format("a run of the crowd ended with {}:\n{}", finished.exit_code, finished.err));
    } catch (const StillRunning& error) {
      ++tally_.stuck;
      tally_.problems.emplace_back(error.what());
    }
  }

  Workload workload_;
  TestDatabase database_;
  std::string url_;
  Tally& tally_;
  Random& random_;
  std::vector<Running> runs_;
};

}  // namespace

Torment crowd_on_sqlite() {
  return {"crowd-sqlite", "20 runs at once, 5 killed: SQLite",
          [](Tally& tally, Random& random) { Crowd(Engine::sqlite, tally, random).round(); }};
}

Torment crowd_on_postgres() {
  return {"crowd-postgres", "20 runs at once, 5 killed: PostgreSQL",
          [](Tally& tally, Random& random) { Crowd(Engine::postgres, tally, random).round(); }};
}

Torment crowd_behind_pgbouncer() {
  return {"crowd-pgbouncer", "20 runs at once, 5 killed: PgBouncer, transaction mode", [](Tally& tally, Random& random) {
            Crowd(Engine::postgres, tally, random).round(random() % 2 == 0 ? 1 : 4);
          }};
}

}  // namespace seedbed::test
