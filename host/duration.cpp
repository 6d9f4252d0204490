#include "duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "error.hpp"

namespace seedbed::host {

namespace {

using std::chrono::milliseconds;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> kUnits{
    {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60'000}, {"min", 60'000}, {"h", 3'600'000}}};

constexpr std::int64_t kLongest = 365LL * 24 * 3600 * 1000;

}  // namespace

milliseconds parse_duration(const std::string& text, const std::string& source) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && number >= 0) {
    const std::string_view written(stop, static_cast<std::size_t>(end - stop));
    for (const auto& [unit, factor] : kUnits) {
      if (unit == written && number <= kLongest / factor) return milliseconds(number * factor);
    }
  }
  throw Error(ExitCode::usage, fmt::format("{}: \"{}\" is not a length of time", source, text))
      .hint("Write it as 500ms, 30s, 5m or 1h; a number alone means seconds.");
}

std::string duration_text(std::chrono::microseconds duration) {
  const std::int64_t ms = std::max<std::int64_t>(1, (duration.count() + 999) / 1000);
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f} s", static_cast<double>(ms) / 1000);
  const std::int64_t seconds = ms / 1000;
  return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

}  // namespace seedbed::host
