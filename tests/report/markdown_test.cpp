#include "report/markdown.hpp"

#include "report/samples.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

TEST_CASE("a run in markdown has tables and the verdict", "[report]") {
  check_golden("report/first_run.md", to_markdown(first_run()));
  check_golden("report/dry_run.md", to_markdown(dry_run()));
}

TEST_CASE("a failed run in markdown has the error in a fence", "[report]") {
  check_golden("report/failed_migration.md", to_markdown(failed_migration()));
}

TEST_CASE("a status in markdown has tables and the answer", "[report]") {
  check_golden("report/status.md", to_markdown(mixed_plan()));
}

TEST_CASE("a fence is longer than what it holds", "[report]") {
  const std::string text = to_markdown(Error(ExitCode::failed, "```"));

  CHECK(text == "````text\nseedbed: error: ```\n````\n");
}
