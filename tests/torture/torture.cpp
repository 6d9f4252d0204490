// Torments runs of seedbed and counts what was lost: nothing, or the program fails.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "support/markdown_table.hpp"
#include "torture/report.hpp"

namespace seedbed::test {

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  double minutes = 4;
  std::size_t rounds = 0;
  unsigned seed = std::random_device{}();
  std::vector<std::string> only;
  std::string readme, json;
};

constexpr int kNothingTried = 77;  // what ctest is told to take for a skipped test

std::vector<Torment> torments() {
  return {crowd_on_sqlite(),           crowd_on_postgres(),         crowd_behind_pgbouncer(), kill_at_sqlite_statements(),
          kill_at_sqlite_writes(),     fail_sqlite_writes(),        kill_at_postgres_messages(), cut_postgres_messages(),
          crash_postgres(),            fill_disk_of_postgres(),     fill_disk_of_sqlite(),    make_disk_of_sqlite_read_only()};
}

/// One kind of torment, and how much time it had.
struct Contender {
  Torment torment;
  Tally tally;
  std::string not_tried;  ///< why
  Clock::duration took{};
  bool done = false;
};

class Torture {
 public:
  explicit Torture(Options options) : options_(std::move(options)), random_(options_.seed) {
    for (Torment& torment : torments()) {
      const bool wanted = options_.only.empty() || std::ranges::find(options_.only, torment.name) != options_.only.end();
      if (wanted) contenders_.push_back({std::move(torment), {}, "", {}, false});
    }
  }

  /// One round of each at least, then those that had least time, until it is over.
  TortureReport run() {
    const auto start = Clock::now();
    while (Contender* next = next_one(Clock::now() - start)) round(*next);
    TortureReport report;
    report.machine = fmt::format("{:.1f} minutes; lots drawn with --seed {}.", std::chrono::duration<double, std::ratio<60>>(Clock::now() - start).count(), options_.seed);
    for (Contender& each : contenders_) {
      if (each.not_tried.empty()) report.tallies.emplace_back(std::move(each.torment), std::move(each.tally));
      else report.not_tried.push_back(each.torment.what + ": " + each.not_tried);
    }
    return report;
  }

 private:
  Contender* next_one(Clock::duration elapsed) {
    const bool over = elapsed > std::chrono::duration<double, std::ratio<60>>(options_.minutes);
    Contender* next = nullptr;
    for (Contender& each : contenders_) {
      const bool enough = options_.rounds > 0 ? each.tally.rounds >= options_.rounds : over && each.tally.rounds > 0;
      if (each.done || enough) continue;
      if (next == nullptr || each.took < next->took) next = &each;
    }
    return next;
  }

  void round(Contender& contender) {
    std::fprintf(stderr, "torture: %s\n", contender.torment.what.c_str());
    const auto start = Clock::now();
    const std::size_t problems = contender.tally.problems.size();
    try {
      contender.torment.round(contender.tally, random_);
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::operation_not_permitted && error.code() != std::errc::permission_denied) throw;
      contender.not_tried = error.what();
      contender.done = true;
    } catch (const StillRunning& error) {
      ++contender.tally.stuck;
      contender.tally.problems.emplace_back(error.what());
      ++contender.tally.rounds;
    }
    contender.took += Clock::now() - start;
    for (std::size_t i = problems; i < contender.tally.problems.size(); ++i) {
      std::fprintf(stderr, "torture: %s (--seed %u)\n", contender.tally.problems[i].c_str(), options_.seed);
    }
  }

  Options options_;
  Random random_;
  std::vector<Contender> contenders_;
};

}  // namespace

int main_with(int argc, char** argv) {
  Options options;
  CLI::App app("kills, crowds and starves runs of seedbed, and counts what was lost");
  app.add_option("--minutes", options.minutes, "how long; one round of each kind at least")->capture_default_str();
  app.add_option("--rounds", options.rounds, "so many of each kind, however long they take");
  app.add_option("--only", options.only, "kinds; all by default")->check([](const std::string& name) {
    const std::vector<Torment> all = torments();
    if (std::ranges::find(all, name, &Torment::name) != all.end()) return std::string();
    std::string names = "kinds are";
    for (const Torment& each : all) names += " " + each.name;
    return names;
  });
  app.add_option("--seed", options.seed, "of what is drawn by lot");
  app.add_option("--readme", options.readme, "whose table is rewritten, after a run of all kinds");
  app.add_option("--json", options.json, "where the figures go");
  CLI11_PARSE(app, argc, argv);

  const TortureReport report = Torture(options).run();
  std::fputs(report.markdown().c_str(), stdout);
  if (!options.json.empty()) write_file(options.json, report.json());
  if (report.nothing_tried()) return kNothingTried;
  if (!report.good()) return 1;
  if (!options.readme.empty() && options.only.empty()) rewrite_between(options.readme, "torture", report.markdown());
  return 0;
}

}  // namespace seedbed::test

int main(int argc, char** argv) {
  try {
    return seedbed::test::main_with(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "torture: %s\n", error.what());
    return 1;
  }
}
