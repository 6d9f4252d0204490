#pragma once
// The numbers of the subtransactions that wrote rows, which PostgreSQL's rows carry.

#include <string>

#include "database/database.hpp"

namespace seedbed::host {

/// SQL: the number that the open transaction's next subtransaction will have, or a lower one.  All
/// rows written so far have lower ones still.
std::string next_row_number(Database& database);

/// SQL: `column`, a row's xmin or xmax, is not below `first`, of next_row_number(), and has `status`.
/// Those of others that are in progress cannot be seen.
std::string row_number_since(const std::string& first, const std::string& column, const char* status);

}  // namespace seedbed::host
