#pragma once
// Reverts migrations by their down parts.

#include <chrono>
#include <cstddef>
#include <string>

#include "config/settings.hpp"
#include "run/consent.hpp"
#include "run/outcome.hpp"
#include "run/run.hpp"

namespace seedbed::host {

struct DownOptions {
  std::size_t count = 1;  ///< how many, counted from the one that was applied last
  std::string to;         ///< instead: every one above this version, which stays; "0" is below all
  bool dry_run = false;
  Consent consent;
  std::chrono::milliseconds wait{0};
  Progress progress;
};

/// Reverts applied migrations, the one that was applied last first.  Each down part and the removal of
/// its ledger row are one transaction, unless the part has to run outside of one.  Repeatable
/// migrations are no steps and stay.  Afterwards the hooks after_migrate run; seeders whose tables
/// are gone are forgotten, so that they fill them again.
///
/// A migration without its file or without a down part is an Error{refused} that names it, before
/// anything is done; an edited file is no obstacle.  Throws Error{usage} for a version that is not
/// known or not applied, Error{refused} without consent.  What fails later is in
/// Outcome::error, beside what was reverted.
Outcome down(const Settings& settings, const DownOptions& options);

}  // namespace seedbed::host
