#pragma once
// The last line of a report: what the reader wanted to know.

#include <string>

#include "report/display.hpp"
#include "report/values.hpp"

namespace seedbed::host {

/// "done" and " in 62 ms; run it again and nothing changes".
struct Summary {
  std::string verdict;
  std::string rest;
  Ink ink = Ink::green;
};

Summary summary_of(const Outcome& outcome);

Summary summary_of(const Adoption& adoption);

/// "1 migration and 2 seeders pending." or "Nothing is pending."
std::string summary_of(const Plan& plan);

/// "1 problem and 2 warnings."
std::string diagnosis_summary(const Diagnosis& diagnosis);

/// "seedbed.lock has 8 seeders: 1 added, 7 as before."
std::string lock_summary(const LockUpdate& update);

/// "6 migrations: 4 applied, 1 edited, 1 pending"; empty without migrations.
std::string counts_of(const Plan& plan);

/// What an outcome did to migrations besides applying them, and the word for it.
struct HistoryChange {
  const char* verb;  ///< "recorded", "reverted" …
  const std::vector<MigrationOutcome>* migrations;
};
std::vector<HistoryChange> history_changes(const Outcome& outcome);

/// "environment local, tier development (was production, tier production)".
std::string identity_text(const IdentityChange& change);

/// "at statement 2 of 3 (line 7)".
std::string half_applied_text(const HalfApplied& half);

/// A migration's state as a table shows it: "failed at statement 2 of 3 (line 7)", "stamped".
std::string state_text(const PlannedMigration& migration);

/// Whole sentences about migrations that are edited, missing or out of order.
std::vector<std::string> remarks_on(const Plan& plan);

/// Whole sentences about what stays pending, and what has no file.
std::vector<std::string> remarks_on(const Adoption& adoption);

/// Of the seeder at `index`: "pending" if it never ran, "changed" if another version, other
/// parameters or other files ran last, else "done".
std::string seeder_state(const Plan& plan, std::size_t index);

}  // namespace seedbed::host
