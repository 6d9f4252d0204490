#include "run/adopt.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ledger/other_history.hpp"
#include "ledger/run_lock.hpp"
#include "migration/checksum.hpp"
#include "migration/supabase_migration.hpp"
#include "migration/version.hpp"
#include "run/name_list.hpp"
#include "run/preparation.hpp"
#include "run/record_run.hpp"
#include "run/retry.hpp"

namespace seedbed::host {

namespace {

HistoryTable choose_history(Database& database, const AdoptOptions& options) {
  const std::optional<Tool> tool = options.from.empty() ? std::nullopt : std::optional(parse_tool(options.from));
  if (!options.table.empty()) return history_named(database, options.table, tool);
  HistorySearch search = find_histories(database);
  if (tool) std::erase_if(search.found, [&](const HistoryTable& table) { return table.tool != *tool; });
  if (search.found.size() == 1) return search.found.front();
  if (search.found.empty()) {
    Error error(ExitCode::usage, fmt::format("the database has no history of {}", tool ? tool_name(*tool) : "another migration tool"));
    if (!search.others.empty()) error.detail(fmt::format("Not usable: {}.", fmt::join(search.others, "; ")));
    throw error.hint("A table with a name of its own, or in a schema outside the search path, is named with --table. "
                     "What no tool has recorded is recorded with \"seedbed stamp\".");
  }
  std::vector<std::string> names;
  for (const HistoryTable& table : search.found) names.push_back(fmt::format("{} ({})", table.name, tool_name(table.tool)));
  throw Error(ExitCode::usage, "the database has several histories of migrations")
      .detail(fmt::format("Found: {}.", fmt::join(names, ", ")))
      .hint("Say with --from TOOL or --table NAME which of them is right.");
}

/// How a file's version compares with one that the history's tool has written.
class VersionMatch {
 public:
  VersionMatch(Tool tool, Format format) : tool_(tool), format_(format) {}

  /// Empty for a file that has no version the tool could have written.
  std::string version_of(const Migration& file) const {
    if (file.repeatable) return "";
    if (format_ == Format::plain) return std::string(leading_digits(file.version));
    const bool number = leading_digits(file.version).size() == file.version.size();
    return number || tool_ == Tool::flyway ? file.version : "";
  }

  std::strong_ordering compare(const std::string& file, const std::string& recorded) const {
    if (tool_ == Tool::flyway) return compare_versions(Format::flyway, file, recorded);
    if (tool_ == Tool::supabase || tool_ == Tool::dbmate) return file <=> recorded;  // text, zeros included
    return compare_numbers(file, recorded);
  }

 private:
  Tool tool_;
  Format format_;
};

/// Flyway's repeatable migrations are known by their files.
bool is_script(const Migration& file, const RecordedVersion& recorded) {
  return std::filesystem::path(file.file).filename() == std::filesystem::path(recorded.script).filename();
}

bool differs(Tool tool, const Migration& file, const RecordedVersion& recorded) {
  if (tool == Tool::supabase) return recorded.text && !recorded.text->empty() && !is_same_text(file, {"", recorded.text});
  if (recorded.checksum.empty()) return false;
  if (tool == Tool::flyway) return std::to_string(flyway_checksum(file)) != recorded.checksum;
  return tool == Tool::sqlx && sqlx_checksum(file) != recorded.checksum;
}

std::string shown_time(const RecordedVersion& recorded) {
  if (!recorded.applied_at) return "";
  std::string text = iso_timestamp(*recorded.applied_at).substr(0, std::string_view("2026-08-03T09:12:44").size());
  text[10] = ' ';
  return text;
}

std::string shown_name(const RecordedVersion& recorded) {
  if (!recorded.script.empty()) return recorded.script;
  return recorded.description.empty() ? recorded.version : recorded.version + '_' + recorded.description;
}

/// A migration to record, and when it was applied in relation to the others.
struct Adoptee {
  const Migration* file;
  const RecordedVersion* recorded;  ///< null: applied before the history began
  std::ptrdiff_t position;          ///< in the history; -1 before it
};

class Comparison {
 public:
  Comparison(const OtherHistory& history, Format format, const std::vector<Migration>& files,
             const std::vector<PlannedMigration>& planned)
      : history_(history), match_(history.table.tool, format), files_(files), planned_(planned) {}

