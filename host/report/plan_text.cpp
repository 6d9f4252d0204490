#include <string>

#include <fmt/format.h>

#include "report/summary.hpp"
#include "report/table.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"

namespace seedbed::host {

std::string to_text(const Plan& plan, bool color) {
  std::string result =
      fmt::format("{}  {}\n\n", painted(plan.environment, Ink::bold, color), printable(plan.url));
  const Table migrations = migration_table(plan), seeders = seeder_table(plan);
  if (!migrations.empty()) result += migrations.text(color) + '\n';
  if (!seeders.empty()) result += seeders.text(color) + '\n';
  for (const std::string& remark : remarks_on(plan)) result += printable(remark) + '\n';
  if (const std::string counts = counts_of(plan); !counts.empty()) result += counts + '\n';
  const Ink ink = plan.something_pending() ? Ink::yellow : Ink::green;
  return result + painted(summary_of(plan), ink, color) + '\n';
}

}  // namespace seedbed::host
