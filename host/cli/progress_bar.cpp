#include "cli/progress_bar.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/terminal.hpp"
#include "log.hpp"
#include "report/display.hpp"

namespace seedbed::host::cli {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{500};
constexpr milliseconds kInterval{100};
constexpr std::size_t kBarWidth = 20, kLeastBarWidth = 4;

std::string amount(double number) {
  if (number < 10'000) return fmt::format("{:.0f}", number);
  if (number < 1'000'000) return fmt::format("{:.0f} k", number / 1e3);
  return fmt::format("{:.1f} M", number / 1e6);
}

/// "8 s", "2 min 10 s", "1 h 05 min".
std::string rounded_time(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

}  // namespace

std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t total,
                          milliseconds elapsed, std::size_t columns) {
  const auto number = static_cast<double>(done);
  const double share = total == 0 ? 0 : std::min(1.0, number / static_cast<double>(total));
  std::string facts = total == 0 ? amount(number)
                                 : fmt::format("{:3.0f} %  {} of {}", share * 100, amount(number), amount(static_cast<double>(total)));
  const auto seconds = std::chrono::duration<double>(elapsed).count();
  if (seconds > 0) facts += fmt::format("  {}/s", amount(number / seconds));
  if (seconds > 0 && done > 0 && done < total)
    facts += fmt::format("  {} left", rounded_time(seconds * static_cast<double>(total - done) / number));
  // What is said comes before what is drawn: the bar gets the room that is left.
  const std::size_t taken = display_width(what) + facts.size() + 6 + 1;  // "  [", "]  ", the last column
  const std::size_t bar = columns > taken ? std::min(columns - taken, kBarWidth) : 0;
  if (total == 0 || bar < kLeastBarWidth) return clipped(what + "  " + facts, columns - 1);
  const auto full = static_cast<std::size_t>(share * static_cast<double>(bar));
  return clipped(fmt::format("{}  [{}{}]  {}", what, std::string(full, '#'), std::string(bar - full, ' '), facts), columns - 1);
}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

Progress ProgressBar::progress() {
  Progress progress;
  if (enabled_) {
    progress.advance = [this](const std::string& what, std::uint64_t done, std::uint64_t total) {
      advance(what, done, total);
    };
  }
  return progress;
}

void ProgressBar::advance(const std::string& what, std::uint64_t done, std::uint64_t total) {
  const Clock::time_point now = Clock::now();
  if (what != what_) {
    what_ = what;
    started_ = now;
  }
  if (now - started_ < kPatience || now - last_drawn_ < kInterval) return;
  last_drawn_ = now;
  drawn_ = true;
  const auto elapsed = std::chrono::duration_cast<milliseconds>(now - started_);
  const std::string line =
      progress_line(log::redacted(what), done, total, elapsed, terminal_columns(STDERR_FILENO));
  fmt::print(stderr, "\r\x1b[K{}", line);
}

}  // namespace seedbed::host::cli
