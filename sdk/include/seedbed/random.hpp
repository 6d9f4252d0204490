#pragma once
// Chance that repeats itself: the same numbers on every run, machine and compiler.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace seedbed {

/// A generator of numbers (xoshiro256**).
///
/// Rationale: the standard library's generators are fixed but its distributions are not: the same
/// seed gives other rows with another compiler.
class Random {
 public:
  /// Starts the sequence that `seed` stands for.
  constexpr explicit Random(const std::array<std::uint8_t, 32>& seed) {
    std::uint64_t mixer = 0x9e3779b97f4a7c15;
    for (std::size_t i = 0; i < 32; ++i)
      state_[i / 8] |= static_cast<std::uint64_t>(seed[i]) << (8 * (i % 8));
    for (std::uint64_t& word : state_) word ^= split_mix(mixer);
  }

  /// Any 64 bits.
  constexpr std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  /// A number from 0 to `n` - 1, all equally likely.  Throws std::invalid_argument for 0.
  constexpr std::uint64_t below(std::uint64_t n) {
    if (n == 0) throw std::invalid_argument("there is no number below 0 to choose");
    const std::uint64_t uneven = (0 - n) % n;  // so many values would favour the small numbers
    std::uint64_t value = next();
    while (value < uneven) value = next();
    return value % n;
  }

  /// A whole number from `a` to `b`, both included.  Throws std::invalid_argument when `b` is less.
  template <std::integral T>
  constexpr T between(T a, T b) {
    if (b < a) throw std::invalid_argument("there is no number between a and a smaller b");
    const std::uint64_t span = static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a);
    const std::uint64_t offset = span + 1 == 0 ? next() : below(span + 1);
    return static_cast<T>(static_cast<std::uint64_t>(a) + offset);
  }

  /// A number from 0 up to, never reaching, 1.
  constexpr double real() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// True with probability `p`.
  constexpr bool chance(double p) { return real() < p; }

  /// One of the items of an array, vector or other range with an index.  Throws
  /// std::invalid_argument for an empty one.
  template <class Range>
  constexpr decltype(auto) pick(const Range& range) {
    return *(std::begin(range) +
             static_cast<std::ptrdiff_t>(below(static_cast<std::uint64_t>(std::size(range)))));
  }

  template <class T>
  constexpr T pick(std::initializer_list<T> items) {
    return items.begin()[below(items.size())];
  }

  /// Puts the items of `range` into any order.
  template <class Range>
  constexpr void shuffle(Range& range) {
    const auto first = std::begin(range);
    for (auto left = static_cast<std::uint64_t>(std::size(range)); left > 1; --left) {
      using std::swap;
      swap(first[static_cast<std::ptrdiff_t>(left - 1)],
           first[static_cast<std::ptrdiff_t>(below(left))]);
    }
  }

  template <std::size_t N>
  constexpr std::array<std::uint8_t, N> bytes() {
    std::array<std::uint8_t, N> result{};
    for (std::uint8_t& byte : result) byte = static_cast<std::uint8_t>(next() >> 56);
    return result;
  }

 private:
  static constexpr std::uint64_t rotate(std::uint64_t x, int by) {
    return x << by | x >> (64 - by);
  }

  // Keeps a seed of zeros, from which the generator could not leave, apart from zero.
  static constexpr std::uint64_t split_mix(std::uint64_t& state) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace seedbed
