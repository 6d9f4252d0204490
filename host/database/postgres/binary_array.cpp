#include "database/postgres/binary_array.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

#include "database/postgres/postgres_database.hpp"
#include "database/postgres/postgres_value.hpp"
#include "database/sql/utf8.hpp"
#include "database/value.hpp"

namespace seedbed::host {

namespace {

// Numbers of built-in types, fixed since PostgreSQL 8 (catalog/pg_type.dat).
constexpr ElementType kText{"text", 25, 1009, SEEDBED_TEXT};
constexpr ElementType kUuid{"uuid", 2950, 2951, SEEDBED_UUID};
constexpr ElementType kBigint{"bigint", 20, 1016, SEEDBED_INTEGER};
constexpr ElementType kBoolean{"boolean", 16, 1000, SEEDBED_BOOL};
constexpr ElementType kDouble{"double precision", 701, 1022, SEEDBED_DOUBLE};
constexpr ElementType kTimestamptz{"timestamptz", 1184, 1185, SEEDBED_TIMESTAMP};
constexpr ElementType kTimestamp{"timestamp", 1114, 1115, SEEDBED_TIMESTAMP};
constexpr ElementType kBytea{"bytea", 17, 1001, SEEDBED_BYTES};

constexpr std::int64_t kSecondsTo2000 = 946'684'800;  // where PostgreSQL's clock begins
constexpr std::int64_t kYear10000 = 253'402'300'800'000'000;

const ElementType& own_element(std::string_view cast) {
  if (cast == "uuid") return kUuid;
  if (cast == "smallint" || cast == "integer" || cast == "bigint") return kBigint;
  if (cast == "boolean") return kBoolean;
  if (cast == "double precision") return kDouble;
  if (cast == "bytea") return kBytea;
  if (!cast.starts_with("timestamp") || cast.ends_with("[]")) return kText;
  return cast.ends_with("without time zone") ? kTimestamp : kTimestamptz;
}

template <class Integer>
void put_big_endian(char* at, Integer number) {
  const auto bits = static_cast<std::make_unsigned_t<Integer>>(number);
  for (std::size_t i = 0; i < sizeof bits; ++i) at[i] = static_cast<char>(bits >> 8 * (sizeof bits - 1 - i));
}

template <class Integer>
void append_big_endian(std::string& bytes, Integer number) {
  std::array<char, sizeof number> turned;
  put_big_endian(turned.data(), number);
  bytes.append(turned.data(), turned.size());
}

void append_element(std::string& bytes, std::string_view element) {
  append_big_endian(bytes, static_cast<std::int32_t>(element.size()));
  bytes.append(element);
}

void append_int64(std::string& bytes, std::int64_t number) {
  append_big_endian(bytes, std::int32_t{8});
  append_big_endian(bytes, number);
}

void append_text(std::string& bytes, const PostgresColumn& column, std::string_view text) {
  if (column.max_bytes != 0 && text.size() > column.max_bytes) {
    throw Error(ExitCode::failed, fmt::format("value too long for column \"{}\" of type {}: it has {} bytes and may have {}",
                                              column.name, column.type, text.size(), column.max_bytes));
  }
  if (const std::size_t at = sql::first_invalid_utf8(text); at != text.size()) {
    throw Error(ExitCode::failed, fmt::format("the text for column \"{}\" is not UTF-8: byte {} is 0x{:02x}", column.name, at + 1,
                                              static_cast<unsigned char>(text[at])));
  }
  append_element(bytes, text);
}

void append_text(std::string& bytes, const PostgresColumn& column, const seedbed_value& value) {
  if (value.type != SEEDBED_TEXT && value.type != SEEDBED_JSON) return append_text(bytes, column, *checked_text(value));
  refuse_zero_byte(data_of(value));
  append_text(bytes, column, data_of(value));
}

}  // namespace

const ElementType& element_type(const PostgresColumn& column, const seedbed_value* values, std::size_t stride,
                                std::size_t count) {
  const ElementType& own = own_element(column.cast);
  for (std::size_t i = 0; i < count; ++i) {
    const seedbed_value& value = values[i * stride];
    if (value.type == SEEDBED_NULL) continue;
    if (value.type != own.value) return kText;
    // Text has its say about what is far from our time.
    if (value.type == SEEDBED_TIMESTAMP && (value.as.integer < 0 || value.as.integer >= kYear10000)) return kText;
  }
  return own;
}

std::string binary_array(const ElementType& element, const PostgresColumn& column, const seedbed_value* values,
                         std::size_t stride, std::size_t count, std::size_t& row) {
  constexpr std::size_t kFlags = 4, kShortest = 12;  // where it says whether there are NULLs; what most elements take at least
  std::string bytes;
  bytes.reserve(count * kShortest + 20);
  append_big_endian(bytes, std::int32_t{1});  // dimensions
  append_big_endian(bytes, std::int32_t{0});
  append_big_endian(bytes, element.type);
  append_big_endian(bytes, static_cast<std::int32_t>(count));
  append_big_endian(bytes, std::int32_t{1});  // the first subscript
  for (row = 0; row < count; ++row) {
    const seedbed_value& value = values[row * stride];
    if (value.type == SEEDBED_NULL) {
      append_big_endian(bytes, std::int32_t{-1});
      put_big_endian(bytes.data() + kFlags, std::int32_t{1});
      continue;
    }
    switch (element.value) {
      case SEEDBED_INTEGER: append_int64(bytes, value.as.integer); break;
      case SEEDBED_DOUBLE: append_int64(bytes, std::bit_cast<std::int64_t>(value.as.real)); break;
      case SEEDBED_TIMESTAMP: append_int64(bytes, value.as.integer - kSecondsTo2000 * 1'000'000); break;
      case SEEDBED_BOOL: append_element(bytes, std::string_view(value.as.integer != 0 ? "\1" : "\0", 1)); break;
      case SEEDBED_UUID: case SEEDBED_BYTES: append_element(bytes, data_of(value)); break;
      default: append_text(bytes, column, value);
    }
  }
  return bytes;
}

}  // namespace seedbed::host
