#include "report/text.hpp"

#include "report/json.hpp"
#include "report/markdown.hpp"
#include "report/proof_report.hpp"
#include "report/samples.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

TEST_CASE("a first run shows what was applied and inserted", "[report]") {
  check_golden("report/first_run.txt", to_text(first_run(), /*color=*/false));
}

TEST_CASE("a second run says that nothing changed", "[report]") {
  check_golden("report/second_run.txt", to_text(second_run(), /*color=*/false));
}

TEST_CASE("a failed run shows what had happened before", "[report]") {
  check_golden("report/failed_migration.txt", to_text(failed_migration(), /*color=*/false));
  check_golden("report/failed_seeder.txt", to_text(failed_seeder(), /*color=*/false));
}

TEST_CASE("a dry run says that it was rolled back and what it did not execute", "[report]") {
  check_golden("report/dry_run.txt", to_text(dry_run(), /*color=*/false));
}

TEST_CASE("a dry run that only lists says that nothing was executed", "[report]") {
  Outcome outcome = dry_run();
  outcome.migrations.clear();

  CHECK_THAT(to_text(outcome, /*color=*/false), ContainsSubstring("dry run: nothing was executed"));
}

TEST_CASE("a stamp shows what was recorded", "[report]") {
  check_golden("report/stamped.txt", to_text(stamped(), /*color=*/false));
  check_golden("report/stamped.md", to_markdown(stamped()));
  check_golden("report/stamped.json", to_json(stamped()));
}

TEST_CASE("an adoption shows what was recorded and what was not", "[report]") {
  check_golden("report/adoption.txt", to_text(adoption(), /*color=*/false));
  check_golden("report/adoption.md", to_markdown(adoption()));
  check_golden("report/adoption.json", to_json(adoption()));
}

TEST_CASE("a proof shows a verdict for each seeder and why it is none better", "[report]") {
  check_golden("report/proof.txt", to_text(mixed_proof(), /*color=*/false));
  check_golden("report/proof.md", to_markdown(mixed_proof()));
}

TEST_CASE("an interrupted run says so", "[report]") {
  Outcome outcome = second_run();
  outcome.error = Error(ExitCode::interrupted, "interrupted");

  CHECK_THAT(to_text(outcome, /*color=*/false), ContainsSubstring("interrupted after 9 ms; "));
}

TEST_CASE("a failed commit of one seeder does not hide those that are committed", "[report]") {
  Outcome outcome = failed_seeder();
  outcome.seeders.insert(outcome.seeders.begin(), first_run().seeders.front());

  CHECK_THAT(to_text(outcome, /*color=*/false),
             ContainsSubstring("failed after 62 ms; 1 seeder committed"));
}

TEST_CASE("a run without seeders says so unless they were not asked for", "[report]") {
  Outcome outcome = second_run();
  outcome.seeders.clear();

  CHECK_THAT(to_text(outcome, /*color=*/false), ContainsSubstring("seeders      none\n"));
  outcome.seeding_asked = false;
  CHECK_THAT(to_text(outcome, /*color=*/false), !ContainsSubstring("seeders"));
}

TEST_CASE("colour is added to the same text", "[report]") {
  const std::string text = to_text(second_run(), /*color=*/true);

  CHECK_THAT(text, ContainsSubstring("\x1b[1mlocal\x1b[0m  sqlite:seedbed.db"));
  CHECK_THAT(text, ContainsSubstring("\x1b[32mdone\x1b[0m in 9 ms"));
}

TEST_CASE("status shows each state and ends with the answer", "[report]") {
  check_golden("report/status.txt", to_text(mixed_plan(), /*color=*/false));
}

TEST_CASE("status of a finished database says that nothing is pending", "[report]") {
  Plan plan = mixed_plan();
  plan.migrations.resize(1);
  plan.seeders.resize(1);
  plan.last_seedings.resize(1);

  CHECK_THAT(to_text(plan, /*color=*/false), ContainsSubstring("\n\n1 migration: 1 applied\nNothing is pending.\n"));
  CHECK_FALSE(plan.something_pending());
}

TEST_CASE("edited migrations and seeders that never ran count as pending", "[report]") {
  Plan edited = mixed_plan();
  edited.migrations.erase(edited.migrations.begin() + 2, edited.migrations.end());
  edited.seeders.clear();
  edited.last_seedings.clear();
  Plan unseeded = mixed_plan();
  unseeded.migrations.clear();

  CHECK(edited.something_pending());
  CHECK(edited.pending_migrations() == 0);
  CHECK(unseeded.something_pending());
}

TEST_CASE("migrations that only the database has are not pending", "[report]") {
  Plan plan;
  plan.migrations = {mixed_plan().migrations[3]};

  CHECK_FALSE(plan.something_pending());
}

TEST_CASE("the list of seeders says why each is selected or not", "[report]") {
  check_golden("report/plugins.txt", to_text(seeder_list(), /*color=*/false));
}

TEST_CASE("an empty list of seeders is a sentence", "[report]") {
  CHECK_THAT(to_text(SeederList{}, /*color=*/false), ContainsSubstring("No seeders were found.\n"));
}

TEST_CASE("a broken plugin shows its file once", "[report]") {
  SeederList list;
  list.broken = {{"/p/a.so", "\"/p/a.so\" is no library", "", "", {}}};

  CHECK_THAT(to_text(list, /*color=*/false),
             Catch::Matchers::EndsWith("\nbroken: \"/p/a.so\" is no library\n"));
}

TEST_CASE("the graph of seeders is a mermaid flowchart", "[report]") {
  CHECK(to_mermaid(seeder_list()) ==
        "flowchart TD\n"
        "  customers\n"
        "  test_users:::left_out\n"
        "  customers --> test_users\n"
        "  classDef left_out stroke-dasharray: 4\n");
}

TEST_CASE("a seeder whose name is a word of mermaid gets another node name", "[report]") {
  SeederList list = seeder_list();
  list.seeders[0].seeder.declaration.name = "end";
  list.seeders[1].seeder.declaration.after = {"end"};

  CHECK(to_mermaid(list) ==
        "flowchart TD\n"
        "  end_[\"end\"]\n"
        "  test_users:::left_out\n"
        "  end_ --> test_users\n"
        "  classDef left_out stroke-dasharray: 4\n");
}

TEST_CASE("settings are shown with their sources", "[report]") {
  const SettingList list{
      {{"environment", "local", "default"}, {"url", "sqlite:a.db", "seedbed.toml:7"}}};

  CHECK(to_text(list, /*color=*/false) ==
        "setting      from            value\n"
        "environment  default         local\n"
        "url          seedbed.toml:7  sqlite:a.db\n");
}

TEST_CASE("statements are shown by line and kind and begin", "[report]") {
  StatementList list;
  list.text = "CREATE TABLE t (\n  a int\n);\nVACUUM;";
  list.statements = {{0, 26, 0, 0, 1, 1, sql::Kind::ordinary},
                     {28, 6, 0, 0, 4, 1, sql::Kind::non_transactional}};

  CHECK(to_text(list, /*color=*/false) ==
        "line  bytes  kind               statement\n"
        "   1     26  ordinary           CREATE TABLE t ( a int )\n"
        "   4      6  non_transactional  VACUUM\n");
  list.count_only = true;
  CHECK(to_text(list, /*color=*/false) == "2\n");
}
