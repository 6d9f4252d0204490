#include "run/preparation.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <map>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "database/login.hpp"
#include "ledger/schema.hpp"
#include "migration/apply.hpp"
#include "migration/baseline.hpp"
#include "run/identity.hpp"
#include "run/retry.hpp"

namespace seedbed::host {

namespace {

/// Those that Flyway knows by itself.
std::map<std::string, std::string> flyway_placeholders(const Settings& settings) {
  const std::time_t now = std::time(nullptr);
  std::map<std::string, std::string> values{{"flyway:table", "flyway_schema_history"},
                                            {"flyway:workingdirectory", settings.root.string()},
                                            {"flyway:timestamp", fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(now))},
                                            {"flyway:defaultschema", settings.url.engine == Engine::sqlite ? "main" : "public"}};
  if (settings.url.engine == Engine::sqlite) return values;
  Login login = login_of(settings.url);
  values.emplace("flyway:user", std::move(login.user));
  values.emplace("flyway:database", std::move(login.database));
  return values;
}

MigrationFolder read_files(const Settings& settings) {
  const MigrationSettings& migrations = settings.migrations;
  std::error_code ignored;
  if (!std::filesystem::is_directory(migrations.directory, ignored)) {
    if (!migrations.directory_named) return {};
    throw Error(ExitCode::usage, fmt::format("migration directory \"{}\" does not exist", migrations.directory.string()));
  }
  MigrationOptions options;
  options.environment = process_environment();
  options.placeholders = migrations.placeholders;
  options.built_in = [&settings] { return flyway_placeholders(settings); };
  const auto format = parse_format(migrations.format, "the setting migrations.format");
  return find_migrations(migrations.directory, format, settings.url.engine, settings.root, options);
}

/// An applied file whose bytes are the recorded ones has nothing to tell, save to keep another
/// tool's history of statements.
void read_what_is_new(std::vector<Migration>& files, const std::vector<AppliedMigration>& applied,
                      const MigrationSettings& settings) {
  AppliedVersions recorded(applied);
  for (Migration& file : files) {
    if (file.unread == nullptr) continue;
    const AppliedMigration* const row = settings.history == "seedbed" ? recorded.find(file.version) : nullptr;
    if (row != nullptr && row->sha256 == file.sha256) continue;
    read_text(file);
    if (settings.own_transactions != "as-is") continue;
    file.as_is = controls_transactions(file);
    if (file.as_is) file.up.transactional = false;
  }
}

}  // namespace

const Migration& Preparation::file(const std::string& version) const {
  return *std::ranges::find(files, version, &Migration::version);
}

namespace {

/// The first look reads the ledger as well: with many tables SQLite takes as long to read their schema as
/// the files take.  A file of SQLite's is not made for a look.
void start_connecting(Preparation& preparation, const Settings& settings, std::chrono::milliseconds wait, bool half_reverted_too) {
  const auto look = std::make_shared<FirstLook>();
  const auto take = [look, &settings, half_reverted_too](Database& database) {
    look->recognised = recognise(database, settings);
    const int version = look->recognised.ledger_version;
    if (version > 0) look->applied = Ledger(database, version).migrations(half_reverted_too);
  };
  preparation.first_look = look;
  preparation.connecting = std::make_unique<PendingConnection>(settings.url, ConnectOptions{wait, /*create=*/false, settings.lock_timeout}, take);
}

void find_files(Preparation& preparation, const Settings& settings) {
  MigrationFolder folder = read_files(settings);
  if (settings.migrations.history == "supabase") check_shared_history(settings, folder);
  preparation.format = folder.format;
  preparation.files = std::move(folder.migrations);
  preparation.baselines = std::move(folder.baselines);
  preparation.left_alone = std::move(folder.left_alone);
}

}  // namespace

Preparation prepare_migrations(const Settings& settings, std::chrono::milliseconds wait) {
  Preparation preparation;
  start_connecting(preparation, settings, wait, /*half_reverted_too=*/false);
  find_files(preparation, settings);
  for (Migration& file : preparation.files) read_text(file);
  preparation.baselines.clear();  // what they stand for is what is asked about
  return preparation;
}

