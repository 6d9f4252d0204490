#include "config/instant.hpp"

#include "support/catch.hpp"

using seedbed::host::parse_instant;

TEST_CASE("RFC 3339 is a time", "[config]") {
  CHECK(parse_instant("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_instant("2026-01-31T09:30:00Z") == 1769851800000);
  CHECK(parse_instant("2026-01-31t10:30:00+01:00") == 1769851800000);
  CHECK(parse_instant("2026-01-31 04:00:00-05:30") == 1769851800000);
  CHECK(parse_instant("2024-02-29T00:00:00z") == 1709164800000);
  CHECK(parse_instant("2016-12-31T23:59:60Z") == 1483228800000);
  CHECK(parse_instant("0000-01-01T00:00:00Z") == -62167219200000);
  CHECK(parse_instant("9999-12-31T23:59:59.999Z") == 253402300799999);
}

TEST_CASE("seconds since 1970 are a time", "[config]") {
  CHECK(parse_instant("0") == 0);
  CHECK(parse_instant("1769851800") == 1769851800000);
  CHECK(parse_instant("1769851800.5") == 1769851800500);
  CHECK(parse_instant("-1") == -1000);
}

TEST_CASE("a time is cut to whole milliseconds downwards", "[config]") {
  CHECK(parse_instant("1970-01-01T00:00:00.1239999Z") == 123);
  CHECK(parse_instant("1969-12-31T23:59:59.9999Z") == -1);
  CHECK(parse_instant("0.0019") == 1);
  CHECK(parse_instant("-0.0011") == -2);
  CHECK(parse_instant("-0.001") == -1);
  CHECK(parse_instant("-0.0010") == -1);
}

TEST_CASE("anything else is no time", "[config]") {
  CHECK_FALSE(parse_instant(""));
  CHECK_FALSE(parse_instant("-"));
  CHECK_FALSE(parse_instant("yesterday"));
  CHECK_FALSE(parse_instant("2026-01-31"));
  CHECK_FALSE(parse_instant("2026-01-31T09:30:00"));
  CHECK_FALSE(parse_instant("2026-02-29T00:00:00Z"));
  CHECK_FALSE(parse_instant("2026-01-31T24:00:00Z"));
  CHECK_FALSE(parse_instant("2026-01-31T09:30:00+24:00"));
  CHECK_FALSE(parse_instant("2026-01-31T09:30:00Z "));
  CHECK_FALSE(parse_instant("2026-01-31T09:30:00.Z"));
  CHECK_FALSE(parse_instant("1."));
  CHECK_FALSE(parse_instant("1e9"));
  CHECK_FALSE(parse_instant("999999999999"));
  CHECK_FALSE(parse_instant("99999999999999999999"));
  CHECK_FALSE(parse_instant("0000-01-01T00:00:00+00:01"));
}
