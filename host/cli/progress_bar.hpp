#pragma once
// One line on standard error that says how far long work is, while a person watches.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "run/run.hpp"

namespace seedbed::host::cli {

/// "curriculum  [#####     ]  51 %  1.2 M of 2.4 M  410 k/s  3 s left", as wide as `columns` allow.
/// `total` 0 means not known.
std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t total,
                          std::chrono::milliseconds elapsed, std::size_t columns);

/// Draws progress that takes longer than half a second, ten times a second at most, and erases
/// it at the end of its scope.
class ProgressBar {
 public:
  explicit ProgressBar(bool enabled) : enabled_(enabled) {}
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// What run() calls; must not outlive the bar.
  Progress progress();

 private:
  using Clock = std::chrono::steady_clock;

  void advance(const std::string& what, std::uint64_t done, std::uint64_t total);

  bool enabled_;
  bool drawn_ = false;
  std::string what_;
  Clock::time_point started_, last_drawn_;
};

}  // namespace seedbed::host::cli
