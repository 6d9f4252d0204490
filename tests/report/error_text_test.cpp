#include "report/samples.hpp"
#include "report/text.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

namespace {

std::string at_place(const Place& place) {
  return to_text(Error(ExitCode::failed, "migration failed").at(place), /*color=*/false);
}

}  // namespace

TEST_CASE("an error shows its place with a caret and its detail and hint", "[report]") {
  check_golden("report/error.txt", to_text(full_error(), /*color=*/false));
}

TEST_CASE("an error without a place is one line", "[report]") {
  CHECK(to_text(Error(ExitCode::usage, "no command was given"), /*color=*/false) ==
        "seedbed: error: no command was given\n");
}

TEST_CASE("an error without a place keeps its SQLSTATE", "[report]") {
  CHECK(to_text(Error(ExitCode::failed, "refused").sqlstate("28P01"), /*color=*/false) ==
        "seedbed: error: refused (SQLSTATE 28P01)\n");
}

TEST_CASE("a result code of SQLite is not called an SQLSTATE", "[report]") {
  CHECK(to_text(Error(ExitCode::failed, "refused").sqlstate("SQLite 1"), /*color=*/false) ==
        "seedbed: error: refused (SQLite 1)\n");
}

TEST_CASE("further lines of a detail are indented", "[report]") {
  const Error error =
      Error(ExitCode::usage, "could not find it").detail("Looked in\n  plugins  no such file");

  CHECK(to_text(error, /*color=*/false) ==
        "seedbed: error: could not find it\n"
        "  detail: Looked in\n"
        "            plugins  no such file\n");
}

TEST_CASE("the caret stands under its character after tabs", "[report]") {
  CHECK(at_place({"a.sql", 1, 5, "\tab\tc"}) ==
        "seedbed: error: migration failed\n"
        "  at:     a.sql:1:5\n"
        "                  ab      c\n"
        "                          ^\n");
}

TEST_CASE("the caret stands under its character after wide and combining ones", "[report]") {
  CHECK(at_place({"a.sql", 1, 5, "é日本 x"}) ==
        "seedbed: error: migration failed\n"
        "  at:     a.sql:1:5\n"
        "          é日本 x\n"
        "                ^\n");
  CHECK(at_place({"a.sql", 1, 3, "e\u0301x"}) ==
        "seedbed: error: migration failed\n"
        "  at:     a.sql:1:3\n"
        "          e\u0301x\n"
        "           ^\n");
}

TEST_CASE("the caret can stand behind the end of a line", "[report]") {
  CHECK_THAT(at_place({"a.sql", 1, 7, "SELECT"}),
             ContainsSubstring("\n          SELECT\n                ^\n"));
}

TEST_CASE("a long line is cut to the part around its caret", "[report]") {
  const std::string text =
      at_place({"a.sql", 1, 501, std::string(500, 'a') + "X" + std::string(500, 'b')});

  CHECK(text ==
        "seedbed: error: migration failed\n"
        "  at:     a.sql:1:501\n"
        "          …" +
            std::string(50, 'a') + "X" + std::string(47, 'b') + "…\n" + std::string(61, ' ') +
            "^\n");
}

TEST_CASE("control characters in an error cannot reach the terminal", "[report]") {
  const std::string text = to_text(Error(ExitCode::failed, "said \x1b[2J"), /*color=*/false);

  CHECK(text == "seedbed: error: said \\x1b[2J\n");
}

TEST_CASE("a password in the quoted line is hidden and the caret stays where it belongs", "[report]") {
  CHECK(at_place({"a.sql", 1, 35, "CREATE ROLE a PASSWORD 'hunter22' LOGGIN"}) ==
        "seedbed: error: migration failed\n"
        "  at:     a.sql:1:35\n"
        "          CREATE ROLE a PASSWORD '***' LOGGIN\n"
        "                                       ^\n");
}

TEST_CASE("a password is hidden where the beginning of its line is cut off", "[report]") {
  const std::string line = "CREATE ROLE a PASSWORD '" + std::string(200, 's') + "' LOGGIN";

  CHECK_THAT(at_place({"a.sql", 1, 150, line}), !ContainsSubstring("sss"));
}
