// Servers that crash and disks that cannot be written any more, while runs are at work.

#include <chrono>
#include <csignal>
#include <thread>

#include <fmt/format.h>

#include "support/own_server.hpp"
#include "torture/small_disk.hpp"
#include "torture/torment.hpp"

namespace seedbed::test {

using namespace std::chrono_literals;
using host::Engine;

namespace {

/// Waits for `runs`, each of which may have succeeded or failed, and said so.
void await(Tally& tally, std::vector<Running>& runs) {
  for (Running& run : runs) {
    ++tally.runs;
    try {
      const Finished finished = run.wait(60s);
      if (finished.exit_code == 0 || finished.exit_code == 1 || finished.exit_code == 5) continue;
      tally.complain(fmt::format("a run ended with {}:\n{}", finished.exit_code, finished.err));
    } catch (const StillRunning& error) {
      ++tally.stuck;
      tally.problems.emplace_back(error.what());
    }
  }
}

std::vector<Running> several(const Workload& workload, const std::string& url, int count) {
  std::vector<Running> runs;
  for (int i = 0; i < count; ++i) runs.push_back(workload.program().start({"up", "--url", url, "--lock-timeout", "30s", "--wait", "10s"}));
  return runs;
}

void crash_round(Tally& tally, Random& random) {
  static OwnServer server;
  const Workload workload(Engine::postgres, drawn_seeding(random));
  const std::string url = server.new_database();
  std::vector<Running> runs = several(workload, url, 4);
  for (int crash = 0; crash < 2; ++crash, ++tally.faults) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 300));
    server.crash();
  }
  await(tally, runs);
  ++tally.rounds;
  tally.settle(workload, url, workload.expected());
}

/// A run after another, with ever more room: from none to enough.
void full_disk_round(Tally& tally, Random& random, const Workload& workload, const SmallDisk& disk, const std::string& url,
                     const std::function<void()>& recover) {
  for (std::size_t room = random() % 65'536; room < 1'500'000; room += 65'536 + random() % 262'144) {
    disk.fill_up_to(room);
    std::vector<Running> runs = several(workload, url, 1);
    await(tally, runs);
    ++tally.faults;
    disk.make_room();
    recover();
  }
  ++tally.rounds;
  tally.settle(workload, url, workload.expected());
}

}  // namespace

Torment crash_postgres() { return {"crash-postgres", "the server crashes twice: PostgreSQL", crash_round}; }

Torment fill_disk_of_postgres() {
  return {"full-disk-postgres", "the disk is full: PostgreSQL", [](Tally& tally, Random& random) {
            static const SmallDisk disk(256);
            static OwnServer server(disk.path());
            const Workload workload(Engine::postgres, drawn_seeding(random));
            full_disk_round(tally, random, workload, disk, server.new_database(), [] { server.wait(); });
          }};
}

Torment fill_disk_of_sqlite() {
  return {"full-disk-sqlite", "the disk is full: SQLite", [](Tally& tally, Random& random) {
            const SmallDisk disk(8);
            const Workload workload(Engine::sqlite, drawn_seeding(random));
            full_disk_round(tally, random, workload, disk, "sqlite:" + (disk.path() / "shop.db").string(), [] {});
          }};
}

Torment make_disk_of_sqlite_read_only() {
  return {"read-only-disk-sqlite", "killed, and the disk becomes read-only: SQLite", [](Tally& tally, Random& random) {
            const SmallDisk disk(8);
            const Workload workload(Engine::sqlite, drawn_seeding(random));
            const std::string url = "sqlite:" + (disk.path() / "shop.db").string();
            for (int i = 0; i < 8; ++i) {
              // Linux makes no disk read-only while a file on it is open for writing.
              Running run = workload.program().start({"up", "--url", url});
              std::this_thread::sleep_for(std::chrono::milliseconds(random() % 40));
              if (!run.ended()) run.signal(SIGKILL);
              ++tally.runs;
              tally.kills += run.wait().exit_code == 128 + SIGKILL ? 1 : 0;
              disk.make_read_only(true);
              ++tally.faults;
              std::vector<Running> runs = several(workload, url, 2);
              await(tally, runs);
              disk.make_read_only(false);
            }
            ++tally.rounds;
            tally.settle(workload, url, workload.expected());
          }};
}

}  // namespace seedbed::test
