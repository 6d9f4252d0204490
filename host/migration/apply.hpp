#pragma once
// Applies one migration, its ledger row in the same transaction.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "ledger/run_lock.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

/// True if a forward part that should run in one transaction begins, commits or rolls back some of
/// its own, be it that they can be taken for parts of one.  A BEGIN … COMMIT around the whole file is
/// the migration's transaction and does not count.
bool controls_transactions(const Migration& migration);

/// True if the file says what kind of transaction it runs in: SET TRANSACTION at its beginning, or
/// BEGIN ISOLATION LEVEL ….
bool chooses_transaction(const Migration& migration);

/// Throws Error{refused} at the first statement that would end or split the migration's transaction.
/// Whole BEGIN … COMMIT blocks are parts of it.
void refuse_transaction_control(const Migration& migration);

/// True if the file runs outside a transaction: because it says so, or because a statement in it,
/// which `why` then names, cannot run in one.
bool runs_outside_transaction(const Migration& migration, std::string* why = nullptr);

/// True if the file attaches another database of SQLite's, which stays attached to the end of the
/// transaction and may be a file that is made for it.
bool attaches_database(const Migration& migration);

/// The PRAGMAs with which a file begins that SQLite takes only while there is no table: page_size,
/// auto_vacuum, encoding.  The ledger's tables come before the file's.
std::vector<std::string> file_layout(const Migration& migration);

/// SQL that commits together with a migration.
struct Beside {
  std::vector<std::string> before;  ///< it runs; not for one that runs outside a transaction
  std::vector<std::string> after;   ///< it is recorded
};

/// Runs `migration` and records it, as long as the lock is held; in the same transaction runs `beside`.
/// Returns how long it took.
///
/// Throws Error at the place in the file.  Nothing of a migration that runs inside a transaction
/// then remains; of one that runs outside, each statement is recorded as it succeeds, and the next
/// run goes on at the one that failed.
std::chrono::microseconds apply_migration(RunLock& lock, const Migration& migration, const Beside& beside = {},
                                          const TimeLimits& limits = {});

/// Runs `migration` and records it inside the transaction that is open, which the caller rolls
/// back.
std::chrono::microseconds rehearse_migration(Database& database, const Migration& migration,
                                             const std::vector<std::string>& beside = {});

/// Runs `part` inside the transaction that is open, without the BEGIN and COMMIT around it, and undoes
/// what it left in the session.  `hold` is called once the part has said what kind of transaction it
/// runs in, which the server takes only before any query.
void run_in_transaction(Database& database, const SqlPart& part, const std::function<void()>& hold = {});

}  // namespace seedbed::host
