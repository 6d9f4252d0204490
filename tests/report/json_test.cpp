#include "report/json.hpp"

#include "log.hpp"
#include "report/proof_report.hpp"
#include "report/samples.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

TEST_CASE("the document of a run has its counts and its error", "[report]") {
  check_golden("report/first_run.json", to_json(first_run()));
  check_golden("report/failed_migration.json", to_json(failed_migration()));
  check_golden("report/dry_run.json", to_json(dry_run()));
}

TEST_CASE("the document of a status has each migration and seeder", "[report]") {
  check_golden("report/status.json", to_json(mixed_plan()));
}

TEST_CASE("the document of a proof has each fault and doubt", "[report]") {
  check_golden("report/proof.json", to_json(mixed_proof()));
}

TEST_CASE("the document of the seeders has their declarations", "[report]") {
  check_golden("report/plugins.json", to_json(seeder_list()));
}

TEST_CASE("the document of a split file has byte offsets", "[report]") {
  StatementList list;
  list.file = "a.sql";
  list.text = "SELECT 1;COPY t FROM stdin;\n1\n\\.\n";
  list.statements = {{0, 8, 0, 0, 1, 1, sql::Kind::ordinary},
                     {9, 17, 28, 2, 1, 10, sql::Kind::copy_in}};

  check_golden("report/split.json", to_json(list));
}

TEST_CASE("a document hides secrets in its texts and nowhere else", "[report]") {
  log::redact("7fold\"path");
  SettingList list{{{"url", "postgres://u:7fold\"path@h", "default"}}};

  const std::string document = to_json(list);

  CHECK_THAT(document, ContainsSubstring("postgres://u:***@h"));
}

TEST_CASE("a document is JSON even if a text is not UTF-8", "[report]") {
  CHECK_THAT(to_json(Error(ExitCode::failed, "bytes \xff")), ContainsSubstring("bytes \ufffd"));
}
