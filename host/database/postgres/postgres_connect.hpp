#pragma once
// Opens a connection, trying again for as long as that can help.

#include <atomic>
#include <chrono>

#include "database/url.hpp"

struct pg_conn;

namespace seedbed::host {

/// Returns an open connection that the caller owns.  See connect() for what it throws.
/// It waits no longer once `given_up` is true, which may be nullptr.
pg_conn* open_postgres(const DatabaseUrl& url, std::chrono::milliseconds wait, const std::atomic<bool>* given_up);

}  // namespace seedbed::host
