#pragma once
// What row-level security hides from the role that seeds.

#include <string>
#include <vector>

#include "database/database.hpp"
#include "seeding/declaration.hpp"
#include "seeding/seeder_outcome.hpp"

namespace seedbed::host {

/// The tables some of whose rows the connected role may not see.  It is never switched off: what hides
/// a row from the role hides it from its seeders.
class RowSecurity {
 public:
  explicit RowSecurity(Database& database);

  /// Adds a notice to `outcome`, of a seeder that has just run and declares `declaration`, for each of its tables where
  /// rows that are there count as unchanged although nobody could look at them.
  void tell(Database& database, const Declaration& declaration, SeederOutcome& outcome) const;

 private:
  std::string role_;
  std::vector<std::string> tables_;  ///< by the names of Database::changes()
};

}  // namespace seedbed::host
