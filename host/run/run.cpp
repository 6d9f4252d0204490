#include "run/run.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "duration.hpp"
#include "interrupt.hpp"
#include "log.hpp"
#include "ledger/run_lock.hpp"
#include "ledger/schema.hpp"
#include "migration/apply.hpp"
#include "run/after_seeding.hpp"
#include "run/column_origin.hpp"
#include "run/deleted_rows.hpp"
#include "run/guards.hpp"
#include "run/hooks.hpp"
#include "run/identity.hpp"
#include "run/limits.hpp"
#include "run/needs.hpp"
#include "run/plan.hpp"
#include "run/preparation.hpp"
#include "run/record_run.hpp"
#include "run/reset.hpp"
#include "run/retry.hpp"
#include "seeding/clear.hpp"
#include "seeding/row_security.hpp"
#include "seeding/run_seeder.hpp"

namespace seedbed::host {

namespace {

using Clock = std::chrono::steady_clock;

class Run {
 public:
  Run(const Settings& settings, const RunOptions& options)
      : settings_(settings), options_(options), prepared_(prepare_files(settings, options.names, options.wait, /*half_reverted_too=*/options.migrate && !options.reset)),
        runner_(settings, options.seed ? prepared_.seeders : std::vector<PlannedSeeder>(), options.plugins) {
    outcome_ = outcome_of(settings, options.reset ? "reset" : options.migrate ? "up" : "seed");
    outcome_.dry_run = options.dry_run;
    facts_.environment = settings.environment;
    facts_.tier = settings.tier;
    facts_.dry_run = options.dry_run;
    facts_.now = settings.now ? *settings.now * 1000 : RunStart::clock_reading();
    facts_.progress = options.progress.advance;
  }

  Outcome execute() {
    check_target_version(prepared_.files, options_.to);
    look_at_database(prepared_, settings_);
    if (!prepared_.server_changed.empty()) outcome_.notices.push_back(prepared_.server_changed);
    gate_.emplace(prepared_, settings_, options_.consent);
    decide();
    try {
      if (!options_.dry_run) apply_and_seed();
      else if (options_.reset) list_reset();
      else if (settings_.tier == Tier::production && !options_.execute_dry_run) list_everything();
      else rehearse();
    } catch (const Error& error) {
      database().rollback();
      if (options_.dry_run) outcome_.cleared.clear();
      outcome_.error = with_what_happened(options_.dry_run ? with_rehearsal_limit_named(error) : error);
    }
    outcome_.took = start_.elapsed();
    if (!recorded_) record_run(database(), outcome_, start_, patience(), lock_ ? &*lock_ : nullptr, std::move(creation_));
    return std::move(outcome_);
  }

 private:
  Database& database() { return *prepared_.database; }
  std::chrono::milliseconds patience() const { return settings_.lock_timeout; }

  /// Everything that can be refused is, before the first write.
  void decide() {
    try {
      if (options_.reset) {
        refuse_reset(prepared_, settings_);
        start_from_nothing();
        if (!options_.dry_run) {
          gate_->require([&] { return stakes_of_reset(database(), objects_to_drop(database(), dropped_files_)); });
        }
      } else if (options_.migrate) {
        refuse_foreign_database(prepared_, options_.accept_nonempty);
        refuse_edited(prepared_);
        if (!prepared_.left_alone.empty()) outcome_.notices.push_back(left_alone_text(prepared_.left_alone));
        for (const std::string& file : prepared_.half_reverted) {
          outcome_.notices.push_back(fmt::format("{} is half reverted and counts as applied; \"seedbed down\" goes on with it, \"seedbed repair\" shows what took effect.", file));
        }
        pending_ = pending_files(prepared_, settings_, options_.to, outcome_.notices);
        for (const Migration* migration : pending_) refuse_transaction_control(*migration);
      } else {
        refuse_while_pending(prepared_, settings_);
      }
      choose_seeders();
      if (options_.clear) {
        refuse_clearing(prepared_, settings_);
        for (std::string& notice : tables_not_cleared(database(), seeders_, other_seeders())) outcome_.notices.push_back(std::move(notice));
        if (!options_.dry_run) require_consent_to_clearing();
      }
    } catch (const Error& error) {
      database().rollback();
      outcome_.error = error;
      record_run(database(), outcome_, start_, patience());
      throw;
    }
    outcome_.migrations_up_to_date = static_cast<std::size_t>(
        std::ranges::count(prepared_.migrations, MigrationState::applied, &PlannedMigration::state));
  }

