#pragma once
// The values that rows and statements are made of, in C++'s types and the database's.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <seedbed/abi.h>
#include <seedbed/timestamp.hpp>
#include <seedbed/uuid.hpp>

namespace seedbed {

/// A bytea or BLOB.  Where a value is written, any span of std::uint8_t or std::byte will do.
using Bytes = std::vector<std::uint8_t>;

/// JSON text, which a json column takes without a cast.
struct Json {
  std::string text;
};

inline Json json(std::string text) { return {std::move(text)}; }

namespace detail {

inline seedbed_text text(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view text(const seedbed_text& text) {
  return {text.size == 0 ? "" : text.data, text.size};
}

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
    std::same_as<T, char16_t> || std::same_as<T, char32_t>;
template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !Character<T>;
template <class T>
concept Text = std::convertible_to<const T&, std::string_view>;
template <class T>
concept OctetSpan = std::convertible_to<const T&, std::span<const std::uint8_t>>;
template <class T>
concept ByteSpan = std::convertible_to<const T&, std::span<const std::byte>>;

inline seedbed_value data_value(std::int32_t type, const void* data, std::size_t size) {
  if (size > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error("a value of " + std::to_string(size) + " bytes exceeds 4 GiB");
  seedbed_value value{type, static_cast<std::uint32_t>(size), {}};
  value.as.data = static_cast<const char*>(data);
  return value;
}

inline seedbed_value integer_value(std::int32_t type, std::int64_t integer) {
  seedbed_value value{type, 0, {}};
  value.as.integer = integer;
  return value;
}

inline bool has_data(const seedbed_value& value) {
  return value.type >= SEEDBED_TEXT && value.type <= SEEDBED_JSON;
}

/// `v` as the ABI has it, pointing into `v`.
template <class T>
seedbed_value to_value(const T& v) {
  if constexpr (std::same_as<T, std::nullptr_t> || std::same_as<T, std::nullopt_t>) {
    return integer_value(SEEDBED_NULL, 0);
  } else if constexpr (kIsOptional<T>) {
    return v ? to_value(*v) : integer_value(SEEDBED_NULL, 0);
  } else if constexpr (std::same_as<T, bool>) {
    return integer_value(SEEDBED_BOOL, v ? 1 : 0);
  } else if constexpr (Integer<T>) {
    if (!std::in_range<std::int64_t>(v))
      throw std::out_of_range(std::to_string(v) + " exceeds the range of a database's integers");
    return integer_value(SEEDBED_INTEGER, static_cast<std::int64_t>(v));
  } else if constexpr (std::same_as<T, double> || std::same_as<T, float>) {
    seedbed_value value{SEEDBED_DOUBLE, 0, {}};
    value.as.real = v;
    return value;
  } else if constexpr (std::same_as<std::decay_t<T>, const char*> ||
                       std::same_as<std::decay_t<T>, char*>) {
    const char* text = v;
    if (text == nullptr) return integer_value(SEEDBED_NULL, 0);
    return data_value(SEEDBED_TEXT, text, std::string_view(text).size());
  } else if constexpr (Text<T>) {
    const std::string_view text = v;
    return data_value(SEEDBED_TEXT, text.data(), text.size());
  } else if constexpr (std::same_as<T, Uuid>) {
    return data_value(SEEDBED_UUID, v.bytes().data(), 16);
  } else if constexpr (std::same_as<T, Json>) {
    return data_value(SEEDBED_JSON, v.text.data(), v.text.size());
  } else if constexpr (std::same_as<T, Timestamp>) {
    return integer_value(SEEDBED_TIMESTAMP, v.microseconds());
  } else if constexpr (OctetSpan<T>) {
    const std::span<const std::uint8_t> bytes = v;
    return data_value(SEEDBED_BYTES, bytes.data(), bytes.size());
  } else if constexpr (ByteSpan<T>) {
    const std::span<const std::byte> bytes = v;
    return data_value(SEEDBED_BYTES, bytes.data(), bytes.size());
  } else {
    static_assert(sizeof(T) == 0,
                  "a value is null, bool, a whole number, double, text, Bytes, Uuid, Json or "
                  "Timestamp, or a std::optional of one");
  }
}

inline std::string_view text_of(const seedbed_value& value) {
  return {value.size == 0 ? "" : value.as.data, value.size};
}

inline const char* type_name(const seedbed_value& value) {
  constexpr const char* names[] = {"null",  "bool", "integer", "double",   "text",
                                   "bytes", "uuid", "json",    "timestamp"};
  return value.type >= 0 && value.type <= SEEDBED_TIMESTAMP ? names[value.type] : "unknown type";
}

[[noreturn]] inline void refuse(const seedbed_value& value, const char* wanted) {
  if (value.type == SEEDBED_NULL) throw std::invalid_argument("is null; read it as std::optional");
  throw std::invalid_argument(std::string("is of type ") + type_name(value) +
                              " and cannot be read as " + wanted);
}

inline Uuid to_uuid(const seedbed_value& value) {
  if (value.type == SEEDBED_TEXT) return Uuid(text_of(value));
  const bool is_bytes = value.type == SEEDBED_UUID || value.type == SEEDBED_BYTES;
  if (!is_bytes || value.size != 16) refuse(value, "uuid");
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(value.as.data[i]);
  return Uuid(bytes);
}

template <class T>
T to_integer(const seedbed_value& value) {
  if (value.type != SEEDBED_INTEGER) refuse(value, "an integer");
  if (!std::in_range<T>(value.as.integer))
    throw std::out_of_range("is " + std::to_string(value.as.integer) +
                            ", which exceeds the range of the type it is read as");
  return static_cast<T>(value.as.integer);
}

/// The value as a `T`.  Takes what SQLite, which has fewer types, hands out in a type's place: an
/// integer for bool, text for uuid, json and timestamp.  Throws std::invalid_argument or
/// std::out_of_range, whose text goes on after the value's name.
template <class T>
T from_value(const seedbed_value& value) {
  if constexpr (kIsOptional<T>) {
    if (value.type == SEEDBED_NULL) return std::nullopt;
    return from_value<typename T::value_type>(value);
  } else if constexpr (std::same_as<T, bool>) {
    const bool is_flag = value.type == SEEDBED_BOOL ||
                         (value.type == SEEDBED_INTEGER && (value.as.integer | 1) == 1);
    if (!is_flag) refuse(value, "bool");
    return value.as.integer != 0;
  } else if constexpr (Integer<T>) {
    return to_integer<T>(value);
  } else if constexpr (std::same_as<T, double>) {
    if (value.type == SEEDBED_INTEGER) return static_cast<double>(value.as.integer);
    if (value.type != SEEDBED_DOUBLE) refuse(value, "double");
    return value.as.real;
  } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
    if (value.type != SEEDBED_TEXT && value.type != SEEDBED_JSON) refuse(value, "text");
    return T(text_of(value));
  } else if constexpr (std::same_as<T, Json>) {
    if (value.type != SEEDBED_TEXT && value.type != SEEDBED_JSON) refuse(value, "json");
    return Json{std::string(text_of(value))};
  } else if constexpr (std::same_as<T, Bytes>) {
    if (value.type != SEEDBED_BYTES) refuse(value, "bytes");
    const std::string_view bytes = text_of(value);
    return Bytes(bytes.begin(), bytes.end());
  } else if constexpr (std::same_as<T, Uuid>) {
    return to_uuid(value);
  } else if constexpr (std::same_as<T, Timestamp>) {
    if (value.type == SEEDBED_TEXT) return Timestamp(text_of(value));
    if (value.type != SEEDBED_TIMESTAMP) refuse(value, "timestamp");
    return Timestamp(Timestamp::Time(Timestamp::Duration(value.as.integer)));
  } else {
    static_assert(sizeof(T) == 0,
                  "a value is read as bool, a whole number, double, std::string, Bytes, Uuid, Json "
                  "or Timestamp, or as a std::optional of one");
  }
}

}  // namespace detail

}  // namespace seedbed
