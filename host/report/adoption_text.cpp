#include <string>

#include <fmt/format.h>

#include "report/summary.hpp"
#include "report/table.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"

namespace seedbed::host {

std::string to_text(const Adoption& adoption, bool color) {
  std::string result = fmt::format("{}  {}\n\n", painted(adoption.outcome.environment, Ink::bold, color),
                                   printable(adoption.outcome.url));
  result += fmt::format("{}, the history of {}\n\n", printable(adoption.table), adoption.tool);
  const Table migrations = migration_table(adoption);
  if (!migrations.empty()) result += migrations.text(color) + '\n';
  for (const std::string& remark : remarks_on(adoption)) {
    result += fmt::format("{} {}\n", painted("note:", Ink::yellow, color), printable(remark));
  }
  const Summary summary = summary_of(adoption);
  return result + painted(summary.verdict, summary.ink, color) + summary.rest + '\n';
}

}  // namespace seedbed::host