  void choose_seeders() {
    const bool below_newest = !options_.to.empty() && !prepared_.files.empty() && prepared_.files.back().version != options_.to;
    outcome_.seeding_asked = options_.seed && !below_newest;
    if (outcome_.seeding_asked) {
      for (const PlannedSeeder& planned : prepared_.seeders) {
        if (planned.selected) seeders_.push_back(&planned.seeder);
      }
    }
    facts_.deleted = deleted_rows(database(), options_, seeders_);
  }

  void require_consent_to_clearing() {
    gate_->require([&] {
      Stakes stakes;
      stakes.action = "clear";
      const std::vector<std::string> tables = tables_to_clear(database(), seeders_, other_seeders());
      for (const std::string& table : tables) stakes.count += database().count_rows(table);
      stakes.what = fmt::format("It deletes {} of {}", stakes.counted(), tables.empty() ? "no table" : fmt::format("{}", fmt::join(tables, ", ")));
      for (const std::filesystem::path& file : truncate_files(seeders_, settings_)) {
        stakes.what += fmt::format(", and runs \"{}\", whose rows are not counted", file.string());
      }
      return stakes;
    });
  }

  /// As it will be once everything is dropped.
  void start_from_nothing() {
    dropped_files_ = std::move(prepared_.files);
    for (Migration& migration : dropped_files_) read_text(migration);
    plan_from_nothing(prepared_, settings_);
    for (const Migration& migration : prepared_.files) {
      refuse_transaction_control(migration);
      pending_.push_back(&migration);
    }
  }

  void list_reset() {
    outcome_.dropped = objects_to_drop(database(), dropped_files_);
    const std::string why = "it comes after what would be dropped";
    for (const Migration* migration : pending_) leave_out("migration " + migration->file, why);
    for (const Seeder* seeder : seeders_) leave_out("seeder " + seeder->declaration.name, why);
  }

  void apply_and_seed() {
    const bool in_step = !prepared_.difference.out_of_step();
    if (pending_.empty() && seeders_.empty() && in_step && !options_.reset) {  // nothing to do: nothing is written
      if (!prepared_.server_changed.empty()) open_ledger(prepared_, settings_, options_.wait);
      return;
    }
    if (!creates_ledger_on_the_way()) {
      open_ledger(prepared_, settings_, options_.wait);
      if (!lock_) lock_.emplace(database(), settings_.url, patience(), prepared_.identity->id);
    }
    if (options_.reset) outcome_.dropped = drop_everything(*lock_, prepared_, dropped_files_, *gate_, outcome_.notices);
    if (prepared_.supabase) keep_histories_in_step();
    const bool nobody_before = lock_->fence() == 1;  // nor has anybody applied anything, then; not known on SQLite
    if (!pending_.empty() && creation_.empty() && !nobody_before) leave_out_applied_meanwhile();
    if (!pending_.empty()) apply_migrations();
    if (!seeders_.empty()) seed();
  }

