#include "bench/proving.hpp"

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/process.hpp"
#include "support/postgres_proxy.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::bench {

namespace fs = std::filesystem;

void measure_proving(const ProvingOptions& options, Report& report) {
  const test::TempDir root;
  const fs::path source = SEEDBED_SOURCE_DIR, file = root / "app.db";
  const auto run = [&](const std::string& command, const std::string& url, const std::string& tier) {
    std::vector<std::string> words{options.seedbed, command, "-q", "--url", url, "--tier", tier, "--migrations", (source / "migrations").string(),
                                   "--seeders", (fs::path(options.seedbed).parent_path() / "plugins").string(), "--seeders", (source / "plugins").string()};
    if (command == "up") words.emplace_back("--no-seed");
    return bench::run(words, root.path()).ms;
  };
  for (const bool postgres : {true, false}) {
    const auto migrated = [&](const std::string& tier) {
      for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(file.string() + suffix);
      const std::string url = postgres ? options.empty("bench_proving") : "sqlite:" + file.string();
      run("up", url, tier);
      return url;
    };
    for (const std::string tier : {"production", "development"}) {
      const char* engine = postgres ? "PostgreSQL" : "SQLite";
      const char* passes = tier == "production" ? "the two passes alone" : "with edits and scratch database";
      std::fprintf(stderr, "bench: proving: %s, %s\n", engine, passes);
      Comparison comparison{"Proving the reference application's seeders", fmt::format("{}, {}", engine, passes), {}, "seed, twice", {}, {}};
      for (int round = 0; round <= options.rounds; ++round) {
        const std::string url = migrated(tier);
        const double proving = run("prove", url, tier);
        const double seeding = run("seed", url, tier) + run("seed", url, tier);
        if (round == 0) continue;  // the first warms up
        comparison.seedbed.ms.push_back(proving);
        comparison.other.ms.push_back(seeding);
      }
      report.comparisons.push_back(std::move(comparison));
    }
    if (!postgres) continue;
    const std::string url = migrated("development");
    run("seed", url, "development");
    const test::PostgresProxy proxy(url);
    run("seed", proxy.url(), "development");
    report.figures.push_back({"Counted on PostgreSQL", "the reference application's seeders, nothing new: round trips",
                              std::to_string(proxy.traffic().round_trips), ""});
  }
}

}  // namespace seedbed::bench
