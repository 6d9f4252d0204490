#include "splitting.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::host::sql;
using namespace seedbed::host::sql::test;

TEST_CASE("a place is a line, a column in characters and the line itself", "[sql]") {
  const Place place = place_at("a.sql", "one\r\nzwö drei\r\nvier", 10);

  CHECK(place.file == "a.sql");
  CHECK(place.line == 2);
  CHECK(place.column == 5);
  CHECK(place.text == "zwö drei");
}

TEST_CASE("the ends of a text are places", "[sql]") {
  CHECK(place_at("a.sql", "", 0).line == 1);
  CHECK(place_at("a.sql", "", 0).column == 1);
  CHECK(place_at("a.sql", "a\n", 2).line == 2);
  CHECK(place_at("a.sql", "a\n", 2).text.empty());
  CHECK(place_at("a.sql", "a\nbc", 99).column == 3);
  CHECK(place_at("a.sql", "ab\ncd", 2).text == "ab");
  CHECK(place_at("a.sql",
                 "\xEF\xBB\xBF"
                 "ab",
                 4)
            .column == 2);
  CHECK(place_at("a.sql",
                 "\xEF\xBB\xBF"
                 "ab",
                 4)
            .text == "ab");
}

TEST_CASE("bytes that are no character show as one", "[sql]") {
  const Place place = place_at("a.sql",
                               "a\xE9\xFF"
                               "b",
                               3);

  CHECK(place.column == 4);
  CHECK(place.text ==
        "a\xEF\xBF\xBD\xEF\xBF\xBD"
        "b");
}