void read_all_texts(Preparation& preparation, const Settings& settings) {
  read_what_is_new(preparation.files, {}, settings.migrations);
}

Preparation prepare_files(const Settings& settings, const std::vector<std::string>& seeders, std::chrono::milliseconds wait,
                          bool half_reverted_too) {
  Preparation preparation;
  start_connecting(preparation, settings, wait, half_reverted_too);
  find_files(preparation, settings);
  preparation.seeders = plan_seeders(find_seeders(settings), settings, seeders);
  return preparation;
}

void look_at_database(Preparation& preparation, const Settings& settings) {
  preparation.database = preparation.connecting->get();
  preparation.connecting.reset();
  static_cast<Recognised&>(preparation) = std::move(preparation.first_look->recognised);
  std::vector<AppliedMigration> applied = std::move(preparation.first_look->applied);
  preparation.first_look.reset();
  for (const AppliedMigration& row : applied) {
    if (row.reverting) preparation.half_reverted.push_back(row.file);
  }
  use_baseline(preparation.files, preparation.baselines, applied);
  read_what_is_new(preparation.files, applied, settings.migrations);
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

void plan_from_nothing(Preparation& preparation, const Settings& settings) {
  Preparation fresh;
  find_files(fresh, settings);
  use_baseline(fresh.files, fresh.baselines, {});
  preparation.files = std::move(fresh.files);
  read_all_texts(preparation, settings);
  preparation.migrations = plan_migrations(preparation.files, {});
  preparation.difference = {};
}

namespace {

/// Makes the file of SQLite's database, laid out as the first migration wants it, which it can only say
/// before there is a table; WAL makes a page.
void make_file(Preparation& preparation, const Settings& settings, std::chrono::milliseconds wait) {
  const std::vector<std::string> layout =
      preparation.files.empty() ? std::vector<std::string>() : file_layout(preparation.files.front());
  const std::string journal = layout.empty() ? settings.sqlite.journal : "";
  preparation.database = connect(settings.url, {wait, /*create=*/true, settings.lock_timeout, journal});
  for (const std::string& statement : layout) preparation.database->execute(statement);
  if (!layout.empty() && settings.sqlite.journal == "wal") preparation.database->execute("PRAGMA journal_mode = WAL");
}

void record_server(Preparation& preparation) {
  Identity identity = *preparation.identity;
  if (!preparation.facts.system.empty()) identity.system = preparation.facts.system;
  identity.oid = preparation.facts.oid;
  Ledger(*preparation.database).change_identity(identity);
}

}  // namespace

void make_missing_file(Preparation& preparation, const Settings& settings, std::chrono::milliseconds wait) {
  std::error_code ignored;
  const std::filesystem::path& file = settings.url.file;
  if (!file.empty() && (!std::filesystem::exists(file, ignored) || std::filesystem::file_size(file, ignored) == 0)) {
    make_file(preparation, settings, wait);
  }
}

void open_ledger(Preparation& preparation, const Settings& settings, std::chrono::milliseconds wait) {
  make_missing_file(preparation, settings, wait);
  const bool ready = preparation.ledger_version == kLedgerVersion;
  if (ready && preparation.identity && preparation.server_changed.empty()) return;
  Database& database = *preparation.database;
  const Identity identity = identity_of(settings, preparation.facts);
  const bool created = with_retries("ledger", [&] {
    if (preparation.ledger_version == 0 && Ledger(database).create(identity, settings.lock_timeout)) return true;
    Transaction transaction(database, {.patience = settings.lock_timeout, .alone = true});
    Ledger(database).prepare(identity);
    if (ready && !preparation.identity) Ledger(database).change_identity(identity);
    if (!preparation.server_changed.empty()) record_server(preparation);
    transaction.commit();
    return false;
  });
  preparation.ledger_version = kLedgerVersion;
  if (created) preparation.identity = identity;
  else static_cast<Recognised&>(preparation) = recognise(database, settings);
}

}  // namespace seedbed::host
