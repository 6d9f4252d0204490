#pragma once
// The time limits of an environment, as the database takes them and as errors name them.

#include <chrono>
#include <string_view>

#include "config/settings.hpp"
#include "database/database.hpp"
#include "error.hpp"

namespace seedbed::host {

/// For statements inside a transaction.
TimeLimits limits_of(const Limits& limits);

/// For statements outside a transaction, to which the default does not apply: an index that is made
/// concurrently waits for every open transaction, and what it leaves when it gives up is in the way.
TimeLimits chosen_limits_of(const Limits& limits);

/// Names the setting in an error of a statement that was ended because of it.  `script` is what ran:
/// if it sets the limit itself, the setting is not to blame.
Error with_limit_named(Error error, const Limits& limits, std::string_view script = {});

/// How long a dry run and a proof wait for a lock: they are to hold up nobody.
inline constexpr auto kLongestRehearsalWait = std::chrono::seconds(5);

/// Names that in an error of a statement that was ended because of it.
Error with_rehearsal_limit_named(Error error);

}  // namespace seedbed::host
