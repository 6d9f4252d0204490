#include "run/preparation.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "migration/apply.hpp"

namespace seedbed::host {

namespace {

MigrationFolder read_files(const Settings& settings) {
  const MigrationSettings& migrations = settings.migrations;
  std::error_code ignored;
  if (!std::filesystem::is_directory(migrations.directory, ignored)) {
    if (!migrations.directory_named) return {};
    throw Error(ExitCode::usage, fmt::format("migration directory \"{}\" does not exist", migrations.directory.string()));
  }
  MigrationOptions options;
  options.environment = process_environment();
  const auto format = parse_format(migrations.format, "the setting migrations.format");
  MigrationFolder folder = read_migrations(migrations.directory, format, settings.url.engine, settings.root, options);
  if (migrations.own_transactions == "as-is") {
    for (Migration& file : folder.migrations) {
      if (controls_transactions(file)) file.up.transactional = false;
    }
  }
  return folder;
}

}  // namespace

const Migration& Preparation::file(const std::string& version) const {
  return *std::ranges::find(files, version, &Migration::version);
}

Preparation prepare_files(const Settings& settings, const std::vector<std::string>& seeders) {
  if (settings.migrations.history != "seedbed") {
    throw Error(ExitCode::usage, fmt::format("this release does not keep the history \"{}\"", settings.migrations.history))
        .hint("Remove \"history\" from [migrations]; seedbed then keeps its own.");
  }
  Preparation preparation;
  MigrationFolder folder = read_files(settings);
  preparation.format = folder.format;
  preparation.files = std::move(folder.migrations);
  preparation.seeders = plan_seeders(find_seeders(settings.seeders, settings.url.engine), settings, seeders);
  return preparation;
}

void look_at_database(Preparation& preparation, const Settings& settings, const ConnectOptions& options) {
  preparation.database = connect(settings.url, options);
  Ledger ledger(*preparation.database);
  preparation.ledger_found = ledger.exists();
  if (!preparation.ledger_found) {
    preparation.migrations = plan_migrations(preparation.files, {});
    return;
  }
  preparation.migrations = plan_migrations(preparation.files, ledger.migrations());
  preparation.seeds = ledger.seeds();
}

}  // namespace seedbed::host
