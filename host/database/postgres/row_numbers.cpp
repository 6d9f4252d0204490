#include "database/postgres/row_numbers.hpp"

#include <fmt/format.h>

namespace seedbed::host {

// A snapshot knows the highest number that is done with.  Subtransactions that are released are not,
// before the whole is, so one that has a number is rolled back.  From REPEATABLE READ on a transaction
// has its first snapshot to its end; there the lock that each number holds until it is done with tells it.
std::string next_row_number(Database& database) {
  constexpr const char* kTakeNumber = "SAVEPOINT seedbed_mark; SELECT pg_logical_emit_message(true, 'seedbed', '')";
  constexpr const char* kRollBack = "ROLLBACK TO SAVEPOINT seedbed_mark; RELEASE SAVEPOINT seedbed_mark";
  constexpr const char* kBySnapshot =
      "SELECT CASE WHEN current_setting('transaction_isolation') LIKE 'read %' "
      "THEN txid_snapshot_xmax(txid_current_snapshot())::text || '::bigint' END";
  constexpr const char* kByLock =
      "SELECT (number + CASE WHEN number < txid_current() THEN 4294967296 ELSE 0 END)::text || '::bigint' "
      "FROM (SELECT (txid_current() & ~4294967295::bigint) | transactionid::text::bigint AS number FROM pg_catalog.pg_locks "
      "WHERE locktype = 'transactionid' AND pid = pg_backend_pid() AND mode = 'ExclusiveLock' ORDER BY age(transactionid) LIMIT 1) AS newest";
  if (const auto number = database.query(fmt::format("{}; {}; {}", kTakeNumber, kRollBack, kBySnapshot))[0][0]) return *number;
  database.query(kTakeNumber);
  const std::string number = *database.query(kByLock)[0][0];
  database.query(kRollBack);
  return number;
}

std::string row_number_since(const std::string& first, const std::string& column, const char* status) {
  return fmt::format("CASE WHEN {0}::text <> '0' AND age({0}) <= age(({1} & 4294967295)::text::xid) THEN "
                     "txid_status(({1} & ~4294967295::bigint) | {0}::text::bigint) = '{2}' ELSE false END", column, first, status);
}

}  // namespace seedbed::host
