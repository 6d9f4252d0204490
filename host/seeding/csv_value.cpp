#include "seeding/csv_value.hpp"

#include <algorithm>
#include <charconv>
#include <cctype>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "database/value.hpp"

namespace seedbed::host {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto start = text.find_first_not_of(' ');
  if (start == text.npos) return {};
  return text.substr(start, text.find_last_not_of(' ') - start + 1);
}

std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  text = without_plus(text);
  Number result{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return result;
}

/// A number of any size and precision; NaN and the infinities are some.
bool is_number(std::string_view text) {
  text = without_plus(text);
  double ignored{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ignored);
  return error != std::errc::invalid_argument && end == text.data() + text.size();
}

/// What PostgreSQL takes for a boolean.
std::optional<bool> flag(std::string_view text) {
  const std::string word = lower(text);
  for (const char* yes : {"t", "true", "y", "yes", "on", "1"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"f", "false", "n", "no", "off", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What pairs of hexadecimal digits stand for; dashes are passed over if `dashed`.
std::optional<std::string> from_hex(std::string_view digits, bool dashed) {
  std::string bytes;
  int high = -1;
  for (const char c : digits) {
    if (dashed && c == '-') continue;
    const int digit = hex_digit(c);
    if (digit < 0) return std::nullopt;
    if (high >= 0) bytes += static_cast<char>(high * 16 + digit);
    high = high >= 0 ? -1 : digit;
  }
  if (high >= 0) return std::nullopt;
  return bytes;
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::ranges::any_of(words, [&](const char* each) { return word == each; });
}

seedbed_value typed(std::int32_t type, seedbed_value value) {
  value.type = type;
  return value;
}

}  // namespace

CsvColumnType::CsvColumnType(const Column& column, Engine engine)
    : kind_(kind_of(column.type, engine)), flags_are_integers_(engine == Engine::sqlite),
      least_(std::numeric_limits<std::int64_t>::min()), most_(std::numeric_limits<std::int64_t>::max()) {
  if (engine == Engine::sqlite) return;
  if (column.type == "smallint") {
    least_ = std::numeric_limits<std::int16_t>::min();
    most_ = std::numeric_limits<std::int16_t>::max();
  } else if (column.type == "integer") {
    least_ = std::numeric_limits<std::int32_t>::min();
    most_ = std::numeric_limits<std::int32_t>::max();
  }
}

CsvColumnType::Kind CsvColumnType::kind_of(const std::string& type, Engine engine) {
  const std::string full = lower(type);
  const std::string word(trimmed(std::string_view(full).substr(0, full.find('('))));
  if (full.ends_with("[]")) return Kind::text;
  if (is_one_of(word, {"smallint", "integer", "bigint"})) return Kind::integer;
  if (is_one_of(word, {"real", "double precision"})) return Kind::real;
  if (is_one_of(word, {"numeric", "decimal"})) return Kind::numeric;
  if (word == "boolean") return Kind::boolean;
  if (word == "uuid") return Kind::uuid;
  if (engine == Engine::postgres) return Kind::text;
  if (is_one_of(word, {"int", "int2", "int4", "int8", "tinyint", "mediumint", "unsigned big int"})) return Kind::integer;
  if (is_one_of(word, {"double", "float"})) return Kind::real;
  if (word == "bool") return Kind::boolean;
  if (word == "blob") return Kind::bytes;
  return Kind::text;
}

bool CsvColumnType::read(std::string& text, seedbed_value& value) const {
  const std::string_view word = trimmed(text);
  switch (kind_) {
    case Kind::text:
      value = text_value(text);
      return true;
    case Kind::integer: {
      const auto parsed = number<std::int64_t>(word);
      if (parsed) {
        value = integer_value(*parsed);
        return *parsed >= least_ && *parsed <= most_;
      }
      const auto yes = flags_are_integers_ ? flag(word) : std::nullopt;
      if (yes) value = integer_value(*yes ? 1 : 0);
      return yes.has_value();
    }
    case Kind::real: {
      const auto parsed = number<double>(word);
      if (!parsed) return false;
      value = seedbed_value{};
      value.type = SEEDBED_DOUBLE;
      value.as.real = *parsed;
      return true;
    }
    case Kind::numeric:
      value = text_value(without_plus(word));  // a double would round it
      return is_number(word);
    case Kind::boolean: {
      const auto yes = flag(word);
      if (yes) value = typed(SEEDBED_BOOL, integer_value(*yes ? 1 : 0));
      return yes.has_value();
    }
    case Kind::uuid: {
      const bool braces = word.starts_with('{') && word.ends_with('}');
      auto bytes = from_hex(braces ? word.substr(1, word.size() - 2) : word, /*dashed=*/true);
      if (!bytes || bytes->size() != 16) return false;
      text = std::move(*bytes);
      value = typed(SEEDBED_UUID, text_value(text));
      return true;
    }
    case Kind::bytes: {
      auto bytes = word.starts_with("\\x") ? from_hex(word.substr(2), /*dashed=*/false) : std::nullopt;
      if (!bytes) return false;
      text = std::move(*bytes);
      value = typed(SEEDBED_BYTES, text_value(text));
      return true;
    }
  }
  return false;
}

}  // namespace seedbed::host
