#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <seedbed/random.hpp>

#include "support/catch.hpp"

using seedbed::Random;

namespace {

constexpr Random seeded(std::uint8_t first) {
  std::array<std::uint8_t, 32> seed{};
  seed[0] = first;
  return Random(seed);
}

static_assert(seeded(0).next() == 4768932952251265552u);

}  // namespace

TEST_CASE("a seed always stands for the same sequence", "[sdk]") {
  Random random = seeded(0);
  Random other = seeded(1);

  CHECK(random.next() == 4768932952251265552u);
  CHECK(random.below(10) == 2);
  CHECK(random.between(-5, 5) == 2);
  CHECK(random.next() != other.next());
}

TEST_CASE("numbers keep within their bounds", "[sdk]") {
  Random random = seeded(7);
  std::array<int, 6> seen{};
  int heads = 0;

  for (int i = 0; i < 6000; ++i) ++seen.at(static_cast<std::size_t>(random.between(1, 6) - 1));
  for (int i = 0; i < 6000; ++i) heads += random.chance(0.25);

  CHECK(*std::min_element(seen.begin(), seen.end()) > 850);
  CHECK(*std::max_element(seen.begin(), seen.end()) < 1150);
  CHECK(heads > 1300);
  CHECK(heads < 1700);
  CHECK(random.between(INT64_MIN, INT64_MAX) != random.between(INT64_MIN, INT64_MAX));
  CHECK(random.between(4, 4) == 4);
  CHECK_FALSE(random.chance(0));
  CHECK(random.chance(1));
}

TEST_CASE("an impossible choice is refused", "[sdk]") {
  Random random = seeded(7);
  const std::vector<int> nothing;

  CHECK_THROWS_AS(random.below(0), std::invalid_argument);
  CHECK_THROWS_AS(random.between(2, 1), std::invalid_argument);
  CHECK_THROWS_AS(random.pick(nothing), std::invalid_argument);
}

TEST_CASE("items are picked and shuffled", "[sdk]") {
  Random random = seeded(7);
  std::vector<int> items(20);
  std::iota(items.begin(), items.end(), 0);
  const std::vector<int> before = items;

  random.shuffle(items);

  CHECK(items != before);
  CHECK(std::is_permutation(items.begin(), items.end(), before.begin()));
  CHECK(random.pick({"a", "a"}) == std::string("a"));
  CHECK(random.pick(before) < 20);
}
