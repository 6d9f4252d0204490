#pragma once
// Migration files beside what the ledger says of them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/ledger.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

enum class MigrationState { applied, pending, edited, missing, out_of_order, failed };

/// A file that runs outside a transaction and stopped on its way.
struct HalfApplied {
  std::size_t done = 0;   ///< statements that took effect
  std::size_t total = 0;  ///< of the file as it is now; 0: there is no file
  std::size_t line = 0;   ///< of the statement to go on at; 0: there is none
  bool edited = false;    ///< one that took effect is another now
  bool in_doubt = false;  ///< the one to go on at may have taken effect
  bool reverting = false;  ///< it is the down part that stopped; the migration is applied still
};

/// The ledger's key for the statements of the down part of `version`, where it runs outside a transaction.
std::string reverting_key(std::string_view version);

struct PlannedMigration {
  std::string version;
  std::string name;
  std::string file;
  MigrationState state = MigrationState::pending;
  std::string applied_at;    ///< UTC, "2026-08-03 09:12:44"; empty while pending
  std::int64_t took_ms = 0;  ///< when it was applied
  std::string origin;        ///< see AppliedMigration; empty while pending
  std::optional<HalfApplied> half{};  ///< of a failed one
};

/// The file's name, or what the database's history knows where the file is missing.
std::string title_of(const PlannedMigration& migration);

/// Finds rows of the ledger by their version.  Fastest where they are asked for in that order.
class AppliedVersions {
 public:
  /// `applied` must outlive it.
  explicit AppliedVersions(const std::vector<AppliedMigration>& applied);

  /// nullptr if there is none.
  const AppliedMigration* find(std::string_view version);

 private:
  std::vector<const AppliedMigration*> rows_;  ///< by version
  std::size_t next_ = 0;                       ///< the one after that which was found last
};

/// Every migration of the folder in its order, then those that only the database has.
///
/// A file is unedited if its bytes or its tokens hash to what the ledger holds, and where it holds
/// no hash.  `out_of_order` is
/// pending with a later one applied.  A repeatable one that was edited is pending again.
std::vector<PlannedMigration> plan_migrations(const std::vector<Migration>& files,
                                              const std::vector<AppliedMigration>& applied);

/// Makes those of `plan` failed that `remembered` has statements of and that are pending, or whose
/// down part it has statements of.  Adds those whose
/// file is not among `files`.
void mark_half_applied(std::vector<PlannedMigration>& plan, const std::vector<Migration>& files,
                       const RememberedStatements& remembered, Engine engine);

/// What the ledger holds of statement `index` of a part once it took effect outside a transaction.
std::string statement_hash(const SqlPart& part, std::size_t index, Engine engine);

}  // namespace seedbed::host
