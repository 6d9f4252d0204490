#pragma once
// Which rows changed on PostgreSQL, told by the numbers of the transactions that rows carry.

#include <memory>

#include "database/changed_rows.hpp"

namespace seedbed::host {

std::unique_ptr<ChangedRows> watch_postgres_rows(Database& database);

}  // namespace seedbed::host
