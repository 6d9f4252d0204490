#include "database/value.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "error.hpp"

namespace seedbed::host {

namespace {

struct CivilTime {
  int year, month, day, hour, minute, second, microsecond;
};

CivilTime civil(std::int64_t microseconds) {
  using namespace std::chrono;
  const sys_time<std::chrono::microseconds> point{std::chrono::microseconds(microseconds)};
  const auto day = floor<days>(point);
  const year_month_day date(day);
  const hh_mm_ss time(point - day);
  return {int(date.year()),
          int(unsigned(date.month())),
          int(unsigned(date.day())),
          int(time.hours().count()),
          int(time.minutes().count()),
          int(time.seconds().count()),
          int(time.subseconds().count())};
}

void append_hex(std::string& text, std::string_view bytes) {
  for (const char byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
}

std::string double_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return std::string(buffer, end);
}

/// Reads exactly `digits` digits from `text`, which shrinks.
bool take_number(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits) return false;
  number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, std::string_view any) {
  if (text.empty() || any.find(text.front()) == any.npos) return false;
  text.remove_prefix(1);
  return true;
}

int take_fraction(std::string_view& text) {
  int fraction = 0;
  int scale = 100'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    fraction += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return fraction;
}

bool take_zone(std::string_view& text, int& minutes) {
  minutes = 0;
  if (text.empty() || take(text, "Zz")) return text.empty();
  const int sign = text.front() == '-' ? -1 : 1;
  int hours = 0, rest = 0;
  if (!take(text, "+-") || !take_number(text, 2, hours)) return false;
  take(text, ":");
  if (!text.empty() && !take_number(text, 2, rest)) return false;
  minutes = sign * (hours * 60 + rest);
  return text.empty();
}

}  // namespace

seedbed_value text_value(std::string_view text) {
  seedbed_value value{};
  value.type = SEEDBED_TEXT;
  value.size = static_cast<std::uint32_t>(text.size());
  value.as.data = text.data();
  return value;
}

seedbed_value integer_value(std::int64_t number) {
  seedbed_value value{};
  value.type = SEEDBED_INTEGER;
  value.as.integer = number;
  return value;
}

seedbed_value timestamp_value(std::int64_t microseconds) {
  seedbed_value value = integer_value(microseconds);
  value.type = SEEDBED_TIMESTAMP;
  return value;
}

seedbed_value null_value() { return seedbed_value{}; }

std::string_view data_of(const seedbed_value& value) {
  return value.size == 0 ? std::string_view() : std::string_view(value.as.data, value.size);
}

std::string uuid_text(std::string_view bytes) {
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    append_hex(text, bytes.substr(i, 2));
  }
  return text;
}

std::string iso_timestamp(std::int64_t microseconds) {
  const CivilTime t = civil(microseconds);
  const std::string seconds = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", t.year, t.month,
                                          t.day, t.hour, t.minute, t.second);
  if (t.microsecond % 1000 == 0) return fmt::format("{}.{:03}Z", seconds, t.microsecond / 1000);
  return fmt::format("{}.{:06}Z", seconds, t.microsecond);
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  using namespace std::chrono;
  int year, month, day, hour = 0, minute = 0, second = 0, fraction = 0, zone = 0;
  if (!take_number(text, 4, year) || !take(text, "-") || !take_number(text, 2, month) ||
      !take(text, "-") || !take_number(text, 2, day)) {
    return std::nullopt;
  }
  if (take(text, "T ")) {
    if (!take_number(text, 2, hour) || !take(text, ":") || !take_number(text, 2, minute)) {
      return std::nullopt;
    }
    if (take(text, ":") && !take_number(text, 2, second)) return std::nullopt;
    if (take(text, ".")) fraction = take_fraction(text);
    if (!take_zone(text, zone)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  const year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                            std::chrono::day(unsigned(day))};
  if (!date.ok() || hour > 24 || minute > 59 || second > 60) return std::nullopt;
  const auto point = sys_days(date) + hours(hour) + minutes(minute - zone) + seconds(second) +
                     microseconds(fraction);
  return duration_cast<microseconds>(point.time_since_epoch()).count();
}

std::optional<std::string> postgres_text(const seedbed_value& value) {
  switch (value.type) {
    case SEEDBED_NULL: return std::nullopt;
    case SEEDBED_BOOL: return value.as.integer != 0 ? "t" : "f";
    case SEEDBED_INTEGER: return std::to_string(value.as.integer);
    case SEEDBED_DOUBLE: return double_text(value.as.real);
    case SEEDBED_BYTES: {
      std::string text = "\\x";
      text.reserve(2 + 2 * data_of(value).size());
      append_hex(text, data_of(value));
      return text;
    }
    case SEEDBED_UUID: return uuid_text(data_of(value));
    case SEEDBED_TIMESTAMP: {
      std::string text = iso_timestamp(value.as.integer);
      text.replace(text.size() - 1, 1, "+00");
      return text;
    }
    default: return std::string(data_of(value));
  }
}

void check_value(const seedbed_value& value) {
  if (value.type < SEEDBED_NULL || value.type > SEEDBED_TIMESTAMP) {
    throw Error(ExitCode::plugin, fmt::format("value type {} is not one this host knows", value.type));
  }
  if (value.type == SEEDBED_BOOL && value.as.integer != 0 && value.as.integer != 1) {
    throw Error(ExitCode::plugin, fmt::format("a BOOL is 0 or 1, and this one is {}", value.as.integer));
  }
  if (value.type == SEEDBED_UUID && value.size != 16) {
    throw Error(ExitCode::plugin, fmt::format("a UUID has 16 bytes, and this one has {}", value.size));
  }
}

std::string shown_value(const seedbed_value& value) {
  constexpr std::size_t kLongest = 60;
  std::string text = postgres_text(value).value_or("NULL");
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

}  // namespace seedbed::host
