#include <string>

#include <fmt/format.h>

#include "report/summary.hpp"
#include "report/table.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"

namespace seedbed::host {

namespace {

Ink ink_of(Mark mark) { return mark == Mark::ok ? Ink::green : mark == Mark::warning ? Ink::yellow : Ink::red; }

/// Each line below the other, where a table has but one.
void add_lines(Table& table, Cell mark, Cell topic, const std::string& text, Ink ink) {
  std::size_t begin = 0;
  for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
    end = text.find('\n', begin);
    table.row({mark, topic, Cell{text.substr(begin, end - begin), ink}});
    mark = topic = Cell{};
    if (end == std::string::npos) break;
  }
}

}  // namespace

Table diagnosis_table(const Diagnosis& diagnosis) {
  Table table({{.title = "mark"}, {.title = "topic"}, {.title = "finding"}});
  for (const Finding& finding : diagnosis.findings) {
    add_lines(table, Cell{mark_name(finding.mark), ink_of(finding.mark)}, Cell{finding.topic}, finding.what, Ink::plain);
    if (!finding.to_do.empty()) add_lines(table, {}, {}, "-> " + finding.to_do, ink_of(finding.mark));
  }
  return table;
}

std::string diagnosis_summary(const Diagnosis& diagnosis) {
  const std::size_t problems = diagnosis.count(Mark::problem), warnings = diagnosis.count(Mark::warning);
  if (problems == 0 && warnings == 0) return "All is well.";
  if (problems == 0) return fmt::format("No problem, {}.", counted(warnings, "warning"));
  if (warnings == 0) return fmt::format("{}.", counted(problems, "problem"));
  return fmt::format("{} and {}.", counted(problems, "problem"), counted(warnings, "warning"));
}

std::string to_text(const Diagnosis& diagnosis, bool color) {
  std::string result;
  if (!diagnosis.environment.empty()) {
    result = fmt::format("{}  {}\n\n", painted(diagnosis.environment, Ink::bold, color), printable(diagnosis.url));
  }
  const Mark worst = diagnosis.count(Mark::problem) > 0 ? Mark::problem : diagnosis.count(Mark::warning) > 0 ? Mark::warning : Mark::ok;
  return result + diagnosis_table(diagnosis).text(color) + '\n' + painted(diagnosis_summary(diagnosis), ink_of(worst), color) + '\n';
}

}  // namespace seedbed::host
