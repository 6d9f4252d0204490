#pragma once
// SQL that runs at fixed points of a run.

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/database.hpp"
#include "ledger/run_lock.hpp"

namespace seedbed::host {

/// Runs the hooks that have SQL for this engine, each in a transaction of its own unless a
/// statement in it cannot run in one.  Returns how many ran.
///
/// Throws Error at the place in the hook's file, or in its text under the name of where it is set.
std::size_t run_hooks(RunLock& lock, const std::vector<Hook>& hooks, const std::filesystem::path& root);

/// The same after something failed, whose error is the one to report: a hook's own is only logged.
std::size_t run_hooks_in_spite(RunLock& lock, const std::vector<Hook>& hooks, const std::filesystem::path& root);

/// The same as run_hooks() inside the transaction that is open, which the caller rolls back.  Hooks with a
/// statement that cannot run in one are left out, and `left_out` gets where they are set.
std::size_t rehearse_hooks(Database& database, const std::vector<Hook>& hooks, const std::filesystem::path& root,
                           std::vector<std::string>& left_out);

}  // namespace seedbed::host
