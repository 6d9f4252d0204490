// repair: edited files accepted, half-applied ones shown and abandoned.

#include <filesystem>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
using Rows = std::vector<std::vector<std::string>>;

namespace {

constexpr const char* kHalf = "migrations/20260103120000_half.sql";
constexpr const char* kBeginning = "-- seedbed: no-transaction\nCREATE TABLE half (x integer);\n\nINSERT INTO half VALUES (1);\n";

/// customer is applied and then edited.
void write_edited(const Workspace& workspace) {
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.write("migrations/20260101120000_create_customer.sql", "CREATE TABLE customer (email TEXT);\n");
}

/// A file outside a transaction that stopped at the third of its statements.
void write_half_applied(const Workspace& workspace) {
  workspace.write(kHalf, std::string(kBeginning) + "INSERT INTO nowhere VALUES (1);\n");
  workspace.run({"up"});
}

std::string statements(Workspace& workspace) { return workspace.value("SELECT count(*) FROM " + workspace.ledger("statements")); }

}  // namespace

TEST_CASE("repair shows that nothing is wrong", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();

  const Finished before = workspace.run({"repair"});
  const bool untouched = workspace.untouched();
  workspace.run({"up"});
  const Finished after = workspace.run({"repair"});

  CHECK(before.exit_code == 0);
  CHECK(untouched);
  CHECK(after.exit_code == 0);
  CHECK_THAT(after.out, ContainsSubstring("Nothing needs to be repaired."));
}

TEST_CASE("repair shows what is wrong and what would mend it", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_edited(workspace);
  write_half_applied(workspace);
  workspace.run({"repair", "--accept", "20260101120000"});
  write_half_applied(workspace);
  workspace.write("migrations/20260101120000_create_customer.sql", "CREATE TABLE customer (id TEXT);\n");

  const Finished repair = workspace.run({"repair"});

  CHECK(repair.exit_code == 0);
  CHECK_THAT(repair.out, ContainsSubstring("edited  20260101120000_create_customer.sql\n"));
  CHECK_THAT(repair.out, ContainsSubstring("seedbed repair --accept 20260101120000"));
  CHECK_THAT(repair.out, ContainsSubstring("failed  20260103120000_half.sql\n"));
  CHECK_THAT(repair.out, ContainsSubstring("at statement 3 of 3 (line 5); these took effect:\n"));
  CHECK_THAT(repair.out, ContainsSubstring("line 2  CREATE TABLE half (x integer)\n"));
  CHECK_THAT(repair.out, ContainsSubstring("goes on at line 5"));
  CHECK_THAT(repair.out, ContainsSubstring("seedbed repair --abandon 20260103120000"));
}

TEST_CASE("an accepted edit is no edit any more", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_edited(workspace);

  const Finished refused = workspace.run({"up"});
  const Finished repair = workspace.run({"repair", "--accept", "20260101120000"});
  const Finished up = workspace.run({"up"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("seedbed repair --accept 20260101120000"));
  CHECK(repair.exit_code == 0);
  CHECK_THAT(repair.out, ContainsSubstring("accepted     20260101120000_create_customer.sql"));
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 up to date"));
  CHECK(workspace.database().rows("SELECT command, outcome, migrations FROM " + workspace.ledger("runs") +
                                  " ORDER BY started_at") == Rows{{"up", "done", "1"}, {"up", "refused", "0"}, {"repair", "done", "1"}});
}

TEST_CASE("all edits can be accepted at once", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260102120000_b.sql", "CREATE TABLE b (x integer);\n");
  write_edited(workspace);
  workspace.write("migrations/20260102120000_b.sql", "CREATE TABLE b (y integer);\n");

  const Finished repair = workspace.run({"repair", "--accept", "--all"});
  const Finished again = workspace.run({"repair", "--all"});

  CHECK(repair.exit_code == 0);
  CHECK_THAT(repair.out, ContainsSubstring("2 migrations accepted"));
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("No migration was edited after it was applied."));
}

TEST_CASE("only an edited file can be accepted", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"up"});

  const Finished unedited = workspace.run({"repair", "--accept", "20260101120000"});
  const Finished unknown = workspace.run({"repair", "--accept", "20260101120001"});
  const Finished none = workspace.run({"repair", "--accept"});

  CHECK(unedited.exit_code == 2);
  CHECK_THAT(unedited.err, ContainsSubstring("migration \"20260101120000\" was not edited after it was applied"));
  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("Perhaps \"20260101120000\" is meant."));
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.err, ContainsSubstring("\"--accept\" needs versions, or \"--all\""));
}

