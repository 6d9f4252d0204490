#include "seeding/run_seeder.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/text_file.hpp"
#include "database/write_causes.hpp"
#include "log.hpp"
#include "seeding/csv_table.hpp"
#include "seeding/isolation/isolated_plugin.hpp"
#include "seeding/plain_files.hpp"
#include "seeding/plugin_library.hpp"
#include "seeding/sql_files.hpp"

namespace seedbed::host {

namespace {

using Clock = std::chrono::steady_clock;

void add_counts(std::vector<TableOutcome>& tables, const std::vector<TableCounts>& changes) {
  for (const TableCounts& change : changes) tables.push_back({change, std::nullopt, false});
}

/// Puts beside the host's counts what the writers know: rows offered that were there already; and
/// all that is known where the server does not count.
void add_written(Database& database, SeederOutcome& outcome, const std::map<std::string, WriterCounts>& written) {
  for (const auto& [table, counts] : written) {
    auto found = std::ranges::find(outcome.tables, table, [](const TableOutcome& entry) { return entry.counts.table; });
    if (found == outcome.tables.end()) found = outcome.tables.insert(found, TableOutcome{TableCounts{table}, {}, false});
    if (!database.counts_are_complete(table)) {
      found->counts = {table, counts.written - counts.updated, counts.updated, 0};
      outcome.notices.push_back(fmt::format("The server does not count rows of {}, which is distributed; these are the rows "
                                            "that its writer inserted and updated.", table));
    }
    found->unchanged = counts.rows - counts.written - counts.kept_deleted;
    found->kept_deleted = counts.kept_deleted;
    outcome.unchanged_known = true;
  }
}

/// A file of a folder that runs.
struct FolderFile {
  std::filesystem::path path;
  const TableFile* table = nullptr;  ///< of a .csv file
};

/// In the order of their names, .sql and .csv alike.
std::vector<FolderFile> folder_files(const Seeder& seeder, Engine engine) {
  std::vector<FolderFile> files;
  for (std::filesystem::path& path : folder_sql_files(seeder.path, engine)) files.push_back({std::move(path)});
  for (const TableFile& table : seeder.declaration.tables) {
    if (auto path = csv_file(seeder.path, table.file, engine)) files.push_back({std::move(*path), &table});
  }
  std::ranges::sort(files, {}, &FolderFile::path);
  return files;
}

std::string text_of(const std::vector<std::filesystem::path>& files) {
  std::string text;
  for (const auto& file : files) text += read_text_file(file, file.string()).text + '\n';
  return text;
}

bool remembered_as(const std::vector<RememberedSeed>& seeds, const std::string& seeder, const std::string& fingerprint) {
  return std::ranges::any_of(seeds, [&](const RememberedSeed& seed) {
    return seed.seeder == seeder && seed.item.empty() && seed.fingerprint == fingerprint;
  });
}

bool ran_before(const std::vector<RememberedSeed>& seeds, const std::string& seeder) {
  return std::ranges::any_of(seeds, [&](const RememberedSeed& seed) { return seed.seeder == seeder; });
}

void refuse_writes_to_ledger(Database& database, const SeederOutcome& outcome) {
  const Ledger ledger(database);
  for (const TableOutcome& table : outcome.tables) {
    if (!ledger.owns(table.counts.table)) continue;
    throw Error(ExitCode::refused, fmt::format("it wrote to \"{}\", which is seedbed's own", table.counts.table));
  }
}

Ledger ledger_of(Database& database, const RunFacts& facts) {
  return facts.ledger_version ? Ledger(database, *facts.ledger_version) : Ledger(database);
}

/// True for a name that means the same table in a declaration and in Database::changes().
bool is_plain_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'; });
}

/// Corrects the counts of `outcome` where rows were rolled back inside of it, and says where it cannot.
void correct(CountedPart& part, SeederOutcome& outcome, const std::string& source) {
  std::vector<TableCounts> counts;
  for (const TableOutcome& table : outcome.tables) counts.push_back(table.counts);
  for (const std::string& table : part.correct(counts, source)) {
    outcome.notices.push_back(fmt::format("the counts of {} may include rows that an exception block has rolled back.", table));
  }
  outcome.tables.clear();
  add_counts(outcome.tables, counts);
}

/// A seeder writes rows, which are counted; what happens to whole tables is not, and belongs into a
/// migration.
void refuse_changed_shapes(const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after) {
  const auto refuse = [](const std::string& table, const char* what) {
    throw Error(ExitCode::refused, fmt::format("it {} table \"{}\"", what, table))
        .detail("A seeder writes rows; only those are counted and can be kept to the tables it declares.")
        .hint("Delete rows with DELETE, and move changes of the schema into a migration.");
  };
  for (const auto& [table, shape] : before) {
    const auto now = after.find(table);
    if (now == after.end()) refuse(table, "dropped or renamed");
    else if (now->second != shape) refuse(table, "truncated or altered");
  }
  for (const auto& [table, shape] : after) {
    if (!before.contains(table)) refuse(table, "created");
  }
}

}  // namespace

