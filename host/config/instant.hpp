#pragma once
// A point in time as people write it.

#include <cstdint>
#include <optional>
#include <string_view>

namespace seedbed::host {

/// Reads RFC 3339 ("2026-01-02T03:04:05.678Z", any offset, a blank for the T), or seconds since
/// 1970 with or without a fraction, as milliseconds since 1970 UTC, rounded down.  Years 0 to 9999.
/// nullopt for anything else.
std::optional<std::int64_t> parse_instant(std::string_view text);

}  // namespace seedbed::host
