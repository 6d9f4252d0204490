#pragma once
// SHA-1 and MD5, for ids alone.
//
// Rationale: ids made from names must not depend on the host, the SDK depends on nothing, and a
// call through the ABI for each id would cost more than the hash.  Neither hash protects anything.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace seedbed::detail {

/// Collects bytes into the 64-byte blocks that both hashes work on.  `Hash` has compress().
template <class Hash>
class Blocks {
 public:
  constexpr void add(std::string_view bytes) {
    for (const char byte : bytes) put(static_cast<std::uint8_t>(byte));
  }

  constexpr void put(std::uint8_t byte) {
    block_[static_cast<std::size_t>(size_ % 64)] = byte;
    if (++size_ % 64 == 0) static_cast<Hash*>(this)->compress(block_);
  }

 protected:
  constexpr void pad(bool big_endian) {
    const std::uint64_t bits = size_ * 8;
    put(0x80);
    while (size_ % 64 != 56) put(0);
    for (int i = 0; i < 8; ++i)
      put(static_cast<std::uint8_t>(bits >> (8 * (big_endian ? 7 - i : i))));
  }

  static constexpr std::uint32_t rotate(std::uint32_t x, int by) {
    return x << by | x >> (32 - by);
  }

 private:
  std::array<std::uint8_t, 64> block_{};
  std::uint64_t size_ = 0;
};

class Sha1 : public Blocks<Sha1> {
 public:
  constexpr void compress(const std::array<std::uint8_t, 64>& block) {
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < 64; ++i) w[i / 4] = w[i / 4] << 8 | block[i];
    for (std::size_t i = 16; i < 80; ++i)
      w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);

    auto [a, b, c, d, e] = state_;
    for (std::size_t i = 0; i < 80; ++i) {
      const std::uint32_t f = i < 20   ? (b & c) | (~b & d)
                              : i < 40 ? b ^ c ^ d
                              : i < 60 ? (b & c) | (b & d) | (c & d)
                                       : b ^ c ^ d;
      constexpr std::uint32_t k[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
      const std::uint32_t next = rotate(a, 5) + f + e + k[i / 20] + w[i];
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    state_ = {state_[0] + a, state_[1] + b, state_[2] + c, state_[3] + d, state_[4] + e};
  }

  constexpr std::array<std::uint8_t, 20> finish() {
    pad(/*big_endian=*/true);
    std::array<std::uint8_t, 20> digest{};
    for (std::size_t i = 0; i < 20; ++i)
      digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
    return digest;
  }

 private:
  std::array<std::uint32_t, 5> state_{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
};

class Md5 : public Blocks<Md5> {
 public:
  constexpr void compress(const std::array<std::uint8_t, 64>& block) {
    std::array<std::uint32_t, 16> m{};
    for (std::size_t i = 64; i-- > 0;) m[i / 4] = m[i / 4] << 8 | block[i];

    auto [a, b, c, d] = state_;
    for (std::uint32_t i = 0; i < 64; ++i) {
      const std::uint32_t f = i < 16   ? (b & c) | (~b & d)
                              : i < 32 ? (d & b) | (~d & c)
                              : i < 48 ? b ^ c ^ d
                                       : c ^ (b | ~d);
      constexpr std::uint32_t step[] = {1, 5, 3, 7}, start[] = {0, 1, 5, 0};
      const std::uint32_t word = m[(start[i / 16] + step[i / 16] * i) % 16];
      const std::uint32_t next = b + rotate(a + f + kSines[i] + word, kShifts[i / 16][i % 4]);
      a = d;
      d = c;
      c = b;
      b = next;
    }
    state_ = {state_[0] + a, state_[1] + b, state_[2] + c, state_[3] + d};
  }

  constexpr std::array<std::uint8_t, 16> finish() {
    pad(/*big_endian=*/false);
    std::array<std::uint8_t, 16> digest{};
    for (std::size_t i = 0; i < 16; ++i)
      digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (8 * (i % 4)));
    return digest;
  }

 private:
  static constexpr int kShifts[4][4] = {
      {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  static constexpr std::uint32_t kSines[64] = {
      0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
      0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
      0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
      0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
      0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
      0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
      0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
      0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
      0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
      0xeb86d391};
  std::array<std::uint32_t, 4> state_{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
};

}  // namespace seedbed::detail
