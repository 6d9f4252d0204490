#include "report/table.hpp"

#include "support/catch.hpp"

using namespace seedbed::host;

TEST_CASE("columns are aligned by what a terminal shows", "[report]") {
  Table table({{.title = "name"}, {.title = "rows", .right = true}});
  table.row({Cell{"größe"}, Cell{"7"}});
  table.row({Cell{"日本"}, Cell{"1000000"}});

  CHECK(table.text(/*color=*/false) ==
        "name      rows\n"
        "größe        7\n"
        "日本   1000000\n");
}

TEST_CASE("a column without any text is left out", "[report]") {
  Table table({{.title = "a"}, {.title = "b"}, {.title = "c"}});
  table.row({Cell{"1"}, Cell{}, Cell{"3"}});

  CHECK(table.text(/*color=*/false) == "a  c\n1  3\n");
  CHECK(table.markdown() == "| a | c |\n| --- | --- |\n| 1 | 3 |\n");
}

TEST_CASE("colour does not change the alignment", "[report]") {
  Table table({{.title = ""}, {.title = ""}});
  table.row({Cell{"a", Ink::green}, Cell{"x"}});
  table.row({Cell{"long"}, Cell{"y"}});

  CHECK(table.text(/*color=*/true) == "\x1b[32ma\x1b[0m     x\nlong  y\n");
}

TEST_CASE("a spilling cell does not widen its column", "[report]") {
  Table table({{.title = ""}, {.title = ""}, {.title = "", .right = true}});
  table.row({Cell{"a long sentence", Ink::plain, /*spills=*/true}, Cell{}, Cell{"1 ms"}});
  table.row({Cell{"b"}, Cell{"c"}, Cell{"2 ms"}});

  CHECK(table.text(/*color=*/false, /*min_width=*/24) ==
        "a long sentence     1 ms\n"
        "b  c                2 ms\n");
}

TEST_CASE("control characters in a cell cannot reach the terminal", "[report]") {
  Table table({{.title = "file"}});
  table.row({Cell{"a\x1b[2J"}});

  CHECK(table.text(/*color=*/false) == "file\na\\x1b[2J\n");
}

TEST_CASE("markdown escapes what would end a cell", "[report]") {
  Table table({{.title = "why"}, {.title = "n", .right = true}});
  table.row({Cell{"a|b\nc"}, Cell{"1"}});

  CHECK(table.markdown() == "| why | n |\n| --- | ---: |\n| a\\|b<br>c | 1 |\n");
}

TEST_CASE("text is shortened at a character and not inside one", "[report]") {
  CHECK(shortened("größe", 4) == "grö…");
  CHECK(shortened("日本語", 4) == "日…");
  CHECK(shortened("a \n\t b", 10) == "a b");
  CHECK(shortened("exact", 5) == "exact");
}

TEST_CASE("broken UTF-8 counts by its bytes", "[report]") {
  CHECK(display_width("\xff\xfe") == 2);
  CHECK(display_width("\xe6\x97") == 2);
}
