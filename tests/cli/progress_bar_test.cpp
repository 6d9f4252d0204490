#include "cli/progress_bar.hpp"

#include "support/catch.hpp"

using namespace seedbed::host::cli;
using namespace std::chrono_literals;

TEST_CASE("progress of a known total has a bar and a rate and the time that is left", "[cli]") {
  CHECK(progress_line("traffic", 1'200'000, 2'400'000, 3s, 80) ==
        "traffic  [##########          ]   50 %  1.2 M of 2.4 M  400 k/s  3 s left");
}

TEST_CASE("the time that is left is told in units that people count in", "[cli]") {
  CHECK_THAT(progress_line("traffic", 10, 140, 10s, 80), Catch::Matchers::EndsWith("  2 min 10 s left"));
  CHECK_THAT(progress_line("traffic", 1, 391, 10s, 80), Catch::Matchers::EndsWith("  1 h 05 min left"));
  CHECK_THAT(progress_line("traffic", 0, 391, 10s, 80), Catch::Matchers::EndsWith("  0/s"));
}

TEST_CASE("progress of an unknown total counts", "[cli]") {
  CHECK(progress_line("traffic", 9'999, 0, 1s, 80) == "traffic  9999  9999/s");
}

TEST_CASE("progress beyond its total stays full", "[cli]") {
  CHECK(progress_line("traffic", 30, 20, 1s, 80) ==
        "traffic  [####################]  100 %  30 of 20  30/s");
}

TEST_CASE("progress fits a narrow terminal", "[cli]") {
  CHECK(progress_line("synthetic_traffic", 4'000'000, 8'600'000, 600s, 80) ==
        "synthetic_traffic  [####     ]   47 %  4.0 M of 8.6 M  6667/s  11 min 30 s left");
  CHECK(progress_line("traffic", 1, 2, 1s, 40) == "traffic   50 %  1 of 2  1/s  1 s left");
  CHECK(progress_line("traffic", 1, 2, 1s, 20) == "traffic   50 %  1 …");
}
