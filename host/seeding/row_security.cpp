#include "seeding/row_security.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "database/connection_facts.hpp"

namespace seedbed::host {

namespace {

std::int64_t visible_rows(Database& database, const std::string& table, std::int64_t most) {
  return std::stoll(*database.query(fmt::format("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) AS visible", table, most))[0][0]);
}

}  // namespace

RowSecurity::RowSecurity(Database& database) : tables_(secured_tables(database)) {
  if (!tables_.empty()) role_ = *database.query("SELECT quote_ident(current_user)")[0][0];
}

void RowSecurity::tell(Database& database, const Declaration& declaration, SeederOutcome& outcome) const {
  if (!outcome.ran) return;
  for (const std::string& table : tables_) {
    const auto entry = std::ranges::find(outcome.tables, table, [](const TableOutcome& each) { return each.counts.table; });
    const bool declared = std::ranges::find(declaration.writes, table) != declaration.writes.end();
    if (entry == outcome.tables.end() && !declared) continue;
    if (entry != outcome.tables.end() && entry->unchanged && entry->counts.deleted == 0) {
      // All rows that it was given are there by now; those that cannot be seen are hidden.
      const std::int64_t given = entry->counts.inserted + entry->counts.updated + *entry->unchanged;
      const std::int64_t hidden = *entry->unchanged == 0 ? 0 : given - visible_rows(database, table, given);
      if (hidden <= 0) continue;
      outcome.notices.push_back(fmt::format("{} of the rows for {} {} there, but its row-level security hides {} from role {}: {} unchanged, whatever {}.",
                                            hidden, table, hidden == 1 ? "is" : "are", hidden == 1 ? "it" : "them", role_,
                                            hidden == 1 ? "it counts as" : "they count as", hidden == 1 ? "it holds" : "they hold"));
      continue;
    }
    outcome.notices.push_back(fmt::format("row-level security of {} applies to role {}: rows that it hides were neither found nor changed.", table, role_));
  }
}

}  // namespace seedbed::host
