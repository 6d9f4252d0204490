#include "config/instant.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace seedbed::host {

namespace {

constexpr std::int64_t kFirst = -62'167'219'200'000;  // 0000-01-01T00:00:00Z
constexpr std::int64_t kLast = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes pieces off the front of a text; after a piece that does not fit, `failed` stays set.
struct Reader {
  std::string_view text;
  bool failed = false;

  std::int64_t digits(std::size_t count) {
    std::int64_t number = 0;
    for (; count > 0; --count) {
      if (text.empty() || !is_digit(text[0])) return fail();
      number = number * 10 + (text[0] - '0');
      text.remove_prefix(1);
    }
    return number;
  }

  char one_of(std::string_view allowed) {
    if (text.empty() || allowed.find(text[0]) == std::string_view::npos)
      return static_cast<char>(fail());
    const char c = text[0];
    text.remove_prefix(1);
    return c;
  }

  // ".678…" in thousandths, rounded down; 0 if there is no point.
  std::int64_t fraction(bool& cut) {
    if (text.empty() || text[0] != '.') return 0;
    text.remove_prefix(1);
    if (text.empty() || !is_digit(text[0])) return fail();
    std::int64_t thousandths = 0;
    std::int64_t unit = 100;
    for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
      thousandths += (text[0] - '0') * unit;
      cut = cut || (unit == 0 && text[0] != '0');
      unit /= 10;
    }
    return thousandths;
  }

  std::int64_t fail() {
    failed = true;
    return 0;
  }
};

std::optional<std::int64_t> in_range(std::int64_t ms) {
  if (ms < kFirst || ms > kLast) return std::nullopt;
  return ms;
}

std::optional<std::int64_t> seconds(std::string_view text) {
  const bool negative = text.starts_with('-');
  Reader reader{negative ? text.substr(1) : text};
  const std::size_t length = std::min(reader.text.find('.'), reader.text.size());
  if (length == 0 || length > 12) return std::nullopt;
  bool cut = false;
  std::int64_t ms = reader.digits(length) * 1000;
  ms += reader.fraction(cut);
  if (reader.failed || !reader.text.empty()) return std::nullopt;
  return in_range(negative ? -ms - (cut ? 1 : 0) : ms);
}

std::optional<std::int64_t> rfc3339(std::string_view text) {
  Reader reader{text};
  const auto year = static_cast<int>(reader.digits(4));
  reader.one_of("-");
  const auto month = static_cast<unsigned>(reader.digits(2));
  reader.one_of("-");
  const auto day = static_cast<unsigned>(reader.digits(2));
  reader.one_of("Tt ");
  const std::int64_t hour = reader.digits(2);
  reader.one_of(":");
  const std::int64_t minute = reader.digits(2);
  reader.one_of(":");
  const std::int64_t second = reader.digits(2);
  bool cut = false;
  const std::int64_t ms = reader.fraction(cut);
  const char zone = reader.one_of("Zz+-");
  std::int64_t offset = 0;
  if (zone == '+' || zone == '-') {
    const std::int64_t hours = reader.digits(2);
    reader.one_of(":");
    const std::int64_t minutes = reader.digits(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = (hours * 60 + minutes) * (zone == '-' ? -1 : 1);
  }
  if (reader.failed || !reader.text.empty()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  // 60 is a leap second, which Unix time counts as the next minute's first.
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return in_range((((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + ms);
}

}  // namespace

std::optional<std::int64_t> parse_instant(std::string_view text) {
  if (const auto number = seconds(text)) return number;
  return rfc3339(text);
}

}  // namespace seedbed::host
