#include "splitting.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::host::sql;
using namespace seedbed::host::sql::test;
using namespace std::string_literals;

TEST_CASE("a quote that never ends is refused where it begins", "[sql]") {
  const Error error = refusal("select 1;\nselect 'ä', 'it''s;\nselect 2;\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("unterminated quoted string"));
  CHECK(error.place().file == "script.sql");
  CHECK(place_of(error) == "2:13");
  CHECK(error.place().text == "select 'ä', 'it''s;");
}

TEST_CASE("each kind of quote and comment that never ends is named", "[sql]") {
  CHECK_THAT(refusal("select E'\\'").what(), ContainsSubstring("unterminated quoted string"));
  CHECK_THAT(refusal("select \"a\"\"").what(), ContainsSubstring("unterminated quoted name"));
  CHECK_THAT(refusal("select U&\"a").what(), ContainsSubstring("unterminated quoted name"));
  CHECK_THAT(refusal("select U&'a").what(), ContainsSubstring("unterminated quoted string"));
  CHECK_THAT(refusal("do $ab$ $$ $a$;").what(),
             ContainsSubstring("unterminated dollar-quoted string \"$ab$\""));
  CHECK_THAT(refusal("select 1; /* /* */").what(), ContainsSubstring("unterminated comment"));
  CHECK_THAT(refusal("/*/").what(), ContainsSubstring("unterminated comment"));
}

TEST_CASE("a quote or comment of SQLite that never ends is named", "[sql]") {
  CHECK_THAT(refusal("select [a", Engine::sqlite).what(),
             ContainsSubstring("unterminated quoted name"));
  CHECK_THAT(refusal("select `a``", Engine::sqlite).what(),
             ContainsSubstring("unterminated quoted name"));
  CHECK_THAT(refusal("select x'00", Engine::sqlite).what(),
             ContainsSubstring("unterminated quoted string"));
  CHECK_THAT(refusal("select 1; /* ", Engine::sqlite).what(),
             ContainsSubstring("unterminated comment"));
}

TEST_CASE("a psql command is refused with its line", "[sql]") {
  const Error error = refusal("select 1;\n  \\connect other\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("\"\\connect\" is a command of psql, not SQL"));
  CHECK(place_of(error) == "2:3");
  CHECK_THAT(error.hint(), ContainsSubstring("Remove it"));
}

TEST_CASE("a psql command inside a statement is refused even if it is one that is skipped",
          "[sql]") {
  CHECK(place_of(refusal("select 1\n\\gexec\n")) == "2:1");
  CHECK_THAT(refusal("select 1\n\\restrict x\n;").what(), ContainsSubstring("\"\\restrict\""));
  CHECK_THAT(refusal("select 1 \\; select 2").what(), ContainsSubstring("is a command of psql"));
  CHECK_THAT(refusal("\\restricted x").what(), ContainsSubstring("\"\\restricted\""));
}

TEST_CASE("a command of the sqlite3 program is refused with its line", "[sql]") {
  const Error error = refusal("select 1;\n.read other.sql\n", Engine::sqlite);

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(),
             ContainsSubstring("\".read\" is a command of the sqlite3 program, not SQL"));
  CHECK(place_of(error) == "2:1");
}

TEST_CASE("the command of the sqlite3 program that asks to stop at an error is skipped", "[sql]") {
  CHECK(split(".bail on\r\nselect 1;\n.bail on", Engine::sqlite, "a.sql").size() == 1);
  CHECK_THAT(refusal(".bail off\n", Engine::sqlite).message(), ContainsSubstring("\".bail\" is a command"));
}

TEST_CASE("COPY data without their end are refused at the statement", "[sql]") {
  const Error error = refusal("select 1;\ncopy t from stdin;\n1\n\\.2\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("unterminated COPY data"));
  CHECK(place_of(error) == "2:1");
  CHECK_THAT(error.hint(), ContainsSubstring("\"\\.\""));
  CHECK_THAT(refusal("copy t from stdin").what(), ContainsSubstring("unterminated COPY data"));
}

TEST_CASE("text between COPY and its data is refused", "[sql]") {
  const Error error = refusal("copy t from stdin; select 2;\n1\n\\.\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("text after COPY … FROM stdin on its line"));
  CHECK(place_of(error) == "1:20");
}

TEST_CASE("binary COPY data are refused", "[sql]") {
  CHECK_THAT(refusal("copy binary t from stdin;\n\\.\n").what(),
             ContainsSubstring("binary COPY data"));
  CHECK_THAT(refusal("copy t from stdin (format 'binary');\n\\.\n").what(),
             ContainsSubstring("binary COPY data"));
}

TEST_CASE("a quote after a backslash is no command of psql", "[sql]") {
  const Error error = refusal("select 'L', \\'APPORT';");

  CHECK_THAT(error.what(), ContainsSubstring("a backslash outside of a string"));
  CHECK_THAT(error.hint(), ContainsSubstring("write two quotes"));
  CHECK(place_of(refusal("select 1,\n 'L'\\'x'")) == "2:5");
}

TEST_CASE("a zero byte is refused at its place", "[sql]") {
  const Error error = refusal("select 1;\nselect 'a\0b'"s);

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("zero byte"));
  CHECK(place_of(error) == "2:10");
}

TEST_CASE("a file in UTF-16 is called by its name", "[sql]") {
  CHECK_THAT(refusal("\xFF\xFEs\0e\0"s).hint(), ContainsSubstring("UTF-16"));
}

TEST_CASE("invalid UTF-8 is refused at its line and column", "[sql]") {
  const Error error = refusal("select 'ä';\nselect 'ö\xE9t'; select 3");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("invalid UTF-8: byte 0xE9"));
  CHECK(place_of(error) == "2:10");
  CHECK(error.place().text == "select 'ö\xEF\xBF\xBDt'; select 3");
}

TEST_CASE("every form of invalid UTF-8 is refused", "[sql]") {
  const auto bytes =
      GENERATE("\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xED\xA0\x80",
               "\xE2\x82", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF");

  CHECK_THAT(refusal("-- 12345678901234567890 "s + bytes + "\nselect 1").what(),
             ContainsSubstring("invalid UTF-8"));
  CHECK_THAT(refusal("copy t from stdin;\n"s + bytes + "\n\\.\n").what(),
             ContainsSubstring("invalid UTF-8"));
  CHECK_THAT(refusal("select 1; "s + bytes, Engine::sqlite).what(),
             ContainsSubstring("invalid UTF-8"));
}

TEST_CASE("text is checked again once client_encoding is UTF8 again", "[sql]") {
  CHECK(place_of(refusal(
            "set client_encoding=latin1; select '\xE9';\nreset client_encoding; select '\xE8'")) ==
        "2:32");
  CHECK(place_of(refusal("set client_encoding=latin1;\nset names 'UTF-8'; select '\xE8'")) ==
        "2:28");
  CHECK(place_of(refusal("begin; set local client_encoding=latin1; commit;\nselect '\xE8'")) ==
        "2:9");
}

TEST_CASE("invalid UTF-8 comes before a fault further on", "[sql]") {
  CHECK_THAT(refusal("select '\xE9'; select 'x").what(), ContainsSubstring("invalid UTF-8"));
  CHECK_THAT(refusal("select 'x").what(), ContainsSubstring("unterminated"));
}

TEST_CASE("an encoding whose characters hold ASCII bytes is refused", "[sql]") {
  const Error error = refusal("select 1;\nset client_encoding to 'Shift_JIS';");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("client_encoding \"Shift_JIS\" cannot be split"));
  CHECK(place_of(error) == "2:1");
}
