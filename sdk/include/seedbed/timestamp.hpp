#pragma once
// A point in time in UTC, counted in microseconds as databases do.

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace seedbed {

/// A point in time, without leap seconds.  Take db.now() as the start, and any std::chrono duration
/// for the way: `db.now() - 3h`, `Timestamp("2026-01-31 09:30") + std::chrono::days(2)`.
class Timestamp {
 public:
  using Duration = std::chrono::microseconds;
  using Time = std::chrono::time_point<std::chrono::system_clock, Duration>;

  constexpr Timestamp() = default;
  constexpr explicit Timestamp(Time time) : time_(time) {}

  /// Reads `2026-01-31`, or that and `T` or a space and `09:30`, with seconds, a fraction of them
  /// and a zone (`Z`, `+02`, `+0200`, `+02:00`) if they are there.  Without a zone the time is UTC.
  /// Throws std::invalid_argument for anything else.
  constexpr explicit Timestamp(std::string_view text);

  constexpr Time time() const { return time_; }
  constexpr std::int64_t microseconds() const { return time_.time_since_epoch().count(); }

  /// The time as `2026-01-31T09:30:00Z`, with as much of the fraction as is needed.
  std::string text() const;

  constexpr Timestamp& operator+=(Duration d) {
    time_ += d;
    return *this;
  }
  constexpr Timestamp& operator-=(Duration d) {
    time_ -= d;
    return *this;
  }
  friend constexpr Timestamp operator+(Timestamp t, Duration d) { return t += d; }
  friend constexpr Timestamp operator-(Timestamp t, Duration d) { return t -= d; }
  friend constexpr Duration operator-(Timestamp a, Timestamp b) { return a.time_ - b.time_; }
  friend constexpr bool operator==(Timestamp a, Timestamp b) { return a.time_ == b.time_; }
  friend constexpr std::strong_ordering operator<=>(Timestamp a, Timestamp b) {
    return a.microseconds() <=> b.microseconds();
  }

 private:
  Time time_{};
};

namespace detail {

/// Reads a timestamp from left to right.
class TimestampReader {
 public:
  constexpr explicit TimestampReader(std::string_view text) : rest_(text), text_(text) {}

  constexpr Timestamp::Time read() {
    using namespace std::chrono;
    const int y = number(4);
    expect('-');
    const int m = number(2);
    expect('-');
    const year_month_day date{year(y), month(unsigned(m)), day(unsigned(number(2)))};
    if (!date.ok()) refuse();
    Timestamp::Time time{sys_days(date)};
    if (rest_.empty()) return time;
    if (!accept('T')) expect(' ');
    time += clock();
    if (!accept('Z')) time -= zone();
    if (!rest_.empty()) refuse();
    return time;
  }

 private:
  constexpr Timestamp::Duration clock() {
    using namespace std::chrono;
    const int h = number(2);
    expect(':');
    const int m = number(2);
    const int s = accept(':') ? number(2) : 0;
    if (h > 23 || m > 59 || s > 59) refuse();
    Timestamp::Duration time = hours(h) + minutes(m) + seconds(s);
    if (accept('.')) {
      if (!digit()) refuse();
      for (int unit = 100'000; digit(); unit /= 10) time += Timestamp::Duration(unit * number(1));
    }
    return time;
  }

  constexpr std::chrono::minutes zone() {
    const bool west = accept('-');
    if (!west && !accept('+')) return {};
    const int h = number(2);
    if (accept(':') && !digit()) refuse();
    const int m = digit() ? number(2) : 0;
    if (h > 23 || m > 59) refuse();
    return std::chrono::minutes((h * 60 + m) * (west ? -1 : 1));
  }

  constexpr bool digit() const { return !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; }

  constexpr int number(int digits) {
    int value = 0;
    for (; digits > 0; --digits) {
      if (!digit()) refuse();
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  constexpr bool accept(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  constexpr void expect(char c) {
    if (!accept(c)) refuse();
  }

  [[noreturn]] void refuse() const {
    throw std::invalid_argument("\"" + std::string(text_) +
                                "\" is not a time such as 2026-01-31T09:30:00Z");
  }

  std::string_view rest_, text_;
};

inline void append_digits(std::string& text, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) text.append(width - digits.size(), '0');
  text += digits;
}

}  // namespace detail

constexpr Timestamp::Timestamp(std::string_view text)
    : time_(detail::TimestampReader(text).read()) {}

inline std::string Timestamp::text() const {
  const auto midnight = std::chrono::floor<std::chrono::days>(time_);
  const std::chrono::year_month_day date(midnight);
  const std::int64_t micros = (time_ - midnight).count();
  const int year = int(date.year());

  std::string text = year < 0 ? "-" : "";
  detail::append_digits(text, year < 0 ? -year : year, 4);
  detail::append_digits(text += '-', unsigned(date.month()), 2);
  detail::append_digits(text += '-', unsigned(date.day()), 2);
  detail::append_digits(text += 'T', micros / 3'600'000'000, 2);
  detail::append_digits(text += ':', micros / 60'000'000 % 60, 2);
  detail::append_digits(text += ':', micros / 1'000'000 % 60, 2);
  if (micros % 1'000'000 != 0) {
    detail::append_digits(text += '.', micros % 1'000'000, 6);
    while (text.back() == '0') text.pop_back();
  }
  return text += 'Z';
}

}  // namespace seedbed