  /// True where the first migration's transaction is to make the ledger: on SQLite, whose lock needs none,
  /// a commit is most of what a small migration costs.
  bool creates_ledger_on_the_way() {
    if (settings_.url.engine != Engine::sqlite || prepared_.ledger_version > 0 || options_.reset || prepared_.supabase) return false;
    if (pending_.empty() || runs_outside_transaction(*pending_.front()) || !settings_.hooks.before_migrate.empty()) return false;
    make_missing_file(prepared_, settings_, options_.wait);
    { const Transaction writable(database(), {.patience = patience()}); }  // else the lock's file would be to blame
    lock_.emplace(database(), settings_.url, patience());
    Ledger ledger(database());
    if (ledger.exists()) return false;  // another first run has made it meanwhile
    prepared_.identity = identity_of(settings_, prepared_.facts);
    prepared_.ledger_version = kLedgerVersion;
    creation_ = ledger.creation(*prepared_.identity);
    return true;
  }

  /// True if nothing comes after `migration` that its transaction could not record of the run.  PostgreSQL
  /// may refuse the record for want of a right, which is no reason to lose a migration.
  bool ends_run(const Migration& migration) const {
    return settings_.url.engine == Engine::sqlite && &migration == pending_.back() && seeders_.empty() &&
           settings_.hooks.after_migrate.empty() && !runs_outside_transaction(migration);
  }

  void keep_histories_in_step() {
    const bool ready = pending_.empty() || prepared_.supabase->ready();
    if (ready && !prepared_.difference.out_of_step()) return;
    const std::vector<std::string> notices = outcome_.notices;
    with_retries("histories", [&] {
      outcome_.notices = notices;
      LockedTransaction transaction(*lock_);
      bring_in_step();
      transaction.commit();
    });
  }

  /// What another run applied between our look and our lock.  From here on the lock's fence tells.
  void leave_out_applied_meanwhile() {
    const std::vector<AppliedMigration> applied = Ledger(database(), prepared_.ledger_version).migrations();
    std::erase_if(pending_, [&](const Migration* migration) {
      const auto row = std::ranges::find(applied, migration->version, &AppliedMigration::version);
      if (row == applied.end() || (migration->repeatable && row->sha256 != migration->sha256)) return false;
      outcome_.notices.push_back(fmt::format("{} was applied by another run meanwhile.", migration->file));
      return true;
    });
  }

  void bring_in_step() {
    prepared_.supabase->prepare();
    host::bring_in_step(database(), *prepared_.supabase, prepared_.files, outcome_.notices);
  }

  /// SQL that is part of the transaction which records `migration`.
  std::vector<std::string> recorded_beside(const Migration& migration) {
    if (!prepared_.supabase) return {};
    return host::recorded_beside(database(), *prepared_.supabase, migration);
  }

  void apply_migrations() {
    outcome_.hooks_run += run_hooks(*lock_, settings_.hooks.before_migrate, settings_.root);
    const auto start = Clock::now();
    log::info("migrations_started", {{"pending", pending_.size()}});
    std::uint64_t done = 0;
    try {
      for (const Migration* migration : pending_) {
        options_.progress.advance("migrations", done++, pending_.size());
        apply(*migration);
      }
    } catch (const Error& error) {
      // What was applied stays, so whoever is told of it has to hear of it now.
      if (error.code() == ExitCode::failed && !outcome_.migrations.empty()) {
        outcome_.hooks_run += run_hooks_in_spite(*lock_, settings_.hooks.after_migrate, settings_.root);
      }
      throw;
    }
    outcome_.migrations_took = since(start);
    log::info("migrations_completed", {{"applied", outcome_.migrations.size()}});
    if (!outcome_.migrations.empty()) {
      outcome_.hooks_run += run_hooks(*lock_, settings_.hooks.after_migrate, settings_.root);
    }
  }