std::string fingerprint(const Seeder& seeder, const Settings& settings) {
  // A library's bytes differ from build to build, its version does not.
  const bool folder = seeder.kind == SeederKind::folder;
  return sql::sha256(fmt::format("{}\n{}\n{}", seeder.declaration.version, folder ? seeder.sha256 : "",
                                 canonical_text(parameter_values(seeder.declaration, settings.seeders))));
}

bool is_trigger_table(const Settings& settings, const std::string& table) {
  return std::ranges::any_of(settings.seeders.trigger_tables, [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), table.c_str(), 0) == 0;
  });
}

SeederRunner::SeederRunner(const Settings& settings, const std::vector<PlannedSeeder>& plan, const PluginOptions& options)
    : settings_(settings) {
  for (const PlannedSeeder& planned : plan) {
    if (!planned.selected || planned.seeder.kind != SeederKind::library) continue;
    const std::shared_ptr<const OpenedFile>& file = planned.seeder.file;
    std::unique_ptr<Plugin>& plugin = plugins_[file->path()];
    if (plugin == nullptr && options.isolated) plugin = std::make_unique<IsolatedPlugin>(file, options.timeout);
    if (plugin == nullptr) plugin = std::make_unique<PluginLibrary>(*file);
    plugin->require(planned.seeder.declaration.name);
  }
}

SeederOutcome SeederRunner::run(Database& database, const Seeder& seeder, const RunFacts& facts) const {
  const auto start = Clock::now();
  const Declaration& declaration = seeder.declaration;
  SeederOutcome outcome;
  outcome.name = declaration.name;
  outcome.version = declaration.version;
  log::info("seeder_started", {{"seeder", declaration.name}});
  try {
    const auto shapes = database.table_shapes();
    Writing writing{CountedPart(database), OnceTables(ledger_of(database, facts), declaration.name, facts.deleted)};
    database.start_counting();
    outcome.ran = run_by_kind(database, seeder, facts, writing, outcome);
    refuse_writes_to_ledger(database, outcome);
    if (seeder.kind != SeederKind::sql_files) {
      judge(database, declaration, outcome);
      refuse_changed_shapes(shapes, database.table_shapes());
    }
    writing.part.close();
    if (outcome.ran) writing.once.save();
    if (outcome.ran && !facts.again) remember(writing.once, seeder, outcome);
  } catch (const Error& error) {
    log::info("seeder_failed", {{"seeder", declaration.name}, {"error", error.message()}});
    if (error.code() == ExitCode::interrupted) throw;
    throw error.prefixed(fmt::format("seeder \"{}\" failed: ", declaration.name));
  }
  outcome.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  const TableCounts total = outcome.total();
  log::info("seeder_completed", {{"seeder", declaration.name}, {"inserted", total.inserted}, {"updated", total.updated},
                                 {"deleted", total.deleted}, {"took_ms", outcome.took.count() / 1000}});
  return outcome;
}

bool SeederRunner::run_by_kind(Database& database, const Seeder& seeder, const RunFacts& facts, Writing& writing,
                               SeederOutcome& outcome) const {
  if (seeder.kind == SeederKind::sql_files) {
    if (!run_plain_files(database, settings_, facts.again, outcome)) return false;
    correct(writing.part, outcome, text_of(plain_sql_files(settings_.seeders, database.engine())));
    return true;
  }
  if (seeder.declaration.once && !facts.again && ran_before(writing.once.seeds(), seeder.declaration.name)) return false;
  if (seeder.kind == SeederKind::folder) run_folder(database, seeder, facts, writing, outcome);
  else run_library(database, seeder, facts, writing, outcome);
  return true;
}

