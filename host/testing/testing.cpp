#include <seedbed/testing.hpp>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "config/settings.hpp"
#include "database/database.hpp"
#include "report/text.hpp"
#include "run/run.hpp"

namespace seedbed::testing {

namespace fs = std::filesystem;
using host::Error;
using host::ExitCode;

namespace {

constexpr std::int64_t kFirstRun = 1'767'268'800'000;  // 2026-01-01 12:00 UTC, in milliseconds
constexpr std::int64_t kDay = 86'400'000;

fs::path make_folder() {
  std::error_code failure;
  const fs::path memory = "/dev/shm";
  fs::path folder = (fs::is_directory(memory, failure) ? memory : fs::temp_directory_path()) / "seedbed-XXXXXX";
  std::string name = folder.string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("could not make a folder such as " + folder.string());
  return name;
}

/// `work`'s value; its Error as an exception that a test framework can print.
template <class Work>
auto plainly(const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw std::runtime_error(host::to_text(error, /*color=*/false));
  }
}

SeederRun run_of(const host::SeederOutcome& outcome) {
  SeederRun run;
  const host::TableCounts total = outcome.total();
  run.inserted = total.inserted;
  run.updated = total.updated;
  run.deleted = total.deleted;
  run.unchanged = outcome.unchanged();
  for (const host::TableOutcome& table : outcome.tables) {
    if (table.counts.inserted > 0) run.inserted_into[table.counts.table] += table.counts.inserted;
  }
  return run;
}

}  // namespace

/// A folder with the database and links to the seeders, so that no others are found.
class TwoRuns::Database {
 public:
  Database(const fs::path& plugin, const Options& options) : folder_(make_folder()) {
    fs::create_directory(folder_ / "seeders");
    link(plugin);
    for (const fs::path& other : options.others) link(other);
  }
  ~Database() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  SeederRun run(const std::string& name, const Options& options, std::int64_t now) const {
    host::CommandLine line;
    line.url = "sqlite:" + (folder_ / "test.db").string();
    line.tier = "development";
    if (!options.migrations.empty()) line.migrations = fs::absolute(options.migrations).string();
    line.seeders = {(folder_ / "seeders").string()};
    host::Settings settings = host::resolve_settings(line, {}, folder_);
    settings.environment = options.environment;
    settings.now = now;
    for (const auto& [parameter, value] : options.parameters) {
      settings.seeders.parameters[name][parameter] = {value, "the test's options"};
    }
    host::RunOptions run_options;
    run_options.names = {name};
    const host::Outcome outcome = host::run(settings, run_options);
    if (outcome.error) throw *outcome.error;
    const auto seeder = std::ranges::find(outcome.seeders, name, &host::SeederOutcome::name);
    if (seeder == outcome.seeders.end()) {
      throw Error(ExitCode::usage, fmt::format("seeder \"{}\" was left out: {}", name, reason(outcome, name)));
    }
    return run_of(*seeder);
  }

  std::string value(std::string_view sql) const {
    const auto database = host::connect(host::parse_url("sqlite:" + (folder_ / "test.db").string(), folder_), {});
    const std::vector<host::Row> rows = database->query(sql);
    if (rows.size() != 1 || rows.front().size() != 1) {
      throw Error(ExitCode::usage, fmt::format("the query has {} rows and not one value: {}", rows.size(), sql));
    }
    return rows.front().front().value_or("NULL");
  }

 private:
  void link(const fs::path& seeder) const {
    const fs::path target = fs::canonical(seeder);
    fs::create_symlink(target, folder_ / "seeders" / target.filename());
  }

  static std::string reason(const host::Outcome& outcome, const std::string& name) {
    const auto left_out = std::ranges::find(outcome.not_executed, "seeder " + name, &host::NotExecuted::what);
    return left_out == outcome.not_executed.end() ? "for no reason that is known" : left_out->why;
  }

  fs::path folder_;
};

std::string TwoRuns::value(std::string_view sql) const {
  return plainly([&] { return database_->value(sql); });
}

TwoRuns seed_twice(const fs::path& plugin, const std::string& name, const Options& options) {
  return plainly([&] {
    TwoRuns runs;
    runs.database_ = std::make_shared<TwoRuns::Database>(plugin, options);
    runs.first = runs.database_->run(name, options, kFirstRun);
    runs.second = runs.database_->run(name, options, kFirstRun + kDay);
    return runs;
  });
}

}  // namespace seedbed::testing