  void apply(const Migration& migration) {
    throw_if_interrupted();
    try {
      const bool outside = runs_outside_transaction(migration);
      const Limits& limits = settings_.migrations.limits;
      const bool last = ends_run(migration);
      const auto attempt = [&] {
        Beside beside{creation_, recorded_beside(migration)};
        if (last) beside.after.push_back(run_record(Ledger(database()), outcome_, start_, /*more=*/1));
        return apply_migration(*lock_, migration, beside, outside ? chosen_limits_of(limits) : limits_of(limits));
      };
      // What ran outside a transaction has taken effect: only the rest could be tried again.
      const auto took = outside ? attempt() : with_retries(migration.file, attempt);
      creation_.clear();
      recorded_ = last;
      outcome_.migrations.push_back({migration.version, migration.name, migration.file, took});
      log::info("migration_completed", {{"file", migration.file}, {"took_ms", took.count() / 1000}});
    } catch (const Error& cause) {
      const Error error = with_limit_named(cause, settings_.migrations.limits, migration.up.text);
      outcome_.partly_applied = runs_outside_transaction(migration);
      if (error.code() == ExitCode::interrupted || error.code() == ExitCode::locked) throw;
      throw error.prefixed(error.is_in_doubt() ? fmt::format("whether migration \"{}\" took effect is not known: ", migration.file)
                                               : fmt::format("migration \"{}\" failed: ", migration.file));
    }
  }

  void seed() {
    log::info("seeding_started", {{"environment", settings_.environment}, {"seeders", seeders_.size()}});
    try {
      if (settings_.seeders.all_in_one_transaction || options_.clear) {
        with_retries("seeding", [&] { seed_in_one_transaction(seeders_); });
      } else {
        for (const Seeder* seeder : seeders_) {
          with_retries(seeder->declaration.name, [&] { seed_in_one_transaction({seeder}); });
        }
      }
    } catch (const Error& error) {
      throw with_limit_named(error, settings_.seeders.limits);
    }
    TableCounts total;
    for (const SeederOutcome& seeder : outcome_.seeders) {
      total.inserted += seeder.total().inserted;
      total.updated += seeder.total().updated;
      total.deleted += seeder.total().deleted;
    }
    log::info("seeding_completed", {{"inserted", total.inserted}, {"updated", total.updated}, {"deleted", total.deleted}});
    tell_notices();
    if (has_views_to_refresh(database(), options_.refresh)) {
      with_retries("views", [&] {
        LockedTransaction transaction(*lock_);
        std::vector<std::string> refreshed = refresh_views(database(), options_.refresh, outcome_.notices);
        transaction.commit();
        outcome_.refreshed_views = std::move(refreshed);
      });
    }
    if (!outcome_.nothing_seeded()) {
      outcome_.hooks_run += run_hooks(*lock_, settings_.hooks.after_seed, settings_.root);
    }
  }

  void seed_in_one_transaction(const std::vector<const Seeder*>& seeders) {
    const std::size_t before = outcome_.seeders.size();
    const std::size_t left_out_before = outcome_.not_executed.size();
    try {
      LockedTransaction transaction(*lock_, limits_of(settings_.seeders.limits));
      run_seeders(seeders);
      before_seeding_commits(database(), written_tables(before), /*dry_run=*/false, outcome_.notices);
      transaction.commit();
    } catch (...) {
      outcome_.seeders.resize(before);  // rolled back; a retry counts anew
      outcome_.not_executed.resize(left_out_before);
      outcome_.cleared.clear();
      throw;
    }
    for (std::size_t i = before; i < outcome_.seeders.size(); ++i) outcome_.seeders[i].committed = true;
  }

