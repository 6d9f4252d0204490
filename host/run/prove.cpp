#include "run/prove.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "interrupt.hpp"
#include "ledger/run_lock.hpp"
#include "log.hpp"
#include "run/after_seeding.hpp"
#include "run/guards.hpp"
#include "run/hooks.hpp"
#include "run/limits.hpp"
#include "run/needs.hpp"
#include "run/preparation.hpp"
#include "run/prove_edits.hpp"
#include "run/prove_scratch.hpp"
#include "run/record_run.hpp"
#include "run/retry.hpp"
#include "seeding/changing_sql.hpp"

namespace seedbed::host {

namespace {

constexpr std::int64_t kDay = 86'400'000'000;  // microseconds
constexpr const char* kSavepoint = "seedbed_prove";

class Prover {
 public:
  Prover(const Settings& settings, const ProveOptions& options)
      : settings_(settings), options_(options), prepared_(prepare_files(settings, options.names, options.wait)),
        runner_(settings, prepared_.seeders, options.plugins) {
    proof_.environment = settings.environment;
    proof_.tier = settings.tier;
    proof_.url = settings.url.display;
    proof_.engine = settings.url.engine;
    facts_.environment = settings.environment;
    facts_.tier = settings.tier;
    facts_.dry_run = true;
    facts_.now = settings.now ? *settings.now * 1000 : RunStart::clock_reading();
    facts_.again = true;
    facts_.progress = options.progress.advance;
  }

  Proof execute() {
    look_at_database(prepared_, settings_);
    refuse_while_pending(prepared_, settings_);
    choose();
    try {
      with_retries("prove", [&] { prove_rolled_back(); });
    } catch (const Error& error) {
      database().rollback();
      throw with_rehearsal_limit_named(error).detail("Nothing was changed.");
    }
    if (thorough()) proof_.not_scratched = prove_on_scratch(scratch_trial(), proof_.seeders);
    else proof_.not_scratched = "tier production: --full tries it";
    proof_.took = start_.elapsed();
    return std::move(proof_);
  }

 private:
  Database& database() { return *prepared_.database; }
  bool thorough() const { return settings_.tier != Tier::production || options_.full; }

  SeederProof& proof_of(const Seeder& seeder) { return *std::ranges::find(proof_.seeders, seeder.declaration.name, &SeederProof::name); }

  RunFacts a_day_later() const {
    RunFacts later = facts_;
    later.now += kDay;
    return later;
  }

  void choose() {
    std::vector<const PlannedSeeder*> chosen;
    for (const PlannedSeeder& planned : prepared_.seeders) {
      if (planned.selected) chosen.push_back(&planned);
    }
    leave_out_what_needs_more(prepared_);
    for (const PlannedSeeder* planned : chosen) {
      SeederProof proof;
      proof.name = planned->seeder.declaration.name;
      proof.version = planned->seeder.declaration.version;
      proof.once = planned->seeder.declaration.once;
      if (planned->selected) seeders_.push_back(&planned->seeder);
      else proof.left_out = planned->reason;
      chosen_.push_back(std::move(proof));
    }
  }

  /// All passes on the database itself.
  void prove_rolled_back() {
    proof_.seeders = chosen_;
    watch_ = {};
    written_.clear();
    std::vector<std::string> notices;
    RehearsalTransaction transaction(database(), settings_.url, settings_.lock_timeout, {.lock = kLongestRehearsalWait, .statement = {}});
    Ledger(database()).prepare();
    for (const Seeder* seeder : seeders_) first_pass(*seeder);
    if (thorough()) do_what_follows_seeding(notices);
    for (const Seeder* seeder : seeders_) second_pass(*seeder);
    if (thorough()) {
      prove_edits(database(), watch_, [&] { run_after_edits(); }, proof_.seeders);
      proof_.edits_tried = true;
    }
    for (const Seeder* seeder : seeders_) doubt(*seeder);
    proof_.notices = std::move(notices);
  }

  void first_pass(const Seeder& seeder) {
    throw_if_interrupted();
    SeederProof& proof = proof_of(seeder);
    proof.blocked = failed_dependency(seeder);
    if (!proof.blocked.empty()) return;
    const RunStart start;
    attempt(Pass::first, proof, [&] {
      RunFacts facts = facts_;
      if (!proof.once) facts.watch = &watch_;
      const SeederOutcome outcome = runner_.run(database(), seeder, facts);
      proof.first = outcome.total();
      proof.unchanged = outcome.unchanged();
      for (const TableOutcome& table : outcome.tables) {
        if (table.counts != TableCounts{table.counts.table}) written_.push_back(table.counts.table);
      }
    });
    proof.took = start.elapsed();
  }

