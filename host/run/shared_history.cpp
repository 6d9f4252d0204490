#include "run/shared_history.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "migration/supabase_migration.hpp"
#include "run/name_list.hpp"
#include "run/record_run.hpp"

namespace seedbed::host {

namespace {

AppliedMigration row_of(const std::string& version, const SupabaseRow& theirs, const Migration* file) {
  AppliedMigration row;
  row.version = version;
  row.name = theirs.name;
  row.origin = "adopted";
  if (file == nullptr) return row;
  row.name = file->name;
  row.file = file->file;
  if (!is_same_text(*file, theirs)) return row;
  row.sha256 = file->sha256;
  row.token_hash = file->token_hash;
  return row;
}

}  // namespace

void check_shared_history(const Settings& settings, const MigrationFolder& folder) {
  if (settings.url.engine == Engine::sqlite) {
    throw Error(ExitCode::usage, "Supabase's history is kept on PostgreSQL alone, and this database is SQLite")
        .at({"history = \"supabase\"", 0, 0, ""})
        .hint("Remove \"history\" from [migrations]; seedbed then keeps its own.");
  }
  if (folder.format == Format::supabase || folder.format == Format::seedbed) return;
  throw Error(ExitCode::usage, fmt::format("Supabase's history cannot be kept for a folder of the format {}", format_name(folder.format)))
      .detail("Supabase's own tool would not run these files, or not under these versions.")
      .hint("If the files are Supabase's, set format = \"supabase\" under [migrations]; otherwise remove \"history\" from there.");
}

bool HistoryDifference::out_of_step() const {
  return !unrecorded.empty() || !withdrawn.empty() || !unmarked.empty() || std::ranges::any_of(foreign, [](const AppliedMigration& row) { return !row.file.empty(); });
}

HistoryDifference compare_histories(SupabaseHistory& history, const std::vector<Migration>& files,
                                    const std::vector<AppliedMigration>& applied) {
  std::set<std::string> ours;
  for (const AppliedMigration& row : applied) ours.insert(row.version);
  const std::vector<std::string> versions = history.versions();
  const std::set<std::string> theirs(versions.begin(), versions.end());

  HistoryDifference difference;
  std::vector<std::string> theirs_alone;
  std::ranges::copy_if(versions, std::back_inserter(theirs_alone), [&](const std::string& version) { return !ours.contains(version); });
  const std::map<std::string, SupabaseRow> rows = history.rows(theirs_alone);
  for (const std::string& version : theirs_alone) {
    const auto row = rows.find(version);
    if (row == rows.end()) continue;
    const auto file = std::ranges::find(files, version, &Migration::version);
    difference.foreign.push_back(row_of(version, row->second, file == files.end() ? nullptr : &*file));
    if (file != files.end() && difference.foreign.back().sha256.empty()) difference.unproved.push_back(file->file);
  }
  for (const AppliedMigration& row : applied) {
    const auto file = std::ranges::find(files, row.version, &Migration::version);
    if (theirs.contains(row.version)) {
      if (!row.shared) difference.unmarked.push_back(row.version);
    } else if (row.shared && history.found()) {  // a table that is gone says nothing of its rows
      difference.withdrawn.push_back(row);
    } else if (file != files.end()) {
      difference.unrecorded.push_back(&*file);
    }
  }
  return difference;
}

std::vector<std::string> recorded_beside(Database& database, const SupabaseHistory& history, const Migration& migration) {
  return {history.insertion(supabase_migration(migration)), Ledger(database).sharing(migration.version)};
}

void bring_in_step(Database& database, SupabaseHistory& history, const std::vector<Migration>& files,
                   std::vector<std::string>& notices) {
  Ledger ledger(database);
  const HistoryDifference difference = compare_histories(history, files, ledger.migrations());
  std::vector<std::string> taken, handed, withdrawn;
  std::int64_t now = RunStart::clock_reading();
  for (const AppliedMigration& row : difference.foreign) {
    if (row.file.empty()) continue;
    ledger.adopt(row, now);
    database.execute(ledger.sharing(row.version));
    now += 1000;  // the ledger's order is that of the times
    taken.push_back(row.file);
  }
  for (const Migration* file : difference.unrecorded) {
    history.record(supabase_migration(*file));
    database.execute(ledger.sharing(file->version));
    handed.push_back(file->file);
  }
  for (const std::string& version : difference.unmarked) database.execute(ledger.sharing(version));
  for (const AppliedMigration& row : difference.withdrawn) {
    ledger.forget_migration(row.version);
    if (std::ranges::find(files, row.version, &Migration::version) != files.end()) withdrawn.push_back(row.file);
  }
  if (!withdrawn.empty()) notices.push_back(fmt::format("Taken back by Supabase's tool, and applied no more: {}.", shortened_list(withdrawn)));
  if (!taken.empty()) notices.push_back(fmt::format("Applied by Supabase's tool, and in seedbed's ledger from now on: {}.", shortened_list(taken)));
  if (!difference.unproved.empty()) {
    notices.push_back(fmt::format("Supabase's history does not hold the text of {} as it is now; edits before today are not noticed.",
                                  shortened_list(difference.unproved)));
  }
  if (!handed.empty()) notices.push_back(fmt::format("Applied by seedbed, and in Supabase's history from now on: {}.", shortened_list(handed)));
}

}  // namespace seedbed::host
