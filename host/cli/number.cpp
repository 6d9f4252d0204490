#include "cli/number.hpp"

#include <charconv>

#include <fmt/format.h>

#include "error.hpp"

namespace seedbed::host::cli {

std::size_t parse_count(const std::string& text, const std::string& what) {
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure == std::errc() && stop == end && number > 0) return number;
  throw Error(ExitCode::usage, fmt::format("\"{}\" is not {}: a whole number from 1", text, what));
}

}  // namespace seedbed::host::cli
