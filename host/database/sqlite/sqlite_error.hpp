#pragma once
// What SQLite's errors mean to the person who has to deal with them.

#include <string>

#include "error.hpp"

struct sqlite3;

namespace seedbed::host {

/// The last error of `handle`, its message after `doing`, with what to do about it.
Error sqlite_error(sqlite3* handle, const std::string& doing);

}  // namespace seedbed::host
