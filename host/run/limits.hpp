#pragma once
// The time limits of an environment, as the database takes them and as errors name them.

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

}  // namespace seedbed::host
