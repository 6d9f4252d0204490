#pragma once
// Values of the plugin ABI, printed and parsed the way each engine wants them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <seedbed/abi.h>

namespace seedbed::host {

/// A parameter of Database::execute() and query().  Borrows text: keep it alive for the call.
seedbed_value text_value(std::string_view text);
seedbed_value integer_value(std::int64_t number);
seedbed_value timestamp_value(std::int64_t microseconds);
seedbed_value null_value();

/// The bytes of a value that has some (text, bytes, uuid, json).
std::string_view data_of(const seedbed_value& value);

/// "2f6b…-…" in lower case, from 16 bytes.
std::string uuid_text(std::string_view bytes);

/// SQLite's form, "2026-01-01T12:00:00.000Z", with six digits where three lose something.
std::string iso_timestamp(std::int64_t microseconds);

/// Parses what either engine prints: "2026-01-01 12:00:00.5+02", "2026-01-01T12:00:00.000Z".  A text
/// without a zone is UTC.
std::optional<std::int64_t> parse_timestamp(std::string_view text);

/// A value as PostgreSQL reads it in text form; nullopt for NULL.
std::optional<std::string> postgres_text(const seedbed_value& value);

/// Throws Error{plugin} for a value that the ABI does not allow: a type it does not have, a BOOL other
/// than 0 and 1, a UUID that is not 16 bytes.
void check_value(const seedbed_value& value);

/// A value for an error message, shortened.
std::string shown_value(const seedbed_value& value);

}  // namespace seedbed::host