  void run_seeders(const std::vector<const Seeder*>& seeders) {
    const bool needed = std::ranges::any_of(seeders, [](const Seeder* seeder) { return !seeder->declaration.needs.empty(); });
    const std::string newest = needed ? newest_version() : "";
    if (options_.clear) {
      if (!options_.dry_run) require_consent_to_clearing();
      for (const TableCounts& cleared : clear_seeders(database(), seeders, other_seeders(), settings_)) {
        outcome_.cleared.push_back(cleared);
      }
    }
    facts_.ledger_version = kLedgerVersion;
    const RowSecurity security(database());
    for (const Seeder* seeder : seeders) {
      throw_if_interrupted();
      const std::string& needs = seeder->declaration.needs;
      if (!needs.empty() && is_below(prepared_.format, newest, needs)) {
        leave_out("seeder " + seeder->declaration.name,
                  fmt::format("it needs migration {}, the newest applied is {}", needs, newest.empty() ? "none" : newest));
        continue;
      }
      try {
        outcome_.seeders.push_back(runner_.run(database(), *seeder, facts_));
        security.tell(database(), seeder->declaration, outcome_.seeders.back());
      } catch (const Error& error) {
        if (!error.column().empty()) read_all_texts(prepared_, settings_);
        throw with_origin(error, prepared_.files);
      }
    }
  }

  /// The tables that the seeders from the `first` on have written to, or --clear has.
  std::vector<std::string> written_tables(std::size_t first) const {
    std::vector<std::string> tables;
    for (const TableCounts& cleared : outcome_.cleared) tables.push_back(cleared.table);
    for (std::size_t i = first; i < outcome_.seeders.size(); ++i) {
      for (const TableOutcome& table : outcome_.seeders[i].tables) {
        if (table.counts != TableCounts{table.counts.table}) tables.push_back(table.counts.table);
      }
    }
    return tables;
  }

  void tell_notices() {
    for (const SeederOutcome& seeder : outcome_.seeders) {
      for (const std::string& notice : seeder.notices) outcome_.notices.push_back(fmt::format("Seeder {}: {}", seeder.name, notice));
    }
  }

  /// Found, but not selected: what they declare is not this run's to clear.
  std::vector<const Seeder*> other_seeders() const {
    std::vector<const Seeder*> others;
    for (const PlannedSeeder& planned : prepared_.seeders) {
      if (!planned.selected) others.push_back(&planned.seeder);
    }
    return others;
  }

  std::string newest_version() {
    std::string newest;
    for (const AppliedMigration& migration : Ledger(database(), kLedgerVersion).migrations()) {
      if (!is_repeatable(migration.version) && is_below(prepared_.format, newest, migration.version)) newest = migration.version;
    }
    return newest;
  }

  /// The same path as apply_and_seed(), in one transaction that is rolled back.
  void rehearse() {
    RehearsalTransaction transaction(database(), settings_.url, patience(), {.lock = kLongestRehearsalWait, .statement = {}});
    Ledger(database()).prepare();
    if (prepared_.supabase && (!pending_.empty() || prepared_.difference.out_of_step())) bring_in_step();
    if (!pending_.empty()) rehearse_hooks(settings_.hooks.before_migrate);
    const auto start = Clock::now();
    std::size_t next = 0;
    std::string obstacle;
    while (next < pending_.size() && (obstacle = rehearse(*pending_[next])).empty()) ++next;
    outcome_.migrations_took = since(start);
    if (obstacle.empty()) {
      if (!pending_.empty()) rehearse_hooks(settings_.hooks.after_migrate);
      run_seeders(seeders_);
      tell_notices();
      before_seeding_commits(database(), written_tables(0), /*dry_run=*/true, outcome_.notices);
      if (!seeders_.empty()) outcome_.refreshed_views = refresh_views(database(), options_.refresh, outcome_.notices);
      if (!outcome_.nothing_seeded()) rehearse_hooks(settings_.hooks.after_seed);
      return;
    }
    const std::string blocker = pending_[next]->file;
    leave_out("migration " + blocker, obstacle);
    for (++next; next < pending_.size(); ++next) leave_out("migration " + pending_[next]->file, "it comes after " + blocker);
    for (const Seeder* seeder : seeders_) leave_out("seeder " + seeder->declaration.name, "it comes after " + blocker);
  }

  void rehearse_hooks(const std::vector<Hook>& hooks) {
    std::vector<std::string> left_out;
    outcome_.hooks_run += host::rehearse_hooks(database(), hooks, settings_.root, left_out);
    for (const std::string& source : left_out) leave_out("hook of " + source, "a statement in it cannot run in a transaction");
  }

