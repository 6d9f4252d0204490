#pragma once
// The ledger's tables, as the steps that lead from one version to the next.

#include <string>
#include <vector>

#include "database/engine.hpp"

namespace seedbed::host {

/// The version this program writes.  A step, once released, never changes.
inline constexpr int kLedgerVersion = 4;

/// The statements that lead from version `step` - 1 to `step`.
std::vector<std::string> ledger_upgrade(int step, Engine engine);

/// The statements that make a ledger of this version where there is none: all steps, but with each table
/// made as it is in the end.  Altering it takes several times longer, on SQLite above all.
/// `has_schema`: PostgreSQL's schema is there.
std::vector<std::string> ledger_creation(Engine engine, bool has_schema);

}  // namespace seedbed::host
