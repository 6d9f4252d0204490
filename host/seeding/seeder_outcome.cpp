#include "seeding/seeder_outcome.hpp"

namespace seedbed::host {

TableCounts SeederOutcome::total() const {
  TableCounts sum;
  for (const TableOutcome& table : tables) {
    if (table.by_trigger) continue;
    sum.inserted += table.counts.inserted;
    sum.updated += table.counts.updated;
    sum.deleted += table.counts.deleted;
  }
  return sum;
}

std::int64_t SeederOutcome::unchanged() const {
  std::int64_t sum = 0;
  for (const TableOutcome& table : tables) sum += table.unchanged.value_or(0);
  return sum;
}

std::int64_t SeederOutcome::kept_deleted() const {
  std::int64_t sum = 0;
  for (const TableOutcome& table : tables) sum += table.kept_deleted;
  return sum;
}

}  // namespace seedbed::host
