// Keys that insert_once has met: any number of them, once each and in order.

#include <cstring>

#include "database/key_spool.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;

namespace {

MetKey key_number(std::uint64_t number) {
  MetKey key;
  const KeyHash hash = key_hash("", std::to_string(number));
  key.hash = hash;
  key.there = true;
  return key;
}

}  // namespace

TEST_CASE("more keys than fit into memory come back once each and in order", "[database]") {
  KeySpool spool;
  constexpr std::uint64_t kKeys = 2'500'000;
  for (std::uint64_t i = 0; i < kKeys; ++i) spool.add(key_number(i % 2'000'000));

  std::uint64_t count = 0;
  bool in_order = true;
  KeyHash last{};
  for (int pass = 0; pass < 2; ++pass) {
    last = {};
    spool.for_each([&](const MetKey& key) {
      ++count;
      in_order = in_order && last < key.hash;
      last = key.hash;
    });
  }

  CHECK(count == 2 * 2'000'000);
  CHECK(in_order);
}

TEST_CASE("a key's hash depends on whose it is", "[database]") {
  CHECK(hex_text(key_hash("", "abc")) == "ba7816bf8f01cfea414140de5dae2223");
  CHECK(key_hash("a", "bc") == key_hash("", "abc"));
  CHECK(key_hash("x", "abc") != key_hash("", "abc"));
}
