#include "database/postgres/postgres_value.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "database/value.hpp"
#include "error.hpp"

namespace seedbed::host {

namespace {

// Object identifiers of built-in types, fixed since PostgreSQL 8 (catalog/pg_type.dat).
constexpr Oid kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kOid = 26, kJson = 114,
              kFloat4 = 700, kFloat8 = 701, kTimestamp = 1114, kTimestamptz = 1184, kNumeric = 1700, kUuid = 2950, kJsonb = 3802;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The bytes of hex digits, dashes skipped.
std::string from_hex(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    const int digit = hex_digit(c);
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      bytes += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  return bytes;
}

/// sum() and avg() give numeric, for which the ABI has no type: a whole number if it is one, else
/// the nearest double, as SQLite gives.
seedbed_value numeric_value(std::string_view text) {
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error == std::errc() && end == text.data() + text.size()) return integer_value(whole);
  seedbed_value value{};
  value.type = SEEDBED_DOUBLE;
  value.as.real = std::strtod(std::string(text).c_str(), nullptr);
  return value;
}

seedbed_value data_value(std::int32_t type, std::string_view data) {
  seedbed_value value = text_value(data);
  value.type = type;
  return value;
}

}  // namespace

void refuse_zero_byte(std::string_view text) {
  const std::size_t zero = text.find('\0');
  if (zero == text.npos) return;
  throw Error(ExitCode::failed, "PostgreSQL cannot store text that contains a zero byte")
      .detail(fmt::format("The text begins with \"{}\".", text.substr(0, zero)));
}

std::optional<std::string> checked_text(const seedbed_value& value) {
  std::optional<std::string> text = postgres_text(value);
  if (text) refuse_zero_byte(*text);
  return text;
}

std::vector<Row> rows_of(const pg_result* result) {
  const int count = PQntuples(result), width = PQnfields(result);
  std::vector<Row> rows;
  rows.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    Row& row = rows.emplace_back();
    row.reserve(static_cast<std::size_t>(width));
    for (int j = 0; j < width; ++j) {
      if (PQgetisnull(result, i, j) != 0) row.emplace_back();
      else row.emplace_back(std::string(PQgetvalue(result, i, j), static_cast<std::size_t>(PQgetlength(result, i, j))));
    }
  }
  return rows;
}

seedbed_value TypedCell::read(const pg_result* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return null_value();
  const std::string_view text(PQgetvalue(result, row, column),
                              static_cast<std::size_t>(PQgetlength(result, row, column)));
  seedbed_value value{};
  switch (PQftype(result, column)) {
    case kBool:
      value.type = SEEDBED_BOOL;
      value.as.integer = text == "t" ? 1 : 0;
      return value;
    case kInt2: case kInt4: case kInt8: case kOid:
      return integer_value(std::strtoll(text.data(), nullptr, 10));
    case kFloat4: case kFloat8:
      value.type = SEEDBED_DOUBLE;
      value.as.real = std::strtod(text.data(), nullptr);
      return value;
    case kNumeric: return numeric_value(text);
    case kBytea:
      bytes_ = from_hex(text.substr(2));  // after "\x"
      return data_value(SEEDBED_BYTES, bytes_);
    case kUuid:
      bytes_ = from_hex(text);
      return data_value(SEEDBED_UUID, bytes_);
    case kJson: case kJsonb:
      return data_value(SEEDBED_JSON, text);
    case kTimestamp: case kTimestamptz:
      if (const auto time = parse_timestamp(text)) return timestamp_value(*time);
      return text_value(text);  // infinity, BC
    default:
      return text_value(text);
  }
}

}  // namespace seedbed::host
