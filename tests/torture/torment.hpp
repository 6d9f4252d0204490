#pragma once
// What is done to runs of seedbed, and what came of it.

#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "torture/workload.hpp"

namespace seedbed::test {

using Random = std::minstd_rand;

Seeding drawn_seeding(Random& random);

/// What was done and found, over any number of rounds.
struct Tally {
  std::size_t rounds = 0;
  std::size_t runs = 0;    ///< of seedbed that were started
  std::size_t kills = 0;   ///< runs that ended with kill -9
  std::size_t faults = 0;  ///< calls, connections, servers and disks that failed, clocks that were moved
  std::size_t lost = 0;    ///< rows, objects and ledger entries that should be there
  std::size_t excess = 0;  ///< and those that should not: done twice, or left behind
  std::size_t stuck = 0;   ///< runs that did not end in time
  std::size_t wrong = 0;   ///< runs that ended otherwise than they had to
  std::vector<std::string> problems;

  bool good() const { return lost + excess + stuck + wrong == 0; }

  /// A run that ended otherwise than it had to.
  void complain(const std::string& problem);

  /// Complains unless a run that ended with 0 has left the database of `url` as `expected`.
  void require_done(const std::string& where, const std::string& url, const std::string& expected);

  /// Lets a last run complete what the round did to the database of `url`, and compares.
  void settle(const Workload& workload, const std::string& url, const std::string& expected);
};

/// A kind of torment.
struct Torment {
  std::string name;  ///< for --only
  std::string what;  ///< for people
  std::function<void(Tally&, Random&)> round;
};

/// Twenty runs at once, five of them killed, each under a clock of its own.
Torment crowd_on_sqlite();
Torment crowd_on_postgres();
Torment crowd_behind_pgbouncer();

/// The k-th call to the database is the last, or fails; k grows until a run passes.
Torment kill_at_sqlite_statements();
Torment kill_at_sqlite_writes();
Torment fail_sqlite_writes();
Torment kill_at_postgres_messages();
Torment cut_postgres_messages();

/// The server crashes, and comes back, while runs are at work.
Torment crash_postgres();

/// The disk is full, or cannot be written any more, and then can.
Torment fill_disk_of_postgres();
Torment fill_disk_of_sqlite();
Torment make_disk_of_sqlite_read_only();

}  // namespace seedbed::test
