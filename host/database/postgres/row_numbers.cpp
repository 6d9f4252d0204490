#include "database/postgres/row_numbers.hpp"

#include <fmt/format.h>

namespace seedbed::host {

// A snapshot knows the highest number that is done with.  Subtransactions that are released are not,
// before the whole is, so one that has a number is rolled back.
std::string next_row_number(Database& database) {
  return *database.query("SAVEPOINT seedbed_mark; SELECT pg_logical_emit_message(true, 'seedbed', ''); "
                         "ROLLBACK TO SAVEPOINT seedbed_mark; RELEASE SAVEPOINT seedbed_mark; "
                         "SELECT txid_snapshot_xmax(txid_current_snapshot())::text || '::bigint'")[0][0];
}

std::string row_number_since(const std::string& first, const std::string& column, const char* status) {
  return fmt::format("CASE WHEN {0}::text <> '0' AND age({0}) <= age(({1} & 4294967295)::text::xid) THEN "
                     "txid_status(({1} & ~4294967295::bigint) | {0}::text::bigint) = '{2}' ELSE false END", column, first, status);
}

}  // namespace seedbed::host
