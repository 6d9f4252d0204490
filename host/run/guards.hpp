#pragma once
// What a run refuses to do, decided before it writes.

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "run/preparation.hpp"

namespace seedbed::host {

/// What to do with migrations older than the newest applied: as set, else the tier's default.
std::string out_of_order_policy(const Settings& settings);

/// Throws Error{usage} for a version `to` that no file has.
void check_target_version(const std::vector<Migration>& files, const std::string& to);

/// Throws Error{refused} for a database that has tables of its own but no ledger.
void refuse_foreign_database(const Preparation& preparation, bool accept_nonempty);

/// Throws Error{refused} for files edited after they were applied, both hashes named.
void refuse_edited(const Preparation& preparation);

/// The files to apply now, in order: pending ones up to `to`, and those out of order as the
/// policy has it.  Adds a sentence to `notices` for each that is out of order or missing.
///
/// Throws Error{refused} for out-of-order files under the policy "refuse".
std::vector<const Migration*> pending_files(const Preparation& preparation, const Settings& settings,
                                            const std::string& to, std::vector<std::string>& notices);

/// Throws Error{refused} where the environment is protected, whatever anybody consents to.
void refuse_protected(const Settings& settings, std::string_view what);

/// Throws Error{refused} for `seed --clear` where the environment is protected, and for a database that has
/// tables of its own but no ledger: none of its rows are seedbed's.
void refuse_clearing(const Preparation& preparation, const Settings& settings);

/// Throws Error{pending} while migrations are pending that the policy does not skip.
void refuse_while_pending(const Preparation& preparation, const Settings& settings);

}  // namespace seedbed::host