TEST_CASE("an abandoned file starts anew", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_half_applied(workspace);
  const std::string before = statements(workspace);

  const Finished repair = workspace.run({"repair", "--abandon", "20260103120000"});
  workspace.database().execute("DROP TABLE half");
  workspace.write(kHalf, kBeginning);
  const Finished up = workspace.run({"up"});

  CHECK(before == "2");
  CHECK(repair.exit_code == 0);
  CHECK_THAT(repair.out, ContainsSubstring("abandoned    20260103120000_half.sql"));
  CHECK_THAT(repair.out, ContainsSubstring("note: Line 2 of 20260103120000_half.sql took effect and stays: CREATE TABLE half (x integer)\n"));
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM half") == "1");
}

TEST_CASE("only a half applied file can be abandoned", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"up"});

  const Finished repair = workspace.run({"repair", "--abandon", "20260101120000"});

  CHECK(repair.exit_code == 2);
  CHECK_THAT(repair.err, ContainsSubstring("migration \"20260101120000\" is not half applied"));
}

TEST_CASE("a half applied file that was edited since names repair", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_half_applied(workspace);
  workspace.write(kHalf, "-- seedbed: no-transaction\nCREATE TABLE other (x integer);\n");

  const Finished up = workspace.run({"up"});
  const Finished repair = workspace.run({"repair"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("seedbed repair --abandon 20260103120000"));
  CHECK_THAT(repair.out, ContainsSubstring("is another in the file by now"));
  CHECK_THAT(repair.out, ContainsSubstring("restore the statements that took effect"));
}

TEST_CASE("a half applied file that is gone can be abandoned", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_half_applied(workspace);
  std::filesystem::remove(workspace.path(kHalf));

  const Finished shown = workspace.run({"repair"});
  const Finished repair = workspace.run({"repair", "--abandon", "20260103120000"});

  CHECK_THAT(shown.out, ContainsSubstring("20260103120000 (its file is not here)"));
  CHECK(repair.exit_code == 0);
  CHECK(statements(workspace) == "0");
}

TEST_CASE("status shows where a half applied file stopped", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_half_applied(workspace);

  const Finished status = workspace.run({"status", "--exit-code"});
  const Finished json = workspace.run({"status", "--format", "json"});

  CHECK(status.exit_code == 3);
  CHECK_THAT(status.out, ContainsSubstring("20260103120000_half.sql  failed at statement 3 of 3 (line 5)\n"));
  CHECK_THAT(status.out, ContainsSubstring("1 migration: 1 failed"));
  CHECK_THAT(json.out, ContainsSubstring("\"state\": \"failed\""));
}

TEST_CASE("a statement whose end nobody noted is shown as in doubt", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_half_applied(workspace);
  workspace.database().execute("INSERT INTO " + workspace.ledger("statements") + " (version, position, hash, ran_at, state) "
                               "VALUES ('20260103120000', 2, 'ab', '2026-01-01T12:00:00.000Z', 'begun')");

  const Finished status = workspace.run({"status"});
  const Finished repair = workspace.run({"repair"});

  CHECK_THAT(status.out, ContainsSubstring("failed at statement 3 of 3 (line 5), which may have taken effect"));
  CHECK_THAT(repair.out, ContainsSubstring("at statement 3 of 3 (line 5), which may have taken effect; these took effect:"));
}

TEST_CASE("status shows stamped migrations as such", "[repair]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"stamp", "latest"});

  const Finished status = workspace.run({"status"});

  CHECK_THAT(status.out, ContainsSubstring("20260101120000_create_customer.sql  stamped"));
  CHECK_THAT(status.out, ContainsSubstring("1 migration: 1 applied\nNothing is pending.\n"));
}

TEST_CASE("repair prints what a person has read once", "[repair]") {
  Workspace workspace(Engine::sqlite);
  write_edited(workspace);
  workspace.run({"repair", "--all"});
  write_half_applied(workspace);
  workspace.write("migrations/20260101120000_create_customer.sql", "CREATE TABLE customer (id TEXT);\n");

  check_golden("run/repair.txt", workspace.shown(workspace.run({"repair"})));
  check_golden("run/repair.md", workspace.shown(workspace.run({"repair", "--format", "markdown"})));
  check_golden("run/repair.json", workspace.shown(workspace.run({"repair", "--format", "json"})));
  check_golden("run/repair_abandon.txt", workspace.shown(workspace.run({"repair", "--abandon", "20260103120000"})));
}