  std::string failed_dependency(const Seeder& seeder) {
    for (const std::string& name : seeder.declaration.after) {
      const auto before = std::ranges::find(proof_.seeders, name, &SeederProof::name);
      if (before == proof_.seeders.end()) continue;
      if (!before->blocked.empty() || has_failed(*before)) return fmt::format("it comes after {}, which failed", name);
    }
    return "";
  }

  static bool has_failed(const SeederProof& proof) {
    return std::ranges::any_of(proof.faults, [](const Fault& fault) { return fault.pass == Pass::first; });
  }

  /// What a run does before the next one begins.
  void do_what_follows_seeding(std::vector<std::string>& notices) {
    before_seeding_commits(database(), written_, /*dry_run=*/true, notices);
    refresh_views(database(), /*all=*/false, notices);
    std::vector<std::string> left_out;
    if (!written_.empty()) rehearse_hooks(database(), settings_.hooks.after_seed, settings_.root, left_out);
  }

  void second_pass(const Seeder& seeder) {
    SeederProof& proof = proof_of(seeder);
    if (proof.once || !proof.blocked.empty() || has_failed(proof)) return;
    throw_if_interrupted();
    attempt(Pass::second, proof, [&] {
      const std::unique_ptr<ChangedRows> rows = watch_rows(database());
      const SeederOutcome outcome = runner_.run(database(), seeder, a_day_later());
      std::vector<StrayWrite> writes = stray_writes(database(), *rows, outcome, kSavepoint);
      if (!writes.empty()) proof.faults.push_back({Pass::second, std::move(writes), {}, ""});
    });
  }

  /// Those that can run again at all.
  void run_after_edits() {
    for (const Seeder* seeder : seeders_) {
      SeederProof& proof = proof_of(*seeder);
      if (proof.once || !proof.blocked.empty() || std::ranges::any_of(proof.faults, [](const Fault& fault) { return fault.error.has_value(); })) continue;
      throw_if_interrupted();
      attempt(Pass::after_edits, proof, [&] { runner_.run(database(), *seeder, a_day_later()); });
    }
  }

  /// Does `work`; what it throws is a fault of the seeder, unless it is the server's or the moment's.
  void attempt(Pass pass, SeederProof& proof, const std::function<void()>& work) {
    database().execute(fmt::format("SAVEPOINT {}", kSavepoint));
    try {
      work();
    } catch (const Error& error) {
      const bool other = error.code() == ExitCode::interrupted || error.code() == ExitCode::locked;
      if (other || is_transient(error) || !database().in_transaction()) throw;
      database().execute(fmt::format("ROLLBACK TO SAVEPOINT {}", kSavepoint));
      proof.faults.push_back({pass, {}, without_seeder(error, proof.name), ""});
    }
    database().execute(fmt::format("RELEASE SAVEPOINT {}", kSavepoint));
  }

  void doubt(const Seeder& seeder) {
    SeederProof& proof = proof_of(seeder);
    if (proof.once || !proof.blocked.empty() || has_failed(proof)) return;
    for (ChangingSql& changing : changing_sql(seeder, settings_, watch_.statements(proof.name))) {
      proof.doubts.push_back({std::move(changing.place), std::move(changing.statement), changing.value.name, changing.value.for_a_day});
    }
  }

  ScratchTrial scratch_trial() {
    ScratchTrial trial{prepared_, settings_, runner_, seeders_, facts_, a_day_later()};
    trial.facts.dry_run = trial.later.dry_run = false;
    return trial;
  }

  const Settings& settings_;
  const ProveOptions& options_;
  Preparation prepared_;
  SeederRunner runner_;
  RunFacts facts_;
  std::vector<const Seeder*> seeders_;
  std::vector<SeederProof> chosen_;  ///< as they are before anything was tried
  RowWatch watch_;
  std::vector<std::string> written_;  ///< tables, by the first pass
  Proof proof_;
  RunStart start_;
};

}  // namespace

Proof prove(const Settings& settings, const ProveOptions& options) { return Prover(settings, options).execute(); }

}  // namespace seedbed::host
