#include "migration/file_name.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "migration/version.hpp"

namespace seedbed::host {

namespace {

bool cut_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool has_down_files(Format format) {
  return format == Format::seedbed || format == Format::supabase || format == Format::plain ||
         format == Format::golang_migrate;
}

struct Suffixes {
  std::optional<Engine> engine;
  std::optional<Direction> direction;
};

// The suffixes come in either order: NAME.up.postgres.sql, NAME.postgres.up.sql.
Suffixes cut_suffixes(std::string_view& stem, bool with_direction) {
  Suffixes found;
  for (bool again = true; again;) {
    again = false;
    if (!found.engine) {
      if (cut_suffix(stem, ".postgres"))
        found.engine = Engine::postgres;
      else if (cut_suffix(stem, ".sqlite"))
        found.engine = Engine::sqlite;
      again = found.engine.has_value();
    }
    if (!again && with_direction && !found.direction) {
      if (cut_suffix(stem, ".up"))
        found.direction = Direction::up;
      else if (cut_suffix(stem, ".down"))
        found.direction = Direction::down;
      again = found.direction.has_value();
    }
  }
  return found;
}

/// Cuts the word that makes `stem` a down part off, and returns it.
std::string_view cut_down_word(std::string_view& stem) {
  for (const std::string_view word : {"down", "rollback", "undo", "revert"}) {
    if (stem.size() <= word.size() || !stem.ends_with(word)) continue;
    const char separator = stem[stem.size() - word.size() - 1];
    if (separator == '.' && word == "down") continue;  // cut_suffixes() knows it
    if (separator != '_' && separator != '-' && separator != '.') continue;
    stem.remove_suffix(word.size() + 1);
    return word;
  }
  return "";
}

std::string_view without_sql(std::string_view file) { return file.substr(0, file.size() - 4); }

bool is_dotted(std::string_view version) {
  if (version.empty()) return false;
  bool digit = false;
  for (const char c : version) {
    const bool separator = c == '.' || c == '_';
    if (separator ? !digit : !std::isdigit(static_cast<unsigned char>(c))) return false;
    digit = !separator;
  }
  return digit;
}

// A version needs no name behind it: V2__.sql and V2.sql are Flyway's as well.
std::optional<FileName> parse_flyway_name(std::string_view stem) {
  const std::size_t separator = std::min(stem.find("__"), stem.size());
  if (separator == 0) return std::nullopt;
  FileName result;
  result.name = stem.substr(std::min(separator + 2, stem.size()));
  std::string version(stem.substr(1, separator - 1));
  if (stem.front() == 'R') {
    if (!version.empty() || result.name.empty()) return std::nullopt;
    result.kind = FileName::Kind::repeatable;
    version = stem;
  } else if (!is_dotted(version)) {
    return std::nullopt;
  } else if (stem.front() == 'U') {
    result.direction = Direction::down;
  } else if (stem.front() == 'B') {
    result.kind = FileName::Kind::baseline;
  } else if (stem.front() != 'V') {
    return std::nullopt;
  }
  if (result.kind != FileName::Kind::repeatable)
    std::replace(version.begin(), version.end(), '_', '.');
  result.version = result.number = version;
  // An undo file may be named otherwise than its migration: the version alone joins them.
  result.stem = stem;
  return result;
}

// What follows the digits, by format; nullopt where it does not belong there.
std::optional<std::string_view> name_after_digits(Format format, std::string_view rest, bool down) {
  const std::size_t start = rest.find_first_not_of("_-. ");
  const std::string_view name = start == std::string_view::npos ? "" : rest.substr(start);
  switch (format) {
    case Format::seedbed:
      if (down && rest.empty()) return rest;
      [[fallthrough]];
    case Format::goose:
      return rest.size() > 1 && rest.front() == '_' ? std::optional(rest.substr(1)) : std::nullopt;
    case Format::supabase:
    case Format::golang_migrate:
      if (down && rest.empty()) return rest;
      return rest.starts_with('_') ? std::optional(rest.substr(1)) : std::nullopt;
    default:
      return name;
  }
}

std::optional<FileName> parse_numbered_name(Format format, std::string_view stem,
                                            const Suffixes& suffixes, DownWords words) {
  FileName result;
  result.engine = suffixes.engine;
  result.direction = suffixes.direction.value_or(Direction::up);
  if (!suffixes.direction && has_down_files(format) && words == DownWords::count) {
    result.down_word = cut_down_word(stem);
    if (!result.down_word.empty()) result.direction = Direction::down;
  }
  const std::string_view digits = leading_digits(stem);
  if (digits.empty()) return std::nullopt;
  const bool down = result.direction == Direction::down;
  const auto name = name_after_digits(format, stem.substr(digits.size()), down);
  if (!name) return std::nullopt;
  // goose keeps 0 for an empty database.
  if (format == Format::goose && compare_numbers(digits, "0") == 0) return std::nullopt;
  result.number = digits;
  result.name = *name;
  result.stem = stem;
  result.version = format == Format::plain ? result.stem : result.number;
  constexpr std::string_view kUndo = ".undo.";  // Postgrator's, before the name: 001.do.name, 001.undo.name
  if (!down && words == DownWords::count && stem.substr(digits.size()).starts_with(kUndo)) {
    result.direction = Direction::down;
    result.down_word = "undo";
    result.stem.replace(digits.size(), kUndo.size(), ".do.");
  }
  return result;
}

}  // namespace

bool is_sql_name(std::string_view file) {
  constexpr std::string_view kSuffix = ".sql";
  return file.size() > kSuffix.size() &&
         std::equal(
             kSuffix.begin(), kSuffix.end(), file.end() - kSuffix.size(),
             [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

bool is_flyway_name(std::string_view file) {
  return is_sql_name(file) && file.find("__") != std::string_view::npos && parse_flyway_name(without_sql(file)).has_value();
}

bool is_bare_flyway_name(std::string_view file) {
  return is_sql_name(file) && file.starts_with('V') && parse_flyway_name(without_sql(file)).has_value();
}

bool is_up_or_down_name(std::string_view file) {
  if (!is_sql_name(file)) return false;
  std::string_view stem = without_sql(file);
  return cut_suffixes(stem, /*with_direction=*/true).direction.has_value();
}

std::optional<FileName> parse_file_name(Format format, std::string_view file, DownWords words) {
  std::string_view stem = without_sql(file);
  const Suffixes suffixes = cut_suffixes(stem, has_down_files(format));
  if (format == Format::golang_migrate && !suffixes.direction) return std::nullopt;
  if (format == Format::flyway) {
    auto result = parse_flyway_name(stem);
    if (result) result->engine = suffixes.engine;
    return result;
  }
  return parse_numbered_name(format, stem, suffixes, words);
}

bool leaves_other_names_alone(Format format) {
  switch (format) {
    case Format::supabase:
    case Format::dbmate:
    case Format::golang_migrate:
    case Format::flyway:
      return true;
    case Format::seedbed:
    case Format::plain:
    case Format::goose:
      return false;
  }
  return false;
}

std::string name_example(Format format) {
  const auto sentence = [format](std::string_view names) {
    return fmt::format("A {} migration is named like {}.", format_name(format), names);
  };
  switch (format) {
    case Format::seedbed:
    case Format::supabase:
    case Format::dbmate:
      return sentence("\"20260101120000_add_customers.sql\"");
    case Format::plain:
      return sentence("\"0001_add_customers.sql\"");
    case Format::goose:
      return sentence("\"00001_add_customers.sql\"");
    case Format::golang_migrate:
      return sentence("\"000001_add_customers.up.sql\" and \"000001_add_customers.down.sql\"");
    case Format::flyway:
      return sentence(
          "\"V1_2__add_customers.sql\", \"R__customer_view.sql\" or \"U1_2__add_customers.sql\"");
  }
  return "";
}

}  // namespace seedbed::host
