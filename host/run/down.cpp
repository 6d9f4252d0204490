#include "run/down.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/sql/dropped.hpp"
#include "duration.hpp"
#include "interrupt.hpp"
#include "ledger/run_lock.hpp"
#include "log.hpp"
#include "migration/apply.hpp"
#include "migration/migration_plan.hpp"
#include "migration/outside_run.hpp"
#include "nearest.hpp"
#include "run/guards.hpp"
#include "run/hooks.hpp"
#include "run/limits.hpp"
#include "run/preparation.hpp"
#include "run/record_run.hpp"
#include "run/retry.hpp"
#include "seeding/lost_tables.hpp"

namespace seedbed::host {

namespace {

using Clock = std::chrono::steady_clock;

/// The migration that runs the down part of `file`.
Migration reversed(const Migration& file) {
  Migration down = file;
  down.up = *file.down;
  down.down.reset();
  return down;
}

class Down {
 public:
  Down(const Settings& settings, const DownOptions& options, Preparation& prepared, Outcome& outcome)
      : settings_(settings), options_(options), prepared_(prepared), outcome_(outcome), gate_(prepared, settings, options.consent) {}

  void execute() {
    if (!prepared_.supabase && (!Ledger(database()).exists() || applied().empty())) return nothing_to_revert();
    if (options_.dry_run) return rehearse();
    gate_.require([&] { return stakes_before_the_lock(); });
    open_ledger(prepared_, settings_, options_.wait);
    RunLock lock(database(), settings_.url, settings_.lock_timeout, prepared_.identity->id);
    lock_ = &lock;
    if (prepared_.supabase) bring_histories_in_step();
    choose();
    gate_.require([&] { return stakes(); });
    if (down_parts_.empty()) return;
    filled_ = filled_tables(database(), seeders());
    try {
      for (std::size_t i = 0; i < down_parts_.size(); ++i) {
        options_.progress.advance("down", i, down_parts_.size());
        revert(down_parts_[i]);
      }
    } catch (Error& error) {
      if (!outcome_.reverted.empty()) {
        outcome_.hooks_run += run_hooks_in_spite(*lock_, settings_.hooks.after_migrate, settings_.root);
      }
      throw with_what_happened(error);
    }
    outcome_.hooks_run += run_hooks(lock, settings_.hooks.after_migrate, settings_.root);
  }

 private:
  Database& database() { return *prepared_.database; }

  void nothing_to_revert() { outcome_.notices.push_back("No migration is applied: there is nothing to revert."); }

  void bring_histories_in_step() {
    LockedTransaction transaction(*lock_);
    prepared_.supabase->prepare();
    bring_in_step(database(), *prepared_.supabase, prepared_.files, outcome_.notices);
    transaction.commit();
  }

  std::optional<Stakes> stakes_before_the_lock() {
    if (prepared_.ledger_version == 0) {
      throw Error(ExitCode::refused, fmt::format("down is refused in tier {}: seedbed has no ledger here yet", tier_name(settings_.tier)))
          .detail("There is no identity to consent with. Nothing was changed.")
          .hint("\"seedbed adopt --from supabase\" makes one of the history that is there.");
    }
    const std::vector<std::string> notices = outcome_.notices;
    choose();
    std::optional<Stakes> found = stakes();
    down_parts_.clear();
    outcome_.notices = notices;
    return found;
  }

  /// What `down_parts_` would destroy.
  std::optional<Stakes> stakes() {
    if (down_parts_.empty()) return std::nullopt;
    Stakes found;
    found.action = "down";
    std::set<std::string> tables;
    for (const Migration& migration : down_parts_) {
      found.action += " " + migration.version;
      for (const sql::Statement& statement : migration.up.statements) {
        for (std::string& table : sql::dropped_tables(std::string_view(migration.up.text).substr(statement.offset, statement.size),
                                                      settings_.url.engine)) {
          tables.insert(std::move(table));
        }
      }
    }
    for (const std::string& table : tables) found.count += database().count_rows(table);
    found.what = fmt::format("It reverts {} {}, and the tables that are dropped have {}", down_parts_.size(),
                             down_parts_.size() == 1 ? "migration" : "migrations", found.counted());
    return found;
  }

