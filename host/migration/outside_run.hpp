#pragma once
// Runs a file that cannot run in one transaction, so that no statement of it takes effect twice.

#include <string>

#include "ledger/run_lock.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

/// Runs those statements of `migration` that no earlier run has recorded, and records each under `key`:
/// its version, or reverting_key() where the statements are those of its down part.
///
/// What the recorded ones have set in the session (settings, attached databases) is set again first.
/// Behind a pooler, where no session is the file's own, that is done in every transaction, and undone at
/// its end; a statement that can have no transaction is refused after a setting.
///
/// A statement and its record are one transaction where the server allows it; the file's own
/// BEGIN … COMMIT takes its records along.  Of what can share no transaction (CREATE INDEX
/// CONCURRENTLY) it is recorded first that it begins: a run that finds such a record and no end drops
/// an index that was left invalid, runs the statement again, and takes "already exists" (or, of what
/// drops something, "does not exist") for its success.  A DO block or procedure that commits by itself
/// thus runs again if the first run was killed before it could note the end.
///
/// Throws Error at the place in the file, with what took effect as detail.
void run_statements_outside(RunLock& lock, const Migration& migration, const std::string& key);

}  // namespace seedbed::host