  void fill(Adoption& adoption) {
    std::vector<const Migration*> behind;  // not applied, until a later one turns out to be
    for (const Migration& file : files_) {
      const std::optional<AdoptionState> state = state_of(file);
      if (!state) {
        behind.push_back(&file);
        continue;
      }
      if (!file.repeatable) {
        for (const Migration* gap : behind) adoption.migrations.push_back({gap->version, gap->file, AdoptionState::gap, ""});
        behind.clear();
      }
      const RecordedVersion* recorded = find(file);
      adoption.migrations.push_back({file.version, file.file, *state, recorded ? shown_time(*recorded) : ""});
    }
    adoption.pending = behind.size();
    for (const RecordedVersion& recorded : history_.versions) {
      if (std::ranges::none_of(files_, [&](const Migration& file) { return find(file) == &recorded; })) {
        adoption.migrations.push_back({recorded.version, shown_name(recorded), AdoptionState::missing, shown_time(recorded)});
      }
    }
  }

  /// In the order in which they were applied.
  std::vector<Adoptee> adoptees(const Adoption& adoption) const {
    std::vector<Adoptee> result;
    for (const AdoptedMigration& migration : adoption.migrations) {
      if (migration.state != AdoptionState::adopted && migration.state != AdoptionState::edited) continue;
      const Migration& file = *std::ranges::find(files_, migration.version, &Migration::version);
      const RecordedVersion* recorded = find(file);
      result.push_back({&file, recorded, recorded ? recorded - history_.versions.data() : -1});
    }
    std::ranges::stable_sort(result, {}, &Adoptee::position);
    return result;
  }

 private:
  const RecordedVersion* find(const Migration& file) const {
    const std::string version = match_.version_of(file);
    const auto found = std::ranges::find_if(history_.versions, [&](const RecordedVersion& recorded) {
      if (file.repeatable || recorded.version.empty()) return file.repeatable && recorded.version.empty() && is_script(file, recorded);
      return !version.empty() && match_.compare(version, recorded.version) == 0;
    });
    return found == history_.versions.end() ? nullptr : &*found;
  }

  /// Nothing: not applied, and not known to be behind.
  std::optional<AdoptionState> state_of(const Migration& file) const {
    const auto planned = std::ranges::find(planned_, file.version, &PlannedMigration::version);
    const bool known = !planned->applied_at.empty();
    const RecordedVersion* recorded = find(file);
    if (recorded != nullptr) {
      if (known) return AdoptionState::known;
      if (!differs(history_.table.tool, file, *recorded)) return AdoptionState::adopted;
      return file.repeatable ? AdoptionState::changed : AdoptionState::edited;
    }
    const std::string version = match_.version_of(file);
    if (history_.up_to.empty() || version.empty() || match_.compare(version, history_.up_to) > 0) {
      return known ? std::optional(AdoptionState::known) : std::nullopt;
    }
    return known ? AdoptionState::known : AdoptionState::adopted;
  }

