#include "run/guards.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ledger/other_history.hpp"
#include "nearest.hpp"
#include "run/name_list.hpp"

namespace seedbed::host {

namespace {

std::vector<std::string> files_in_state(const Preparation& preparation, MigrationState state) {
  std::vector<std::string> files;
  for (const PlannedMigration& migration : preparation.migrations) {
    if (migration.state == state) files.push_back(title_of(migration));
  }
  return files;
}

}  // namespace

std::string out_of_order_policy(const Settings& settings) {
  if (!settings.migrations.out_of_order.empty()) return settings.migrations.out_of_order;
  const bool applies = settings.tier == Tier::development || settings.migrations.history == "supabase";
  return applies ? "apply" : "refuse";
}

void check_target_version(const std::vector<Migration>& files, const std::string& to) {
  if (to.empty() || std::ranges::find(files, to, &Migration::version) != files.end()) return;
  std::vector<std::string> versions;
  for (const Migration& file : files) versions.push_back(file.version);
  Error error(ExitCode::usage, fmt::format("no migration has the version \"{}\"", to));
  if (const std::string near = nearest(to, versions); !near.empty()) error.hint(fmt::format("Perhaps \"{}\" is meant.", near));
  throw error.hint("\"seedbed status\" lists them.");
}

void refuse_foreign_database(const Preparation& preparation, bool accept_nonempty) {
  if (preparation.ledger_version > 0 || accept_nonempty) return;
  if (preparation.supabase && preparation.supabase->exists()) return;
  const std::vector<std::string> tables = preparation.database->user_tables();
  // Another first run may have made the ledger since it was looked for.
  if (tables.empty() || Ledger(*preparation.database).exists()) return;
  Error error(ExitCode::refused, "the database has tables of its own, and seedbed has never worked on it");
  error.detail(fmt::format("Tables found: {}. Nothing was changed.", shortened_list(tables)));
  for (const HistoryTable& history : find_histories(*preparation.database).found) {
    error.detail(fmt::format("{} is a history of {}.", history.name, tool_name(history.tool)))
        .hint(fmt::format("\"seedbed adopt --from {}\" takes over what {} has applied.", tool_name(history.tool), tool_name(history.tool)));
    if (history.tool == Tool::supabase) error.hint("history = \"supabase\" under [migrations] lets both tools keep it.");
  }
  throw error.hint("If it is the right database, say so with --accept-nonempty.")
      .hint("If it has what migrations create, \"seedbed stamp VERSION\" records those up to VERSION as applied.");
}

void refuse_edited(const Preparation& preparation) {
  const std::vector<std::string> edited = files_in_state(preparation, MigrationState::edited);
  if (edited.empty()) return;
  Error error(ExitCode::refused, edited.size() == 1
                                     ? fmt::format("migration \"{}\" was edited after it was applied", edited.front())
                                     : fmt::format("{} migrations were edited after they were applied", edited.size()));
  const std::vector<AppliedMigration> applied = Ledger(*preparation.database).migrations();
  for (const PlannedMigration& migration : preparation.migrations) {
    if (migration.state != MigrationState::edited) continue;
    const auto row = std::ranges::find(applied, migration.version, &AppliedMigration::version);
    error.detail(fmt::format("{}: applied on {} UTC with SHA-256 {}, now {}", migration.file, migration.applied_at,
                             row->sha256.substr(0, 12), preparation.file(migration.version).sha256.substr(0, 12)));
  }
  std::vector<std::string> versions;
  for (const PlannedMigration& migration : preparation.migrations) {
    if (migration.state == MigrationState::edited) versions.push_back(migration.version);
  }
  throw error.hint("Undo the edit and write the change as a new migration.")
      .hint(fmt::format("If the database is as the file says now: seedbed repair --accept {}", fmt::join(versions, " ")));
}

std::vector<const Migration*> pending_files(const Preparation& preparation, const Settings& settings,
                                            const std::string& to, std::vector<std::string>& notices) {
  const std::string policy = out_of_order_policy(settings);
  const std::vector<std::string> late = files_in_state(preparation, MigrationState::out_of_order);
  if (!late.empty() && policy == "refuse") {
    throw Error(ExitCode::refused, fmt::format("{} older than what is already applied: {}",
                                               late.size() == 1 ? "a migration is" : "migrations are", shortened_list(late)))
        .detail("Nothing was applied.")
        .hint("Give it a newer version, or choose --out-of-order apply or skip.");
  }
  const std::vector<std::string> missing = files_in_state(preparation, MigrationState::missing);
  if (!missing.empty()) {
    notices.push_back(fmt::format("The database has {} that this folder has not: {}.",
                                  missing.size() == 1 ? "a migration" : "migrations", shortened_list(missing)));
  }
  std::vector<const Migration*> pending;
  for (const PlannedMigration& migration : preparation.migrations) {
    if (migration.state == MigrationState::missing) continue;
    const bool out_of_order = migration.state == MigrationState::out_of_order;
    if (out_of_order) {
      notices.push_back(fmt::format("{} is older than what was already applied; it is {}.", migration.file,
                                    policy == "skip" ? "skipped" : "applied out of order"));
    }
    const bool wanted = migration.state == MigrationState::pending || (out_of_order && policy == "apply");
    if (wanted) pending.push_back(&preparation.file(migration.version));
    if (migration.version == to) break;
  }
  return pending;
}

void refuse_protected(const Settings& settings, std::string_view what) {
  if (!settings.is_protected) return;
  Error error(ExitCode::refused, fmt::format("{} is refused: environment \"{}\" is protected", what, settings.environment));
  error.detail("Nothing was changed.");
  throw error.hint(settings.tier == Tier::production
                       ? "That is the default in tier production; only protected = false in its section of seedbed.toml lifts it."
                       : "protected = true stands in its section of seedbed.toml.");
}

void refuse_clearing(const Preparation& preparation, const Settings& settings) {
  refuse_protected(settings, "clearing");
  if (preparation.ledger_version > 0 || preparation.database->user_tables().empty()) return;
  throw Error(ExitCode::refused, "clearing is refused: seedbed has never worked on the database")
      .detail(fmt::format("It is {}. What is in its tables is somebody else's. Nothing was changed.", settings.url.display))
      .hint("If it is the right database, let \"seedbed seed\" without --clear, or \"seedbed stamp\", take it over first.");
}

void refuse_while_pending(const Preparation& preparation, const Settings& settings) {
  std::vector<std::string> pending = files_in_state(preparation, MigrationState::pending);
  if (out_of_order_policy(settings) != "skip") {
    const std::vector<std::string> late = files_in_state(preparation, MigrationState::out_of_order);
    pending.insert(pending.end(), late.begin(), late.end());
  }
  if (pending.empty()) return;
  throw Error(ExitCode::pending, fmt::format("{} pending: {}", pending.size() == 1 ? "a migration is" : "migrations are",
                                             shortened_list(pending)))
      .detail("Seeders expect the newest schema. Nothing was written.")
      .hint("Run \"seedbed up\", which applies migrations first.");
}

}  // namespace seedbed::host
