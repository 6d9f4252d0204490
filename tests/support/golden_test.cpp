#include "support/golden.hpp"

#include "support/catch.hpp"

using namespace seedbed::test;

TEST_CASE("a golden text loses its times and keeps its columns", "[support]") {
  CHECK(without_times("rows      1.2 s\n") == "rows       # ms\n");
  CHECK(without_times("rows      41 ms\nrows       1 ms\n") ==
        "rows       # ms\nrows       # ms\n");
  CHECK(without_times("done in 162 ms; ran at 2026-08-03 09:12:44") ==
        "done in # ms; ran at YYYY-MM-DD hh:mm:ss");
  CHECK(without_times("took 1.25 s, 3 µs") == "took # ms, # ms");
  CHECK(without_times("\"took_ms\": 37.393,") == "\"took_ms\": #,");
}

TEST_CASE("a golden text keeps numbers that are no times", "[support]") {
  CHECK(without_times("16 inserted, table t1 ms2 4 msg") == "16 inserted, table t1 ms2 4 msg");
}
