// What repair and log show: what needs a decision, and what has run.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "duration.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kStatementWidth = 60;

std::string head(const std::string& environment, const std::string& url, bool color) {
  return fmt::format("{}  {}\n\n", painted(environment, Ink::bold, color), printable(url));
}

/// The part of a table that belongs to row `i`, its title line being the first.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin + 1));
    begin = end + 1;
  }
  return lines;
}

std::string edited_text(const Damage& damage) {
  return fmt::format("        applied on {} UTC with SHA-256 {}, now {}\n", damage.applied_at, short_hash(damage.recorded_sha256),
                     short_hash(damage.sha256));
}

std::string failed_text(const Damage& damage) {
  std::string text = fmt::format("        {}{}{}\n", damage.half.reverting ? "its down part stopped " : "", half_applied_text(damage.half),
                                 damage.took_effect.empty() ? "" : "; these took effect:");
  Table table({{.title = ""}, {.title = "", .right = true, .gap = 1}, {.title = ""}});
  for (const TakenStatement& statement : damage.took_effect) {
    const bool there = statement.line > 0;
    table.row({Cell{there ? "          line" : "          statement"}, Cell{std::to_string(there ? statement.line : statement.number)},
               Cell{there ? shortened(statement.text, kStatementWidth) : "is another in the file by now"}});
  }
  return text + table.text(/*color=*/false);
}

std::string remedies_text(const Damage& damage, bool color) {
  Table table({{.title = ""}, {.title = "", .gap = 3}});
  for (const Remedy& remedy : remedies_for(damage)) table.row({Cell{"        " + remedy.command, Ink::bold}, Cell{remedy.effect}});
  return table.text(color);
}

std::string what_changed(const RecordedRun& run) {
  std::vector<std::string> parts;
  if (run.migrations > 0) parts.push_back(counted(static_cast<std::size_t>(run.migrations), "migration"));
  for (const auto& [number, what] : {std::pair(run.inserted, "inserted"), {run.updated, "updated"}, {run.deleted, "deleted"}}) {
    if (number > 0) parts.push_back(fmt::format("{} {}", number, what));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

Ink ink_of(const RecordedRun& run) { return run.outcome == "done" ? Ink::plain : Ink::red; }

Table run_table(const RunLog& log, bool with_errors) {
  constexpr std::size_t kCommit = 8;
  std::vector<TableColumn> columns{{.title = "when (UTC)"}, {.title = "command"}, {.title = "environment"}, {.title = "who"},
                                   {.title = "outcome"}, {.title = "changes"}, {.title = "took", .right = true},
                                   {.title = "version"}, {.title = "commit"}};
  if (with_errors) columns.push_back({.title = "error"});
  Table table(std::move(columns));
  for (const RecordedRun& run : log.runs) {
    std::vector<Cell> cells{Cell{run.started}, Cell{run.command}, Cell{run.environment}, Cell{run.operator_name + "@" + run.host},
                            Cell{run.outcome, ink_of(run)}, Cell{what_changed(run)},
                            Cell{duration_text(std::chrono::milliseconds(run.took_ms))}, Cell{run.version},
                            Cell{run.commit.substr(0, kCommit)}};
    if (with_errors) cells.push_back(Cell{run.error});
    table.row(std::move(cells));
  }
  return table;
}

std::string closing(const RunLog& log) {
  if (log.total == 0) return "No run is recorded.\n";
  if (log.total == log.runs.size()) return fmt::format("{}.\n", counted(log.total, "run"));
  return fmt::format("{} of {} runs; -n N shows more.\n", log.runs.size(), log.total);
}

}  // namespace

std::vector<Remedy> remedies_for(const Damage& damage) {
  if (damage.state == MigrationState::edited) {
    return {{fmt::format("seedbed repair --accept {}", damage.version), "if the database is as the file says now"},
            {"undo the edit", "if it is not; write the change as a new migration"}};
  }
  const bool reverting = damage.half.reverting;
  const std::string again = reverting ? "seedbed down" : "seedbed up";
  const Remedy abandon{fmt::format("seedbed repair --abandon {}", damage.version),
                       damage.file.empty() ? "forgets them"
                       : reverting         ? "forgets them, so that the down part starts anew"
                                           : "forgets them, so that the file starts anew"};
  if (damage.file.empty()) return {abandon};
  if (damage.half.edited) return {{"restore the statements that took effect", fmt::format("then \"{}\" goes on after them", again)}, abandon};
  if (damage.half.line == 0) return {{again, "records it: all its statements took effect"}, abandon};
  return {{again, fmt::format("goes on at line {}", damage.half.line)}, abandon};
}

std::string to_text(const DamageReport& report, bool color) {
  std::string result = head(report.environment, report.url, color);
  for (const Damage& damage : report.damages) {
    const bool edited = damage.state == MigrationState::edited;
    result += fmt::format("{}  {}\n", painted(edited ? "edited" : "failed", Ink::red, color),
                          printable(damage.file.empty() ? damage.version + " (its file is not here)" : damage.file));
    result += edited ? edited_text(damage) : failed_text(damage);
    result += remedies_text(damage, color) + '\n';
  }
  if (report.damages.empty()) return result + painted("Nothing needs to be repaired.", Ink::green, color) + '\n';
  return result + fmt::format("{} {} a decision.\n", counted(report.damages.size(), "migration"),
                              report.damages.size() == 1 ? "needs" : "need");
}

std::string to_text(const RunLog& log, bool color) {
  std::string result = head(log.environment, log.url, color);
  const std::vector<std::string> lines = lines_of(run_table(log, /*with_errors=*/false).text(color));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    result += lines[i];
    if (i == 0 || log.runs[i - 1].error.empty()) continue;
    result += painted("  " + printable(log.runs[i - 1].error), Ink::red, color) + '\n';
  }
  return result + (lines.empty() ? "" : "\n") + closing(log);
}

std::string to_markdown(const DamageReport& report) {
  std::string result = fmt::format("### seedbed repair: {}, `{}`\n\n", report.environment, report.url);
  Table table({{.title = "migration"}, {.title = "state"}, {.title = "what would mend it"}});
  for (const Damage& damage : report.damages) {
    std::vector<std::string> commands;
    for (const Remedy& remedy : remedies_for(damage)) commands.push_back(fmt::format("{}: {}", remedy.command, remedy.effect));
    table.row({Cell{damage.file.empty() ? damage.version : damage.file},
               Cell{damage.state == MigrationState::edited ? "edited" : (damage.half.reverting ? "its down part stopped " : "") + half_applied_text(damage.half)},
               Cell{fmt::format("{}", fmt::join(commands, "; "))}});
  }
  return table.empty() ? result + "**Nothing needs to be repaired.**\n" : result + table.markdown();
}

std::string to_markdown(const RunLog& log) {
  const Table table = run_table(log, /*with_errors=*/true);
  return fmt::format("### seedbed log: {}, `{}`\n\n", log.environment, log.url) +
         (table.empty() ? "" : table.markdown() + '\n') + closing(log);
}

}  // namespace seedbed::host
