#include "database/postgres/binary_array.hpp"

#include <bit>
#include <cstdint>
#include <string_view>

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
void append_big_endian(std::string& bytes, Integer number) {
  for (int shift = 8 * (int(sizeof number) - 1); shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(number) >> shift & 0xff);
  }
}

void append_element(std::string& bytes, std::string_view element) {
  append_big_endian(bytes, static_cast<std::int32_t>(element.size()));
  bytes += element;
}

void append_int64(std::string& bytes, std::int64_t number) {
  append_big_endian(bytes, std::int32_t{8});
  append_big_endian(bytes, number);
}

void append_text(std::string& bytes, const PostgresColumn& column, const seedbed_value& value) {
  const std::string text = *checked_text(value);
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
  std::string bytes;
  bool has_null = false;
  for (row = 0; row < count; ++row) {
    const seedbed_value& value = values[row * stride];
    if (value.type == SEEDBED_NULL) {
      append_big_endian(bytes, std::int32_t{-1});
      has_null = true;
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
  std::string head;
  append_big_endian(head, std::int32_t{1});  // dimensions
  append_big_endian(head, std::int32_t{has_null});
  append_big_endian(head, element.type);
  append_big_endian(head, static_cast<std::int32_t>(count));
  append_big_endian(head, std::int32_t{1});  // the first subscript
  return head + bytes;
}

}  // namespace seedbed::host