  const OtherHistory& history_;
  VersionMatch match_;
  const std::vector<Migration>& files_;
  const std::vector<PlannedMigration>& planned_;
};

std::vector<std::string> files_in(const Adoption& adoption, AdoptionState state) {
  std::vector<std::string> files;
  for (const AdoptedMigration& migration : adoption.migrations) {
    if (migration.state == state) files.push_back(migration.file);
  }
  return files;
}

void refuse_edited(const Adoption& adoption, bool accept_edited) {
  const std::vector<std::string> edited = files_in(adoption, AdoptionState::edited);
  if (edited.empty() || accept_edited) return;
  throw Error(ExitCode::refused, fmt::format("{} not what {} applied: {}", edited.size() == 1 ? "a migration is" : "migrations are",
                                             adoption.tool, shortened_list(edited)))
      .detail(fmt::format("{} kept another {} of {}. Nothing was recorded.", adoption.table,
                          adoption.tool == "supabase" ? "text" : "checksum", edited.size() == 1 ? "it" : "them"))
      .hint("If the files are right as they are now, say so with --accept-edited.");
}

void refuse_other_folder(const Adoption& adoption, const OtherHistory& history, const Settings& settings) {
  const std::vector<std::string> missing = files_in(adoption, AdoptionState::missing);
  if (history.versions.empty() || missing.size() < adoption.migrations.size()) return;
  throw Error(ExitCode::refused, fmt::format("no version in {} has a file in \"{}\"", adoption.table, settings.migrations.directory.string()))
      .detail(fmt::format("It has {}. Nothing was recorded.", shortened_list(missing)))
      .hint("Name the folder with --migrations DIR, and its format with --migrations-format.");
}

AppliedMigration row_of(const Adoptee& adoptee) {
  AppliedMigration row;
  row.version = adoptee.file->version;
  row.name = adoptee.file->name;
  row.file = adoptee.file->file;
  row.sha256 = adoptee.file->sha256;
  row.token_hash = adoptee.file->token_hash;
  row.took_ms = adoptee.recorded ? adoptee.recorded->took_ms : 0;
  return row;
}

/// Times that are known stay, but the ledger's order is that of the times, so none may be as early as
/// its predecessor's.  Whole milliseconds: SQLite's text sorts by them.
void record(Database& database, const std::vector<Adoptee>& adoptees, Outcome& outcome) {
  Ledger ledger(database);
  constexpr std::int64_t kStep = 1000;
  std::int64_t last = 0;
  const std::int64_t now = RunStart::clock_reading();
  for (const Adoptee& adoptee : adoptees) {
    const std::optional<std::int64_t> known = adoptee.recorded ? adoptee.recorded->applied_at : std::nullopt;
    last = std::max(known.value_or(now) / kStep * kStep, last + kStep);
    ledger.adopt(row_of(adoptee), last);
    outcome.recorded.push_back({adoptee.file->version, adoptee.file->name, adoptee.file->file, {}});
  }
}

}  // namespace

Adoption adopt(const Settings& settings, const AdoptOptions& options) {
  Preparation prepared = prepare_migrations(settings, options.wait);
  look_at_database(prepared, settings);
  Adoption adoption;
  adoption.outcome = outcome_of(settings, "adopt");
  adoption.outcome.dry_run = options.dry_run;
  adoption.outcome.seeding_asked = false;

  adoption.outcome = recorded_run(prepared, settings, adoption.outcome, [&](Outcome& outcome) {
    const OtherHistory history = read_history(*prepared.database, choose_history(*prepared.database, options));
    adoption.tool = tool_name(history.table.tool);
    adoption.table = history.table.name;
    Comparison comparison(history, prepared.format, prepared.files, prepared.migrations);
    comparison.fill(adoption);
    refuse_other_folder(adoption, history, settings);
    refuse_edited(adoption, options.accept_edited);
    const std::vector<Adoptee> adoptees = comparison.adoptees(adoption);
    outcome.migrations_up_to_date = files_in(adoption, AdoptionState::known).size();
    if (options.dry_run) return;
    open_ledger(prepared, settings, options.wait);
    RunLock lock(*prepared.database, settings.url, settings.lock_timeout, prepared.identity->id);
    with_retries("adopt", [&] {
      outcome.recorded.clear();
      LockedTransaction transaction(lock);
      record(*prepared.database, adoptees, outcome);
      transaction.commit();
    });
  });
  if (adoption.outcome.error) throw Error(*adoption.outcome.error);
  return adoption;
}

}  // namespace seedbed::host
