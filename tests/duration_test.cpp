#include "duration.hpp"

#include "error.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace std::chrono_literals;

TEST_CASE("a length of time has a unit or is in seconds", "[duration]") {
  CHECK(parse_duration("500ms", "--wait") == 500ms);
  CHECK(parse_duration("30s", "--wait") == 30s);
  CHECK(parse_duration("5m", "--wait") == 5min);
  CHECK(parse_duration("10min", "--wait") == 10min);
  CHECK(parse_duration("1h", "--wait") == 1h);
  CHECK(parse_duration("7", "--wait") == 7s);
  CHECK(parse_duration("0", "--wait") == 0s);
}

TEST_CASE("what is no length of time is refused with its source", "[duration]") {
  const std::string text = GENERATE("", "s", "-1s", "1.5s", "3 s", "2d", "99999999999999h", "soon");

  try {
    parse_duration(text, "--wait");
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK(error.message() == "--wait: \"" + text + "\" is not a length of time");
    CHECK_THAT(error.hint(), ContainsSubstring("500ms, 30s, 5m or 1h"));
  }
}

TEST_CASE("a length of time reads well at every size", "[duration]") {
  CHECK(duration_text(0us) == "1 ms");
  CHECK(duration_text(1us) == "1 ms");
  CHECK(duration_text(40'001us) == "41 ms");
  CHECK(duration_text(2'430ms) == "2.4 s");
  CHECK(duration_text(185s) == "3 min 05 s");
}
