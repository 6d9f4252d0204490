#include <seedbed/timestamp.hpp>

#include "support/catch.hpp"

using namespace std::chrono_literals;
using seedbed::Timestamp;

static_assert(Timestamp("1970-01-01T00:00:01Z").microseconds() == 1'000'000);

TEST_CASE("a time is read in the forms that databases write", "[sdk]") {
  const Timestamp time("2026-01-31T09:30:00Z");

  CHECK(Timestamp("2026-01-31 09:30") == time);
  CHECK(Timestamp("2026-01-31 09:30:00.000") == time);
  CHECK(Timestamp("2026-01-31 11:30:00+02") == time);
  CHECK(Timestamp("2026-01-31 04:00:00-05:30") == time);
  CHECK(Timestamp("2026-01-31T11:30:00+0200") == time);
  CHECK(Timestamp("2026-01-31") == time - 9h - 30min);
}

TEST_CASE("a time is written with as much of its fraction as it has", "[sdk]") {
  CHECK(Timestamp("2026-01-31").text() == "2026-01-31T00:00:00Z");
  CHECK(Timestamp("2026-01-31T01:02:03.120Z").text() == "2026-01-31T01:02:03.12Z");
  CHECK((Timestamp() - 1us).text() == "1969-12-31T23:59:59.999999Z");
  CHECK(Timestamp("0001-01-01").text() == "0001-01-01T00:00:00Z");
}

TEST_CASE("a text that is no time is refused", "[sdk]") {
  CHECK_THROWS_WITH(Timestamp("2026-02-30"),
                    "\"2026-02-30\" is not a time such as 2026-01-31T09:30:00Z");
  CHECK_THROWS_AS(Timestamp(""), std::invalid_argument);
  CHECK_THROWS_AS(Timestamp("2026-01-31T24:00"), std::invalid_argument);
  CHECK_THROWS_AS(Timestamp("2026-01-31T09:30:00."), std::invalid_argument);
  CHECK_THROWS_AS(Timestamp("2026-01-31T09:30:00+02:"), std::invalid_argument);
  CHECK_THROWS_AS(Timestamp("2026-01-31T09:30:00Zx"), std::invalid_argument);
}

TEST_CASE("times and durations reckon together", "[sdk]") {
  const Timestamp time("2026-01-31T09:30:00Z");

  CHECK((time + std::chrono::days(1)).text() == "2026-02-01T09:30:00Z");
  CHECK(time - (time - 5min) == 5min);
  CHECK(time < time + 1us);
}
