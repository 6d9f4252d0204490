#pragma once
// UUIDs, and the ones that a seeder makes from names instead of chance.

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <seedbed/hash.hpp>

namespace seedbed {

/// Sixteen bytes in the order in which a UUID is written.
class Uuid {
 public:
  constexpr Uuid() = default;
  constexpr explicit Uuid(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}

  /// Reads `aaaaaaaa-0001-0001-0001-000000000001`, in either case.  Throws std::invalid_argument
  /// for anything else, and does not compile where it is constexpr.
  constexpr explicit Uuid(std::string_view text) {
    if (text.size() != 36) refuse(text);
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash && text[i] == '-') continue;
      const int value = dash ? -1 : digit(text[i]);
      if (value < 0) refuse(text);
      bytes_[digits / 2] = static_cast<std::uint8_t>(bytes_[digits / 2] * 16 + value);
      ++digits;
    }
  }

  constexpr const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  /// The UUID in its usual form, in lower case.
  std::string text() const {
    std::string text;
    for (std::size_t i = 0; i < 16; ++i) {
      if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
      text += "0123456789abcdef"[bytes_[i] / 16];
      text += "0123456789abcdef"[bytes_[i] % 16];
    }
    return text;
  }

  friend constexpr bool operator==(const Uuid& a, const Uuid& b) { return a.bytes_ == b.bytes_; }
  friend constexpr std::strong_ordering operator<=>(const Uuid& a, const Uuid& b) {
    for (std::size_t i = 0; i < 16; ++i)
      if (a.bytes_[i] != b.bytes_[i]) return a.bytes_[i] <=> b.bytes_[i];
    return std::strong_ordering::equal;
  }

 private:
  static constexpr int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  [[noreturn]] static void refuse(std::string_view text) {
    throw std::invalid_argument("\"" + std::string(text) + "\" is not a UUID");
  }

  std::array<std::uint8_t, 16> bytes_{};
};

namespace detail {

/// A whole number in decimal, without the standard library's allocation.
class Decimal {
 public:
  template <std::integral T>
  constexpr explicit Decimal(T value) {
    auto rest =
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    do digits_[--start_] = static_cast<char>('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (value < 0) digits_[--start_] = '-';
  }

  constexpr std::string_view text() const { return {&digits_[start_], digits_.size() - start_}; }

 private:
  std::array<char, 20> digits_{};
  std::size_t start_ = 20;
};

constexpr void add_name(Sha1& hash, std::string_view name) {
  hash.add(Decimal(name.size()).text());
  hash.add(":");
  hash.add(name);
}

template <std::integral T>
constexpr void add_name(Sha1& hash, T number) {
  static_assert(!std::same_as<T, bool> && !std::same_as<T, char>,
                "a name is a text or a whole number");
  add_name(hash, Decimal(number).text());
}

constexpr void add_name(Sha1& hash, const Uuid& id) {
  hash.add("16:");
  for (const std::uint8_t byte : id.bytes()) hash.put(byte);
}

constexpr Uuid kNamespace{"5811f964-6159-5b11-8ff1-b64f7d67e2ae"};

}  // namespace detail

/// The id of whatever the names mean together, the same on every run, machine and compiler:
/// `uuid("visitor", 17)`.  A name is a text, a whole number (its decimal digits) or a Uuid (its
/// bytes).
///
/// It is a version 5 UUID in the namespace 5811f964-6159-5b11-8ff1-b64f7d67e2ae over each name's
/// length in bytes, a colon, and the name, one after the other: `uuid("visitor", 17)` is
/// PostgreSQL's `uuid_generate_v5('5811f964-6159-5b11-8ff1-b64f7d67e2ae', '7:visitor2:17')`.  No
/// two lists of names run together, so `uuid("ab", "c")` is not `uuid("a", "bc")`.
template <class... Names>
constexpr Uuid uuid(const Names&... names) {
  static_assert(sizeof...(names) > 0, "uuid() makes an id from at least one name");
  detail::Sha1 hash;
  for (const std::uint8_t byte : detail::kNamespace.bytes()) hash.put(byte);
  (detail::add_name(hash, names), ...);

  const auto digest = hash.finish();
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 16; ++i) bytes[i] = digest[i];
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x50);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  return Uuid(bytes);
}

/// The id that PostgreSQL makes of `md5(number::text || 'tag')::uuid`, for data that began its life
/// in SQL: `md5_uuid(17, ":visitor")`.
template <std::integral T>
constexpr Uuid md5_uuid(T number, std::string_view tag) {
  detail::Md5 hash;
  hash.add(detail::Decimal(number).text());
  hash.add(tag);
  return Uuid(hash.finish());
}

}  // namespace seedbed
