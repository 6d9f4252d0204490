#include <seedbed/uuid.hpp>

#include "support/catch.hpp"

using seedbed::md5_uuid;
using seedbed::Uuid;
using seedbed::uuid;

static_assert(uuid("visitor", 17) == Uuid("e5b2ccb9-2e8b-5100-82df-bda2b3e6cc78"));

TEST_CASE("a uuid is read and written", "[sdk]") {
  CHECK(Uuid("AAAAAAAA-0001-0001-0001-00000000000f").text() ==
        "aaaaaaaa-0001-0001-0001-00000000000f");
  CHECK(Uuid("00000000-0000-0000-0000-000000000000") == Uuid());
  CHECK(Uuid("00000000-0000-0000-0000-000000000001") > Uuid());
}

TEST_CASE("a text that is no uuid is refused", "[sdk]") {
  CHECK_THROWS_WITH(Uuid("x"), "\"x\" is not a UUID");
  CHECK_THROWS_AS(Uuid("aaaaaaaa-0001-0001-0001-00000000000"), std::invalid_argument);
  CHECK_THROWS_AS(Uuid("aaaaaaaa-0001-0001-0001-00000000000g"), std::invalid_argument);
  CHECK_THROWS_AS(Uuid("aaaaaaaa00001-0001-0001-000000000001"), std::invalid_argument);
}

// The expected ids were computed by Python's uuid and hashlib.
TEST_CASE("the id of a name is its version 5 uuid", "[sdk]") {
  CHECK(uuid("visitor", 17).text() == "e5b2ccb9-2e8b-5100-82df-bda2b3e6cc78");
  CHECK(uuid(std::string(200, 'y')).text() == "53aaa9db-313f-5826-9a5d-b84dd4650927");
}

TEST_CASE("names do not run together", "[sdk]") {
  CHECK(uuid("ab", "c") != uuid("a", "bc"));
  CHECK(uuid("a", "b") != uuid("a:1:b"));
  CHECK(uuid("a", 5) == uuid("a", "5"));
  CHECK(uuid("a", -1) != uuid("a", 1));
  CHECK(uuid(uuid("a"), "b") != uuid("a", "b"));
}

TEST_CASE("an md5 id is the one that PostgreSQL makes", "[sdk]") {
  CHECK(md5_uuid(17, ":visitor").text() == "5dbb48d8-0595-aab8-bb2d-f8b7ac654b8d");
  CHECK(md5_uuid(-1234567, std::string(100, 'x')).text() == "c8619456-abc2-ed01-b7ac-96ab54eb1233");
}
