#pragma once
// history = "supabase": seedbed's ledger and Supabase's history say the same.

#include <map>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "ledger/ledger.hpp"
#include "ledger/run_lock.hpp"
#include "ledger/supabase_history.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

/// Throws Error{usage} where Supabase's history cannot be kept: on SQLite, and for a folder whose
/// versions are not digits.
void check_shared_history(const Settings& settings, const MigrationFolder& folder);

/// What one of the two knows and the other does not.
///
/// Rationale: Supabase's tool takes versions back without a word to seedbed, in `migration repair`,
/// `db reset` and `migration squash`; the ledger's mark `shared` tells such rows from those that
/// seedbed applied before the history was shared.  A version without a file is not taken over: it
/// stays visible while Supabase's history has it, and when a checkout brings the file, the statements
/// can still vouch for it.
struct HistoryDifference {
  std::vector<AppliedMigration> foreign;    ///< in Supabase's history alone, as rows of the ledger
  std::vector<const Migration*> unrecorded; ///< in the ledger alone, and in the folder
  std::vector<AppliedMigration> withdrawn;  ///< in the ledger alone, but once in both: taken back by Supabase's tool
  std::vector<std::string> unmarked;        ///< versions in both, of which the ledger does not know it
  std::vector<std::string> unproved;        ///< files of `foreign` that its statements do not match

  /// True if there is something to write on either side.
  bool out_of_step() const;
};

/// The hashes of a row in `foreign` are those of the file where the statements that Supabase has
/// kept are the file's; else they are empty, and the file counts as unedited whatever it holds.
HistoryDifference compare_histories(SupabaseHistory& history, const std::vector<Migration>& files,
                                    const std::vector<AppliedMigration>& applied);

/// What a migration that seedbed applies runs beside the ledger's row: Supabase's row, and the mark.
std::vector<std::string> recorded_beside(Database& database, const SupabaseHistory& history, const Migration& migration);

/// Writes to each what only the other has, inside the transaction that is open, and says so in
/// `notices`.
void bring_in_step(Database& database, SupabaseHistory& history, const std::vector<Migration>& files,
                   std::vector<std::string>& notices);

}  // namespace seedbed::host