  /// The versioned ones, the last one first.
  std::vector<AppliedMigration> applied() {
    std::vector<AppliedMigration> rows = Ledger(database()).migrations();
    std::erase_if(rows, [](const AppliedMigration& row) { return row.version.starts_with("R__"); });
    std::ranges::reverse(rows);
    return rows;
  }

  void check_target(const std::vector<AppliedMigration>& rows) const {
    if (options_.to.empty() || options_.to == "0") return;
    if (std::ranges::find(rows, options_.to, &AppliedMigration::version) != rows.end()) return;
    const bool has_file = std::ranges::find(prepared_.files, options_.to, &Migration::version) != prepared_.files.end();
    if (has_file) {
      throw Error(ExitCode::usage, fmt::format("migration \"{}\" is not applied", options_.to))
          .hint("--to names the version that stays as the newest one.");
    }
    check_target_version(prepared_.files, options_.to);
  }

  /// Everything that can be refused is, before the first down part runs.
  void choose() {
    std::vector<AppliedMigration> rows = applied();
    check_target(rows);
    if (!options_.to.empty()) {
      std::erase_if(rows, [&](const AppliedMigration& row) {
        return options_.to != "0" && compare_versions(prepared_.format, row.version, options_.to) <= 0;
      });
    } else if (rows.size() > options_.count) {
      rows.resize(options_.count);
    } else if (rows.size() < options_.count) {
      outcome_.notices.push_back(fmt::format("Only {} applied.", rows.size() == 1 ? "1 migration was"
                                                                                  : fmt::format("{} migrations were", rows.size())));
    }
    for (const AppliedMigration& row : rows) {
      down_parts_.push_back(reversed(file_with_down_part(row)));
      const bool as_is = settings_.migrations.own_transactions == "as-is" && controls_transactions(down_parts_.back());
      if (as_is) down_parts_.back().up.transactional = false;
      refuse_transaction_control(down_parts_.back());
    }
    for (const Migration& file : prepared_.files) {
      if (Ledger(database()).statements(file.version).empty()) continue;
      outcome_.notices.push_back(fmt::format("{} is half applied, and stays so; \"seedbed repair\" shows what took effect.", file.file));
    }
  }

  const Migration& file_with_down_part(const AppliedMigration& row) const {
    const auto file = std::ranges::find(prepared_.files, row.version, &Migration::version);
    if (file == prepared_.files.end()) {
      throw Error(ExitCode::refused, fmt::format("the file of migration \"{}\" is not here", row.file))
          .detail(fmt::format("It was applied on {} UTC, and its file holds what would revert it. Nothing was changed.", row.applied_at))
          .hint("Take the checkout that has the file.");
    }
    if (!file->down) {
      throw Error(ExitCode::refused, fmt::format("migration \"{}\" has no down part", file->file))
          .at({file->up.path.string(), 0, 0, ""})
          .detail("Nothing was changed.")
          .hint("Write what undoes it below a line \"-- seedbed: down\" or as the format has it, or write a new migration.");
    }
    return *file;
  }

  const std::vector<Seeder>& seeders() {
    if (!seeders_read_) seeders_ = find_seeders(settings_).seeders;
    seeders_read_ = true;
    return seeders_;
  }

  void revert(const Migration& migration) {
    throw_if_interrupted();
    log::info("down_started", {{"file", migration.file}});
    try {
      const auto took = runs_outside_transaction(migration)
                            ? revert_outside(migration)
                            : with_retries(migration.file, [&] { return revert_inside(migration); });
      outcome_.reverted.push_back({migration.version, migration.name, migration.file, took});
      log::info("down_completed", {{"file", migration.file}, {"took_ms", took.count() / 1000}});
    } catch (const Error& cause) {
      if (cause.code() == ExitCode::interrupted || cause.code() == ExitCode::locked) throw;
      throw with_limit_named(cause, settings_.migrations.limits, migration.up.text)
          .prefixed(cause.is_in_doubt() ? fmt::format("whether migration \"{}\" was reverted is not known: ", migration.file)
                                        : fmt::format("reverting migration \"{}\" failed: ", migration.file));
    }
  }

  std::chrono::microseconds revert_inside(const Migration& migration) {
    const auto start = Clock::now();
    Transaction transaction(database(), {.patience = lock_->patience(), .limits = limits_of(settings_.migrations.limits)});
    run_in_transaction(database(), migration.up, [&] { lock_->hold(); });
    forget(migration);
    try {
      lock_->extend();
      transaction.commit();
    } catch (Error& error) {
      if (error.place().file.empty()) error.at({migration.up.path.string(), 0, 0, ""});
      throw;
    }
    tell_of_lost_tables();
    return since(start);
  }