void SeederRunner::run_library(Database& database, const Seeder& seeder, const RunFacts& facts, Writing& writing,
                               SeederOutcome& outcome) const {
  const ParameterValues parameters = parameter_values(seeder.declaration, settings_.seeders);
  SeederSession session(database, writing.once, seeder.declaration, parameters, facts);
  session.run(*plugins_.at(seeder.path));
  writing.once.check();
  database.reset_session();
  add_counts(outcome.tables, database.changes());
  correct(writing.part, outcome, fmt::format("{}", fmt::join(session.statements(), "\n")));
  if (facts.watch != nullptr) facts.watch->note(seeder.declaration.name, session.statements());
  add_written(database, outcome, session.written());
}

void SeederRunner::run_folder(Database& database, const Seeder& seeder, const RunFacts& facts, Writing& writing,
                              SeederOutcome& outcome) const {
  const ParameterValues parameters = parameter_values(seeder.declaration, settings_.seeders);
  Constants constants;
  for (const auto& [name, value] : parameters) constants.emplace(name, abi_value(value));
  constants.insert_or_assign("now", timestamp_value(facts.now));
  constants.insert_or_assign("environment", text_value(facts.environment));
  constants.insert_or_assign("tier", text_value(tier_name(facts.tier)));
  std::map<std::string, WriterCounts> written;
  for (const auto& [file, table] : folder_files(seeder, database.engine())) {
    if (table == nullptr) {
      run_sql_file(database, file, settings_.root, &constants, seeder.declaration.once);
      continue;
    }
    const WriterCounts counts = load_csv(database, writing.once, file, shown_seed_path(file, settings_.root), *table,
                                         [&](std::uint64_t done, std::uint64_t total) { facts.progress(seeder.declaration.name, done, total); },
                                         seeder.declaration.name, facts.watch);
    written[database.canonical_table(table->name)] += counts;
  }
  // The files were read one after the other, and long after the folder was found.
  if (seeder.locked && folder_hash(seeder.path) != seeder.sha256) {
    throw Error(ExitCode::refused, fmt::format("its folder \"{}\" was changed while it ran", seeder.path.string()))
        .detail("It is no longer as the lock has it.")
        .hint("Run the same command again.");
  }
  writing.once.check();
  add_counts(outcome.tables, database.changes());
  correct(writing.part, outcome, text_of(folder_sql_files(seeder.path, database.engine())));
  add_written(database, outcome, written);
}

/// A seeder may write what it declares; triggers, besides, what the environment allows them.
void SeederRunner::judge(Database& database, const Declaration& declaration, SeederOutcome& outcome) const {
  std::set<std::string> declared;
  for (TableOutcome& table : outcome.tables) {
    const std::string& name = table.counts.table;
    if (std::ranges::find(declaration.writes, name) != declaration.writes.end() && is_plain_name(name)) continue;
    if (declared.empty()) {
      for (const std::string& written : declaration.writes) declared.insert(database.canonical_table(written));
    }
    if (declared.contains(name)) continue;
    table.by_trigger = is_trigger_table(settings_, name);
    if (table.by_trigger) continue;
    const TableCounts& counts = table.counts;
    std::vector<std::string> written;
    for (const TableOutcome& other : outcome.tables) written.push_back(other.counts.table);
    const std::vector<std::string> causes = causes_of_writes(database, name, written);
    throw Error(ExitCode::refused, fmt::format("it wrote to table \"{}\", which it does not declare", name))
        .detail(fmt::format("{} inserted, {} updated, {} deleted. It declares {}.", counts.inserted, counts.updated,
                            counts.deleted, declared.empty() ? "no table" : fmt::format("{}", fmt::join(declared, ", "))))
        .detail(causes.empty() ? "" : fmt::format("What may have written there: {}.", fmt::join(causes, "; ")))
        .hint("Add the table to the seeder's \"writes\"; if a trigger wrote it, to \"trigger_tables\" of the environment.");
  }
}

void SeederRunner::remember(OnceTables& once, const Seeder& seeder, const SeederOutcome& outcome) const {
  if (seeder.kind == SeederKind::sql_files) return;  // remembered file by file
  const std::string now = fingerprint(seeder, settings_);
  // An unchanged second run leaves the ledger as it is, too.
  if (outcome.total() == TableCounts{} && remembered_as(once.seeds(), outcome.name, now)) return;
  once.ledger().remember({outcome.name, "", now, outcome.version, ""});
}

}  // namespace seedbed::host
