#pragma once
// Values of the plugin ABI to and from SQLite's prepared statements.

#include <optional>
#include <span>
#include <string>

#include <seedbed/abi.h>

struct sqlite3_stmt;

namespace seedbed::host {

/// Binds `params` to `$1`, `$2`, ….  Throws Error{failed} when a statement has another number of
/// them, and what check_value() throws.  Text must live until the statement is stepped.
void bind_named(sqlite3_stmt* statement, std::span<const seedbed_value> params);

/// Binds one value at `index`, which counts from 1.  Throws Error{failed} for a NaN, which SQLite
/// would store as NULL.
void bind_value(sqlite3_stmt* statement, int index, const seedbed_value& value);

std::optional<std::string> column_text(sqlite3_stmt* statement, int index);

/// Borrows from the statement until its next step.
seedbed_value column_value(sqlite3_stmt* statement, int index);

}  // namespace seedbed::host