  std::chrono::microseconds revert_outside(const Migration& migration) {
    const auto start = Clock::now();
    const std::string key = reverting_key(migration.version);
    database().limit_session(chosen_limits_of(settings_.migrations.limits));
    database().start_script();
    outcome_.partly_applied = true;
    try {
      run_statements_outside(*lock_, migration, key);
    } catch (Error& error) {
      error.detail("The migration still counts as applied.");
      throw;
    }
    outcome_.partly_applied = false;
    database().reset_session();
    LockedTransaction transaction(*lock_);
    forget(migration);
    Ledger(database()).forget_statements(key);
    transaction.commit();
    tell_of_lost_tables();
    return since(start);
  }

  void forget(const Migration& migration) {
    Ledger(database()).forget_migration(migration.version);
    if (prepared_.supabase) prepared_.supabase->forget(migration.version);
    lost_ = forget_seeds_of_lost_tables(database(), filled_);
  }

  void tell_of_lost_tables() {
    for (const LostTable& lost : lost_) {
      outcome_.notices.push_back(fmt::format("Table {} is gone; \"seedbed up\" lets {} fill it again.", lost.table, lost.seeder));
    }
    lost_.clear();
  }

  Error with_what_happened(Error error) const {
    std::vector<std::string> files;
    for (const MigrationOutcome& migration : outcome_.reverted) files.push_back(migration.file);
    if (!files.empty()) return error.detail(fmt::format("Reverted by this run before it, and done: {}.", fmt::join(files, ", ")));
    if (!outcome_.partly_applied && !error.is_in_doubt()) error.detail("What was under way was rolled back; the database is as before.");
    return error;
  }

  /// The same in one transaction that is rolled back.
  void rehearse() {
    RehearsalTransaction transaction(database(), settings_.url, settings_.lock_timeout, {kLongestRehearsalWait, std::nullopt});
    Ledger(database()).prepare();
    if (prepared_.supabase) {
      prepared_.supabase->prepare();
      bring_in_step(database(), *prepared_.supabase, prepared_.files, outcome_.notices);
    }
    choose();
    std::string obstacle;
    for (const Migration& migration : down_parts_) {
      if (obstacle.empty()) obstacle = rehearse(migration);
      if (!obstacle.empty()) outcome_.not_executed.push_back({"down part of " + migration.file, obstacle});
    }
  }

  /// Returns why the down part cannot be tried, or why those after it cannot; else "".
  std::string rehearse(const Migration& migration) {
    if (settings_.tier == Tier::production) return "a dry run only lists in tier production";
    std::string why;
    if (runs_outside_transaction(migration, &why)) return why;
    if (chooses_transaction(migration)) return "it chooses the kind of its transaction, and a dry run is one for all";
    const auto start = Clock::now();
    try {
      run_in_transaction(database(), migration.up);
    } catch (const Error& error) {
      if (error.code() == ExitCode::interrupted) throw;
      throw error.prefixed(fmt::format("reverting migration \"{}\" failed: ", migration.file))
          .detail("It was a dry run: nothing was changed.");
    }
    outcome_.reverted.push_back({migration.version, migration.name, migration.file, since(start)});
    return "";
  }

  const Settings& settings_;
  const DownOptions& options_;
  Preparation& prepared_;
  Outcome& outcome_;
  ConsentGate gate_;
  RunLock* lock_ = nullptr;
  std::vector<Migration> down_parts_;  ///< in the order in which they run
  std::vector<Seeder> seeders_;
  bool seeders_read_ = false;
  FilledTables filled_;
  std::vector<LostTable> lost_;
};

}  // namespace

Outcome down(const Settings& settings, const DownOptions& options) {
  Preparation prepared = prepare_migrations(settings, options.wait);
  look_at_database(prepared, settings);
  Outcome start = outcome_of(settings, "down");
  start.dry_run = options.dry_run;
  start.seeding_asked = false;
  return recorded_run(prepared, settings, std::move(start), [&](Outcome& outcome) {
    Down(settings, options, prepared, outcome).execute();
    for (const MigrationOutcome& migration : outcome.reverted) outcome.migrations_took += migration.took;
  });
}

}  // namespace seedbed::host
