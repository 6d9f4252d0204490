#include "run/prove_scratch.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "database/overlap.hpp"
#include "database/scratch_database.hpp"
#include "database/sql/beyond_database.hpp"
#include "interrupt.hpp"
#include "ledger/ledger.hpp"
#include "log.hpp"
#include "migration/apply.hpp"
#include "run/run.hpp"
#include "seeding/changing_sql.hpp"

namespace seedbed::host {

namespace {

constexpr const char* kSavepoint = "seedbed_prove";
constexpr std::size_t kMostKeys = 3;

/// Why the scratch database cannot be tried.
struct NotTried {
  std::string why;
};

std::string place_text(const Place& place) {
  return place.line == 0 ? place.file : fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

std::string shown(const Error& error) {
  return error.place().file.empty() ? error.message() : fmt::format("{}, at {}", error.message(), place_text(error.place()));
}

/// What commits on the scratch database must not reach anything else.
void refuse_what_reaches_beyond(const ScratchTrial& trial) {
  const auto check = [&](const std::string& file, const std::string& text) {
    if (trial.settings.url.engine != Engine::postgres) return;
    const auto beyond = sql::reaches_beyond(text);
    if (beyond) throw NotTried{fmt::format("{} has {}, which reaches beyond the database", place_text(sql::place_at(file, text, beyond->offset)), beyond->what)};
  };
  for (const Migration& migration : trial.prepared.files) {
    check(migration.file, migration.up.text);
    const bool attaches = trial.settings.url.engine == Engine::sqlite && attaches_database(migration);
    if (attaches) throw NotTried{fmt::format("{} attaches another database", migration.file)};
  }
  for (const Seeder* seeder : trial.seeders) {
    for (const auto& [file, text] : sql_texts(*seeder, trial.settings)) check(file, text);
  }
}

/// Applies the migrations and makes the ledger.
void migrate(const Settings& settings) {
  RunOptions options;
  options.seed = false;
  const Outcome outcome = run(settings, options);
  if (outcome.error) {
    if (outcome.error->code() == ExitCode::interrupted) throw Error(*outcome.error);
    throw NotTried{shown(*outcome.error)};
  }
  const std::unique_ptr<Database> database = connect(settings.url, {});
  if (Ledger(*database).ready()) return;
  Transaction transaction(*database, {.patience = settings.lock_timeout, .alone = true});
  Ledger(*database).prepare();
  transaction.commit();
}

/// SQLite's clock counts seconds.
void wait_for_next_second() {
  const auto now = std::chrono::system_clock::now();
  const auto next = std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds(1);
  while (std::chrono::system_clock::now() < next) {
    throw_if_interrupted();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

class Trial {
 public:
  Trial(const ScratchTrial& trial, const Settings& settings, std::vector<SeederProof>& proofs)
      : trial_(trial), settings_(settings), proofs_(proofs), first_(connect(settings.url, {})), second_(connect(settings.url, {})) {}

  void run() {
    for (const Seeder* seeder : trial_.seeders) {
      throw_if_interrupted();
      SeederProof& proof = *std::ranges::find(proofs_, seeder->declaration.name, &SeederProof::name);
      const std::string failed = failed_dependency(*seeder);
      if (failed.empty()) run(*seeder, proof);
      else proof.not_scratched = fmt::format("it comes after {}", failed);
      if (!proof.not_scratched.empty()) not_run_.push_back(proof.name);
    }
  }

 private:
  std::string failed_dependency(const Seeder& seeder) const {
    const auto failed = std::ranges::find_if(seeder.declaration.after, [&](const std::string& name) {
      return std::ranges::find(not_run_, name) != not_run_.end();
    });
    return failed == seeder.declaration.after.end() ? "" : *failed;
  }

  void run(const Seeder& seeder, SeederProof& proof) {
    const bool postgres = first_->engine() == Engine::postgres;
    const bool overlaps = postgres && !proof.once;  // the run lock keeps one-time loads apart
    begin(*first_);
    try {
      trial_.runner.run(*first_, seeder, facts_of(trial_.facts, proof));
      if (!overlaps) first_->commit();  // SQLite: one writes at a time, the other would only wait
    } catch (const Error& error) {
      if (error.code() == ExitCode::interrupted) throw;
      first_->rollback();
      proof.not_scratched = fmt::format("its run on an empty database failed: {}", without_seeder(error, proof.name).message());
      return;
    }
    proof.scratched = true;
    const std::size_t faults = proof.faults.size();
    if (overlaps) {
      try_again(Pass::two_at_once, seeder, proof, [&](const std::function<void()>& work) { overlap(*first_, *second_, work); });
    }
    if (!postgres && !proof.doubts.empty()) wait_for_next_second();
    const bool alone_again = faults == proof.faults.size() && (!overlaps || !proof.doubts.empty());
    if (alone_again) try_again(Pass::second_alone, seeder, proof, [](const std::function<void()>& work) { work(); });
    if (faults == proof.faults.size()) std::erase_if(proof.doubts, [](const Doubt& doubt) { return !doubt.for_a_day; });
  }

  /// A one-time load is remembered, so that its second run can be seen to leave it out.
  static RunFacts facts_of(const RunFacts& all, const SeederProof& proof) {
    RunFacts facts = all;
    facts.again = !proof.once;
    return facts;
  }

  void begin(Database& database) {
    database.begin({.patience = settings_.lock_timeout, .alone = false, .limits = {}});
  }

  /// Runs the seeder over the second connection; `around` calls the work it is given.
  void try_again(Pass pass, const Seeder& seeder, SeederProof& proof, const std::function<void(const std::function<void()>&)>& around) {
    begin(*second_);
    try {
      second_->execute(fmt::format("SAVEPOINT {}", kSavepoint));
      const std::unique_ptr<ChangedRows> rows = watch_rows(*second_);
      SeederOutcome outcome;
      around([&] { outcome = trial_.runner.run(*second_, seeder, facts_of(trial_.later, proof)); });
      std::vector<StrayWrite> writes = stray_writes(*second_, *rows, outcome, kSavepoint);
      if (!writes.empty()) proof.faults.push_back({pass, std::move(writes), {}, ""});
      second_->commit();
    } catch (const Error& error) {
      if (error.code() == ExitCode::interrupted) throw;
      second_->rollback();
      proof.faults.push_back({pass, {}, without_seeder(error, proof.name), ""});
    }
  }

  const ScratchTrial& trial_;
  const Settings& settings_;
  std::vector<SeederProof>& proofs_;
  std::unique_ptr<Database> first_, second_;
  std::vector<std::string> not_run_;
};

}  // namespace

std::vector<StrayWrite> stray_writes(Database& database, ChangedRows& rows, const SeederOutcome& outcome, const std::string& savepoint) {
  std::vector<StrayWrite> writes;
  for (const TableOutcome& table : outcome.tables) {
    if (table.counts == TableCounts{table.counts.table}) continue;
    StrayWrite write{table.counts, rows.written(table.counts.table, kMostKeys), ""};
    if (table.counts.inserted > 0) write.cause = rows.why_inserted(table.counts.table);
    writes.push_back(std::move(write));
  }
  const Ledger ledger(database);
  for (const TableCounts& counts : rows.rewritten()) {
    const bool known = std::ranges::any_of(writes, [&](const StrayWrite& write) { return write.counts.table == counts.table; });
    if (!known && !ledger.owns(counts.table)) writes.push_back({counts, rows.written(counts.table, kMostKeys), ""});
  }
  if (writes.empty()) return writes;
  database.execute(fmt::format("ROLLBACK TO SAVEPOINT {}", savepoint));
  for (StrayWrite& write : writes) {
    if (write.counts.deleted == 0) continue;
    for (std::string& key : rows.deleted(write.counts.table, kMostKeys)) {
      if (write.keys.size() < kMostKeys && std::ranges::find(write.keys, key) == write.keys.end()) write.keys.push_back(std::move(key));
    }
  }
  return writes;
}

Error without_seeder(const Error& error, const std::string& seeder) {
  const std::string prefix = fmt::format("seeder \"{}\" failed: ", seeder);
  if (!error.message().starts_with(prefix)) return error;
  Error plain(error.code(), error.message().substr(prefix.size()));
  return plain.at(error.place()).sqlstate(error.sqlstate()).detail(error.detail()).hint(error.hint());
}

std::string prove_on_scratch(const ScratchTrial& trial, std::vector<SeederProof>& proofs) {
  try {
    read_all_texts(trial.prepared, trial.settings);
    refuse_what_reaches_beyond(trial);
    const ScratchDatabase scratch(*trial.prepared.database, trial.settings.url);
    Settings there = trial.settings;
    there.url = scratch.url();
    there.hooks = {};
    there.migrations.history = "seedbed";
    migrate(there);
    Trial(trial, there, proofs).run();
    return "";
  } catch (const NotTried& reason) {
    return reason.why;
  } catch (const Error& error) {
    if (error.code() == ExitCode::interrupted) throw;
    return shown(error);
  }
}

}  // namespace seedbed::host