  /// Returns why `migration` cannot be tried inside the transaction of a dry run; else "".
  std::string rehearse(const Migration& migration) {
    std::string why;
    if (runs_outside_transaction(migration, &why)) return why;
    if (database().engine() == Engine::sqlite && attaches_database(migration)) {
      return "it attaches another database, which only the end of a transaction detaches";
    }
    if (chooses_transaction(migration)) return "it chooses the kind of its transaction, and a dry run is one for all";
    database().execute("SAVEPOINT seedbed_rehearsal");
    try {
      outcome_.migrations.push_back({migration.version, migration.name, migration.file, rehearse_migration(database(), migration, recorded_beside(migration))});
      database().execute("RELEASE SAVEPOINT seedbed_rehearsal");
    } catch (const Error& error) {
      if (error.sqlstate() != "55P04") {
        if (error.code() == ExitCode::interrupted) throw;
        throw error.prefixed(fmt::format("migration \"{}\" failed: ", migration.file));
      }
      database().execute("ROLLBACK TO SAVEPOINT seedbed_rehearsal");
      return "it uses an enum value that another migration of this run adds";
    }
    return "";
  }

  void list_everything() {
    const std::string why = "a dry run only lists in tier production; --execute tries it and rolls back";
    for (const Migration* migration : pending_) leave_out("migration " + migration->file, why);
    for (const Seeder* seeder : seeders_) leave_out("seeder " + seeder->declaration.name, why);
  }

  void leave_out(std::string what, std::string why) { outcome_.not_executed.push_back({std::move(what), std::move(why)}); }

  /// Says what of the run remains, after an error.
  Error with_what_happened(Error error) const {
    if (options_.dry_run) return error.detail("It was a dry run: nothing was changed.");
    std::vector<std::string> applied;
    for (const MigrationOutcome& migration : outcome_.migrations) applied.push_back(migration.file);
    if (!applied.empty()) {
      error.detail(fmt::format("Applied by this run before it, and kept: {}.", fmt::join(applied, ", ")));
    }
    std::vector<std::string> seeded;
    for (const SeederOutcome& seeder : outcome_.seeders) seeded.push_back(seeder.name);
    if (!seeded.empty()) error.detail(fmt::format("Seeders that had committed: {}.", fmt::join(seeded, ", ")));
    if (error.is_in_doubt()) return error.detail("What was being committed took effect as a whole, or not at all; the next run finds out.");
    if (outcome_.partly_applied) return error;
    if (!outcome_.dropped.empty()) {
      error.detail(fmt::format("Before it, {} dropped; \"seedbed up\" goes on from here.",
                               outcome_.dropped.size() == 1 ? "1 object was" : fmt::format("{} objects were", outcome_.dropped.size())));
    }
    const bool as_before = applied.empty() && seeded.empty() && outcome_.dropped.empty();
    return error.detail(as_before ? "What was under way was rolled back; the database is as before."
                                  : "What was under way was rolled back.");
  }

  const Settings& settings_;
  const RunOptions& options_;
  Preparation prepared_;
  std::optional<ConsentGate> gate_;
  SeederRunner runner_;
  std::optional<RunLock> lock_;  ///< after the database that it locks, so that it goes first
  RunFacts facts_;
  Outcome outcome_;
  std::vector<std::string> creation_;  ///< of the ledger, until the first migration has committed
  bool recorded_ = false;              ///< the last migration's transaction has recorded the run
  std::vector<const Migration*> pending_;
  std::vector<Migration> dropped_files_;  ///< of a reset: the folder's, as the history so far has them
  std::vector<const Seeder*> seeders_;
  RunStart start_;
};

}  // namespace

Outcome run(const Settings& settings, const RunOptions& options) { return Run(settings, options).execute(); }

}  // namespace seedbed::host
