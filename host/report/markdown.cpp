#include "report/markdown.hpp"

#include <string>

#include <fmt/format.h>

#include "duration.hpp"
#include "report/proof_report.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"

namespace seedbed::host {

namespace {

std::string heading(const std::string& command, const std::string& environment,
                    const std::string& url) {
  return fmt::format("### seedbed {}: {}, `{}`\n\n", command, environment, url);
}

std::string number(std::int64_t count) { return count == 0 ? "" : std::to_string(count); }

Table seeder_counts(const Outcome& outcome) {
  Table table({{.title = "seeder"},
               {.title = "inserted", .right = true},
               {.title = "updated", .right = true},
               {.title = "deleted", .right = true},
               {.title = "unchanged", .right = true},
               {.title = "kept deleted", .right = true},
               {.title = "took", .right = true}});
  for (const SeederOutcome& seeder : outcome.seeders) {
    const TableCounts total = seeder.total();
    table.row({Cell{seeder.name}, Cell{number(total.inserted)}, Cell{number(total.updated)},
               Cell{number(total.deleted)}, Cell{number(seeder.unchanged())},
               Cell{number(seeder.kept_deleted())},
               Cell{duration_text(seeder.took)}});
  }
  return table;
}

Table migration_table(const char* title, const std::vector<MigrationOutcome>& migrations) {
  Table table({{.title = title}, {.title = "took", .right = true}});
  for (const MigrationOutcome& migration : migrations) {
    table.row({Cell{migration.file}, Cell{migration.took.count() == 0 ? "" : duration_text(migration.took)}});
  }
  return table;
}

Table dropped_objects(const Outcome& outcome) {
  Table table({{.title = outcome.dry_run ? "would be dropped" : "dropped"}, {.title = "kind"}});
  for (const CatalogObject& object : outcome.dropped) table.row({Cell{object.name}, Cell{object.kind}});
  return table;
}

Table not_executed(const Outcome& outcome) {
  Table table({{.title = "not executed"}, {.title = "why"}});
  for (const NotExecuted& item : outcome.not_executed) table.row({Cell{item.what}, Cell{item.why}});
  return table;
}

std::string paragraph(const Table& table) { return table.empty() ? "" : table.markdown() + '\n'; }

}  // namespace

std::string fenced(const std::string& text) {
  std::string fence = "```";  // longer than any in the text
  while (text.find(fence) != std::string::npos) fence += '`';
  return fence + "text\n" + text + fence + '\n';
}

std::string to_markdown(const Outcome& outcome) {
  std::string result = heading(outcome.command, outcome.environment, outcome.url);
  if (outcome.identity) result += fmt::format("Identity: {}\n\n", identity_text(*outcome.identity));
  result += paragraph(migration_table("migration", outcome.migrations));
  for (const HistoryChange& change : history_changes(outcome)) result += paragraph(migration_table(change.verb, *change.migrations));
  result += paragraph(dropped_objects(outcome));
  if (outcome.migrations_up_to_date > 0) {
    result += fmt::format("{} {} before.\n\n", counted(outcome.migrations_up_to_date, "migration"),
                          outcome.command == "stamp" ? "recorded" : "up to date");
  }
  result += paragraph(seeder_counts(outcome)) + paragraph(not_executed(outcome));
  for (const std::string& notice : outcome.notices) result += fmt::format("> {}\n\n", notice);
  const Summary summary = summary_of(outcome);
  result += fmt::format("**{}**{}\n", summary.verdict, summary.rest);
  return outcome.error ? result + '\n' + to_markdown(*outcome.error) : result;
}

std::string to_markdown(const Plan& plan) {
  std::string result = heading("status", plan.environment, plan.url);
  result += paragraph(migration_table(plan)) + paragraph(seeder_table(plan));
  for (const std::string& remark : remarks_on(plan)) result += fmt::format("> {}\n\n", remark);
  const std::string counts = counts_of(plan);
  return result + (counts.empty() ? "" : counts + "\n\n") + fmt::format("**{}**\n", summary_of(plan));
}

std::string to_markdown(const Adoption& adoption) {
  const Outcome& outcome = adoption.outcome;
  std::string result = heading(outcome.command, outcome.environment, outcome.url);
  result += fmt::format("`{}`, the history of {}\n\n", adoption.table, adoption.tool);
  result += paragraph(migration_table(adoption));
  for (const std::string& remark : remarks_on(adoption)) result += fmt::format("> {}\n\n", remark);
  const Summary summary = summary_of(adoption);
  return result + fmt::format("**{}**{}\n", summary.verdict, summary.rest);
}

std::string to_markdown(const SeederList& list) {
  std::string result =
      fmt::format("### seedbed plugins: {}, tier {}\n\n", list.environment, tier_name(list.tier));
  result += paragraph(seeder_table(list));
  for (const BrokenPlugin& plugin : list.broken) result += to_markdown(error_of(plugin));
  return result;
}

std::string to_markdown(const LockUpdate& update) {
  return "### seedbed plugins lock\n\n" + paragraph(lock_table(update)) + lock_summary(update) + '\n';
}

std::string to_markdown(const Diagnosis& diagnosis) {
  const std::string title = diagnosis.environment.empty() ? "### seedbed doctor\n\n" : heading("doctor", diagnosis.environment, diagnosis.url);
  return title + paragraph(diagnosis_table(diagnosis)) + fmt::format("**{}**\n", diagnosis_summary(diagnosis));
}

std::string to_markdown(const SettingList& list) { return setting_table(list).markdown(); }

std::string to_markdown(const StatementList& list) {
  return list.count_only ? to_text(list, false) : statement_table(list).markdown();
}

std::string to_markdown(const CreatedFiles& created) {
  std::string result;
  for (const auto& file : created.files) result += fmt::format("- `{}`\n", file.string());
  return created.next.empty() ? result : result + '\n' + created.next + '\n';
}

std::string to_markdown(const Reached& reached) { return to_text(reached, false); }

std::string to_markdown(const Error& error) { return fenced(to_text(error, false)); }

}  // namespace seedbed::host
