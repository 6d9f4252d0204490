#pragma once
// Opens a connection, trying again for as long as that can help.

#include <chrono>

#include "database/url.hpp"

struct pg_conn;

namespace seedbed::host {

/// Returns an open connection that the caller owns.  See connect() for what it throws.
pg_conn* open_postgres(const DatabaseUrl& url, std::chrono::milliseconds wait);

}  // namespace seedbed::host
