// Twenty runs at once, some of them killed.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/pgbouncer.hpp"
#include "torture/ten_migrations.hpp"

using namespace seedbed::test;
using namespace std::chrono_literals;
using seedbed::host::Engine;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kRuns = 20;
constexpr std::size_t kKills = 5;

unsigned seed_of_this_run() {
  const char* given = std::getenv("SEEDBED_TEST_SEED");
  return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
}

/// The process that holds the lock; 0 if none does.
pid_t lock_holder(TestDatabase& database) {
  if (database.value("SELECT to_regclass('seedbed.lock') IS NOT NULL") != "t") return 0;
  const auto rows = database.rows("SELECT process FROM seedbed.lock WHERE id = 1 AND run IS NOT NULL");
  return rows.empty() ? 0 : std::stoi(rows[0][0]);
}

/// Half a minute passes for the lease of a run that was killed: behind a pooler nothing else ends it.
void let_lease_end(TestDatabase& database, pid_t process) {
  if (lock_holder(database) != process) return;
  database.execute(fmt::format("UPDATE seedbed.lock SET lease_until = lease_until - interval '30 seconds' "
                               "WHERE id = 1 AND run IS NOT NULL AND process = {}", process));
}

struct Crowd {
  Workspace workspace;
  std::string url;
  bool behind_pooler = false;
  std::minstd_rand random{0};
  std::vector<Running> runs;

  explicit Crowd(Engine engine) : workspace(engine), url(workspace.database().url()) {
    write_ten_migrations(workspace);
  }

  void start_one() { runs.push_back(workspace.program().start({"up", "--url", url, "--lock-timeout", "90s"})); }

  /// Kills one run: any, or the one that holds the lock.
  void kill_one() {
    std::vector<std::size_t> alive;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!runs[i].ended()) alive.push_back(i);
    }
    if (alive.empty()) {  // a quick machine: all have ended already
      start_one();
      alive.push_back(runs.size() - 1);
    }
    std::size_t victim = alive[random() % alive.size()];
    if (workspace.engine() == Engine::postgres && random() % 2 == 0) {
      const pid_t holder = lock_holder(workspace.database());
      for (const std::size_t i : alive) {
        if (runs[i].pid() == holder) victim = i;
      }
    }
    const pid_t process = runs[victim].pid();
    runs[victim].signal(SIGKILL);
    CHECK(runs[victim].wait().exit_code == 128 + SIGKILL);
    if (behind_pooler) let_lease_end(workspace.database(), process);
  }

  void check(const std::string& expected) {
    const unsigned seed = seed_of_this_run();
    random.seed(seed);
    std::string log = fmt::format("SEEDBED_TEST_SEED={}\n", seed);
    INFO(log);
    for (std::size_t i = 0; i < kRuns; ++i) start_one();
    const unsigned longest_pause = workspace.engine() == Engine::sqlite ? 15 : 60;
    for (std::size_t i = 0; i < kKills; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % longest_pause));
      kill_one();
    }
    std::size_t done = 0, killed = 0;
    for (Running& run : runs) {
      const Finished finished = run.wait(100s);
      done += finished.exit_code == 0 ? 1 : 0;
      killed += finished.exit_code == 128 + SIGKILL ? 1 : 0;
      if (finished.exit_code != 0 && finished.exit_code != 128 + SIGKILL) log += finished.err;
    }
    const Finished after = workspace.run({"up"});

    INFO(log << after.out << after.err);
    CHECK(done == runs.size() - kKills);
    CHECK(killed == kKills);
    CHECK(after.exit_code == 0);
    CHECK(state_of(workspace.database()) == expected);
  }
};

std::string state_of_one_run(Engine engine) {
  Workspace workspace(engine);
  write_ten_migrations(workspace);
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  return state_of(workspace.database());
}

}  // namespace

TEST_CASE("of twenty runs at once five are killed and nothing is lost or done twice", "[torture]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  Crowd crowd(engine);

  crowd.check(state_of_one_run(engine));
}

TEST_CASE("of twenty runs at once behind PgBouncer five are killed and nothing is lost or done twice", "[torture]") {
  const int pool = GENERATE(1, 4);
  Crowd crowd(Engine::postgres);
  const PgBouncer pooler(crowd.url, pool);
  crowd.url = pooler.url();
  crowd.behind_pooler = true;

  crowd.check(state_of_one_run(Engine::postgres));
}
