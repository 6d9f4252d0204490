#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "duration.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "report/text.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kMinWidth = 74;

std::string count_of(std::int64_t number, const char* what) {
  return number == 0 ? "" : fmt::format("{} {}", number, what);
}

// One line of the report.  The label stands only in the first line of its block.
class Lines {
 public:
  void add(const std::string& label, std::vector<Cell> cells) {
    // Blocks that are left out must not move the others.
    cells.insert(cells.begin(), Cell{label == last_label_ ? "" : fmt::format("{:<10}", label)});
    last_label_ = label;
    table_.row(std::move(cells));
  }

  void sentence(const std::string& label, const std::string& text) {
    add(label, {Cell{text, Ink::plain, /*spills=*/true}});
  }

  std::string text(bool color) const { return table_.text(color, kMinWidth); }

 private:
  std::string last_label_;
  Table table_{{{.title = ""},
                {.title = "", .gap = 3},
                {.title = "", .right = true, .gap = 4},
                {.title = "", .right = true, .gap = 4},
                {.title = "", .right = true, .gap = 4},
                {.title = "", .right = true, .gap = 4},
                {.title = "", .right = true, .gap = 4},
                {.title = "", .gap = 4},
                {.title = "", .right = true, .gap = 4}}};
};

std::string migrations_sentence(const Outcome& outcome) {
  const std::size_t applied = outcome.migrations.size();
  const std::size_t before = outcome.migrations_up_to_date;
  if (applied == 0 && before == 0) return "none";
  if (applied == 0) return fmt::format("{} {}", before, outcome.command == "stamp" ? "recorded before" : "up to date");
  if (before == 0) return fmt::format("{} applied", applied);
  return fmt::format("{} applied    {} up to date", applied, before);
}

void add_migrations(const Outcome& outcome, Lines& lines) {
  const bool nothing_to_say = outcome.migrations.empty() && outcome.migrations_up_to_date == 0;
  if (nothing_to_say && ((outcome.command != "up" && outcome.command != "reset") || outcome.error || outcome.dry_run)) return;
  const std::string took = outcome.migrations.empty() ? "" : duration_text(outcome.migrations_took);
  lines.add("migrations", {Cell{migrations_sentence(outcome), Ink::plain, /*spills=*/true},
                           {},
                           {},
                           {},
                           {},
                           {},
                           {},
                           Cell{took, Ink::dim}});
}

void add_history_changes(const Outcome& outcome, Lines& lines) {
  for (const HistoryChange& change : history_changes(outcome)) {
    for (const MigrationOutcome& migration : *change.migrations) {
      const std::string took = migration.took.count() == 0 ? "" : duration_text(migration.took);
      lines.add(change.verb, {Cell{migration.file, Ink::plain, /*spills=*/true}, {}, {}, {}, {}, {}, {}, Cell{took, Ink::dim}});
    }
  }
}

void add_dropped(const Outcome& outcome, Lines& lines) {
  for (const CatalogObject& object : outcome.dropped) {
    lines.sentence(outcome.dry_run ? "would drop" : "dropped", object.kind + " " + object.name);
  }
}

std::string remark(const SeederOutcome& seeder, bool rolled_back) {
  if (!seeder.ran) return "nothing to do";
  if (rolled_back) return "rolled back";
  const bool silent = seeder.total() == TableCounts{} && seeder.unchanged() == 0 && seeder.kept_deleted() == 0;
  return silent ? "unchanged" : "";
}

void add_cleared(const Outcome& outcome, Lines& lines) {
  for (const TableCounts& table : outcome.cleared) {
    lines.add("cleared", {Cell{table.table}, {}, {}, Cell{count_of(table.deleted, "deleted")}, {}, {}, {}, {}});
  }
}

void add_seeders(const Outcome& outcome, Lines& lines) {
  for (const SeederOutcome& seeder : outcome.seeders) {
    const TableCounts total = seeder.total();
    const bool rolled_back = outcome.error.has_value() && !seeder.committed;
    lines.add("seeders",
              {Cell{seeder.name}, Cell{count_of(total.inserted, "inserted")},
               Cell{count_of(total.updated, "updated")}, Cell{count_of(total.deleted, "deleted")},
               Cell{count_of(seeder.unchanged(), "unchanged")},
               Cell{count_of(seeder.kept_deleted(), "kept deleted")},
               Cell{remark(seeder, rolled_back), rolled_back ? Ink::yellow : Ink::plain},
               Cell{duration_text(seeder.took), Ink::dim}});
  }
  if (outcome.seeders.empty() && outcome.seeding_asked && outcome.not_executed.empty() &&
      !outcome.error) {
    lines.sentence("seeders", "none");
  }
}

std::string not_executed_text(const Outcome& outcome, bool color) {
  if (outcome.not_executed.empty()) return "";
  Table table({{.title = ""}, {.title = "", .gap = 3}});
  for (const NotExecuted& item : outcome.not_executed)
    table.row({Cell{"  " + item.what}, Cell{item.why}});
  return "\nnot executed\n" + table.text(color) + '\n';
}

}  // namespace

std::string to_text(const Outcome& outcome, bool color) {
  Lines lines;
  if (outcome.identity) lines.sentence("identity", identity_text(*outcome.identity));
  add_dropped(outcome, lines);
  add_migrations(outcome, lines);
  add_history_changes(outcome, lines);
  add_cleared(outcome, lines);
  add_seeders(outcome, lines);
  if (!outcome.refreshed_views.empty()) {
    lines.sentence("views", fmt::format("{} refreshed", fmt::join(outcome.refreshed_views, ", ")));
  }
  if (outcome.hooks_run > 0) lines.sentence("hooks", fmt::format("{} run", outcome.hooks_run));

  std::string result = fmt::format("{}  {}\n\n", painted(outcome.environment, Ink::bold, color),
                                   printable(outcome.url));
  result += lines.text(color);
  result += not_executed_text(outcome, color);
  for (const std::string& notice : outcome.notices) {
    result += fmt::format("{} {}\n", painted("note:", Ink::yellow, color), printable(notice));
  }
  const Summary summary = summary_of(outcome);
  return result + painted(summary.verdict, summary.ink, color) + summary.rest + '\n';
}

}  // namespace seedbed::host
