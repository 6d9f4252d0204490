#include "run/preparation.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "ledger/schema.hpp"
#include "migration/apply.hpp"
#include "run/retry.hpp"

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
      file.as_is = controls_transactions(file);
      if (file.as_is) file.up.transactional = false;
    }
  }
  return folder;
}

}  // namespace

const Migration& Preparation::file(const std::string& version) const {
  return *std::ranges::find(files, version, &Migration::version);
}

Preparation prepare_migrations(const Settings& settings) {
  Preparation preparation;
  MigrationFolder folder = read_files(settings);
  if (settings.migrations.history == "supabase") check_shared_history(settings, folder);
  preparation.format = folder.format;
  preparation.files = std::move(folder.migrations);
  return preparation;
}

Preparation prepare_files(const Settings& settings, const std::vector<std::string>& seeders) {
  Preparation preparation = prepare_migrations(settings);
  preparation.seeders = plan_seeders(find_seeders(settings.seeders, settings.url.engine), settings, seeders);
  return preparation;
}

void look_at_database(Preparation& preparation, const Settings& settings, const ConnectOptions& options) {
  preparation.database = connect(settings.url, options);
  Ledger ledger(*preparation.database);
  preparation.ledger_version = ledger.version();
  std::vector<AppliedMigration> applied;
  if (preparation.ledger_version > 0) applied = ledger.migrations();
  if (settings.migrations.history == "supabase") {
    preparation.supabase.emplace(*preparation.database);
    preparation.difference = compare_histories(*preparation.supabase, preparation.files, applied);
    const std::vector<AppliedMigration>& foreign = preparation.difference.foreign;
    const std::vector<AppliedMigration>& withdrawn = preparation.difference.withdrawn;
    std::erase_if(applied, [&](const AppliedMigration& row) {
      return std::ranges::find(withdrawn, row.version, &AppliedMigration::version) != withdrawn.end();
    });
    applied.insert(applied.end(), foreign.begin(), foreign.end());
  }
  preparation.migrations = plan_migrations(preparation.files, applied);
}

void open_ledger(Preparation& preparation, const Settings& settings, std::chrono::milliseconds wait) {
  std::error_code ignored;
  const std::filesystem::path& file = settings.url.file;
  if (!file.empty() && !std::filesystem::exists(file, ignored)) {
    preparation.database = connect(settings.url, {wait, /*create=*/true, settings.lock_timeout, settings.sqlite.journal});
  }
  if (preparation.ledger_version == kLedgerVersion) return;
  Database& database = *preparation.database;
  with_retries("ledger", [&] {
    if (preparation.ledger_version == 0 && Ledger(database).create(settings.lock_timeout)) return;
    Transaction transaction(database, {.patience = settings.lock_timeout, .alone = true});
    Ledger(database).prepare();
    transaction.commit();
  });
  preparation.ledger_version = kLedgerVersion;
}

}  // namespace seedbed::host
