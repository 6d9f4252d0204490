#pragma once
// Names in a sentence.

#include <span>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace seedbed::host {

/// "a, b, c, d, e and 4 more".
inline std::string shortened_list(std::span<const std::string> names) {
  constexpr std::size_t kShown = 5;
  if (names.size() <= kShown) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", fmt::join(names.first(kShown), ", "), names.size() - kShown);
}

}  // namespace seedbed::host
