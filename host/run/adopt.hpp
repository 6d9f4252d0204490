#pragma once
// Taking over the history that another migration tool has left in the database.

#include <chrono>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "run/outcome.hpp"

namespace seedbed::host {

struct AdoptOptions {
  std::string from;   ///< a tool's name; empty: the one whose history is found
  std::string table;  ///< of a name of the user's own; empty: the tool's usual one
  bool accept_edited = false;
  bool dry_run = false;
  std::chrono::milliseconds wait{0};
};

enum class AdoptionState {
  adopted,  ///< recorded as applied
  edited,   ///< likewise, though the file is not what the other tool applied
  known,    ///< was recorded before
  gap,      ///< not applied, though later ones are: stays pending
  changed,  ///< a repeatable one that has changed since: stays pending
  missing   ///< applied, but there is no such file
};

struct AdoptedMigration {
  std::string version;
  std::string file;        ///< what the other history calls it where there is no file
  AdoptionState state = AdoptionState::adopted;
  std::string applied_at;  ///< UTC, "2026-08-03 09:12:44"; empty where the other history has no times
};

struct Adoption {
  Outcome outcome;    ///< what every run tells; `recorded` has what the ledger got
  std::string tool;   ///< "goose"
  std::string table;  ///< "public.goose_db_version"
  std::vector<AdoptedMigration> migrations;  ///< in the folder's order, then those without a file
  std::size_t pending = 0;                   ///< newer files, not applied and not listed
};

/// Records every migration that the other history says is applied and that the folder has, with the
/// hashes of today's file, in one transaction under the lock.  Runs nothing, and leaves the other
/// history as it is.
///
/// Throws Error{usage} when no history is found, or several are; Error{refused} for one in which a
/// migration failed half-way, for files that differ from the checksum that the other tool kept,
/// and when none of its versions has a file.
Adoption adopt(const Settings& settings, const AdoptOptions& options);

}  // namespace seedbed::host
