#pragma once
// Two transactions at once, in one thread.

#include <functional>

#include "database/database.hpp"

namespace seedbed::host {

/// Calls `work`, which uses `second` within its open transaction, while that of `first` is open as well,
/// and commits the latter as soon as the server lets `second` wait for it; at the latest when `work` has
/// returned or thrown.  Both are connected to one PostgreSQL, without a pooler.
///
/// Throws what `work` throws, and else what the commit throws.
void overlap(Database& first, Database& second, const std::function<void()>& work);

}  // namespace seedbed::host
