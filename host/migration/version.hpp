#pragma once
// The digits that migration versions are made of.

#include <compare>
#include <cstddef>
#include <string_view>

namespace seedbed::host {

/// From this many digits on, a version that starts a file name is a date: 20260101.
inline constexpr std::size_t kDateDigits = 8;

/// The digits of a UTC time to the second: 20260101120000.
inline constexpr std::size_t kTimestampDigits = 14;

std::string_view leading_digits(std::string_view text);

/// Compares numbers of any length, written in digits; nothing counts as 0.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b);

}  // namespace seedbed::host
