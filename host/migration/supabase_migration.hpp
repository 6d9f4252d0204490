#pragma once
// A migration file as Supabase's own tool would record it.

#include "ledger/supabase_history.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

/// The row that `supabase db push` would write for the same file: the name is what stands between
/// the version and ".sql"; a statement is all that stands between two semicolons, comments
/// included, so that `supabase migration fetch` gives the file back.  A down part in the file is
/// left out.
SupabaseMigration supabase_migration(const Migration& migration);

/// True if the statements that Supabase's history holds are those of the file; layout and comments
/// do not count.
bool is_same_text(const Migration& migration, const SupabaseRow& row);

}  // namespace seedbed::host
