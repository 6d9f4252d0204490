#pragma once
// Migrations that count as applied because somebody says so.

#include <chrono>
#include <string>

#include "config/settings.hpp"
#include "run/outcome.hpp"

namespace seedbed::host {

struct StampOptions {
  std::string version;  ///< or "latest": the last of the folder that is not repeatable
  std::chrono::milliseconds wait{0};
};

/// Records all migrations up to and including the version as applied, in the folder's order, in one
/// transaction, without running them.  What is recorded already stays as it is.  Creates the ledger,
/// also in a database that has tables of its own.
///
/// Throws Error{usage} for a version that no file has.  What fails later is in Outcome::error.
Outcome stamp(const Settings& settings, const StampOptions& options);

}  // namespace seedbed::host
