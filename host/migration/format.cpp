#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "migration/migration.hpp"
#include "migration/version.hpp"
#include "nearest.hpp"

namespace seedbed::host {

namespace {

constexpr std::array kFormats{
    std::pair{Format::seedbed, "seedbed"}, std::pair{Format::supabase, "supabase"},
    std::pair{Format::plain, "plain"},     std::pair{Format::dbmate, "dbmate"},
    std::pair{Format::goose, "goose"},     std::pair{Format::golang_migrate, "golang-migrate"},
    std::pair{Format::flyway, "flyway"},
};

std::string_view significant(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

// The byte that ends the digits in a file name takes part, as it does in a sorted listing.
std::strong_ordering compare_names(std::string_view a, std::string_view b, char terminator) {
  const std::size_t common = std::min(a.size(), b.size());
  if (const auto order = a.substr(0, common) <=> b.substr(0, common); order != 0) return order;
  if (a.size() == b.size()) return std::strong_ordering::equal;
  const auto byte = [common, terminator](std::string_view name) {
    return static_cast<unsigned char>(name.size() > common ? name[common] : terminator);
  };
  const auto order = byte(a) <=> byte(b);
  return order != 0 ? order : a.size() <=> b.size();
}

std::strong_ordering compare_numbers_or_dates(std::string_view a, std::string_view b) {
  const bool dates = significant(a).size() >= kDateDigits && significant(b).size() >= kDateDigits;
  return dates ? compare_names(a, b, '_') : compare_numbers(a, b);
}

std::strong_ordering compare_plain(std::string_view a, std::string_view b) {
  const auto order = compare_numbers_or_dates(leading_digits(a), leading_digits(b));
  return order != 0 ? order : compare_names(a, b, '.');
}

std::strong_ordering compare_dotted(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const auto next = [](std::string_view& rest) {
      const std::string_view part = rest.substr(0, rest.find('.'));
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      return part;
    };
    const std::string_view left = next(a);
    const auto order = compare_numbers(left, next(b));
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

std::strong_ordering compare_flyway(std::string_view a, std::string_view b) {
  const bool a_repeats = a.starts_with('R'), b_repeats = b.starts_with('R');
  if (a_repeats != b_repeats) return a_repeats <=> b_repeats;
  if (a_repeats) return a <=> b;
  const auto number = [](std::string_view version) {
    return version.substr(version.starts_with('B') ? 1 : 0);
  };
  return compare_dotted(number(a), number(b));
}

}  // namespace

std::string_view leading_digits(std::string_view text) {
  const auto end =
      std::find_if_not(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  a = significant(a);
  b = significant(b);
  return a.size() != b.size() ? a.size() <=> b.size() : a <=> b;
}

const char* format_name(Format format) {
  return std::find_if(kFormats.begin(), kFormats.end(),
                      [format](const auto& entry) { return entry.first == format; })
      ->second;
}

std::optional<Format> parse_format(const std::string& text, const std::string& source) {
  if (text == "auto") return std::nullopt;
  std::vector<std::string> known{"auto"};
  for (const auto& [format, name] : kFormats) {
    if (text == name) return format;
    known.emplace_back(name);
  }
  Error error(ExitCode::usage, fmt::format("there is no migrations format \"{}\"", text));
  error.at({source, 0, 0, ""}).detail(fmt::format("The formats are {}.", fmt::join(known, ", ")));
  const std::string near = nearest(text, known);
  if (!near.empty()) error.hint(fmt::format("Did you mean \"{}\"?", near));
  throw error;
}

std::strong_ordering compare_versions(Format format, std::string_view a, std::string_view b) {
  switch (format) {
    case Format::seedbed:
      return compare_numbers_or_dates(a, b);
    case Format::supabase:
    case Format::dbmate:
      return compare_names(a, b, '_');
    case Format::plain:
      return compare_plain(a, b);
    case Format::goose:
    case Format::golang_migrate:
      return compare_numbers(a, b);
    case Format::flyway:
      return compare_flyway(a, b);
  }
  return std::strong_ordering::equal;
}

}  // namespace seedbed::host
