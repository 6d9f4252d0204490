// log: the runs that the database remembers.

#include <string>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

/// A run that applied, one that failed, one that went down.
void make_runs(const Workspace& workspace) {
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (x integer);\n");
  workspace.write("migrations/20260101120000_a.down.sql", "DROP TABLE a;\n");
  workspace.run({"up"});
  workspace.write("migrations/20260102120000_b.sql", "CREATE TABEL b (x integer);\n");
  workspace.run({"up"});
  workspace.run({"down"});
}

}  // namespace

TEST_CASE("the log shows each run with the newest first and errors below", "[log]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  make_runs(workspace);

  const Finished log = workspace.run({"log"});

  CHECK(log.exit_code == 0);
  const auto down = log.out.find("  down "), failed = log.out.find("  failed "), done = log.out.find("  done ", failed);
  CHECK(down < failed);
  CHECK(failed < done);
  CHECK_THAT(log.out, ContainsSubstring("\n  migration \"20260102120000_b.sql\" failed: "));
  CHECK_THAT(log.out, ContainsSubstring("1 migration"));
  CHECK_THAT(log.out, ContainsSubstring("\n3 runs.\n"));
}

TEST_CASE("a first run whose first migration fails is in the log", "[log]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABEL a (x integer);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(workspace.run({"log"}).out, ContainsSubstring("\n1 run.\n"));
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (x integer);\n");
  CHECK(workspace.run({"up"}).exit_code == 0);
  CHECK_THAT(workspace.run({"log"}).out, ContainsSubstring("\n2 runs.\n"));
}

TEST_CASE("a run is logged with the time and the migrations it took wherever its record is written", "[log]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (x integer);\n");
  workspace.write("migrations/20260102120000_b.sql", "CREATE TABLE b (x integer);\n");
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"sqlite:unused.db\"\n" +
                                      GENERATE(std::string(), std::string("[hooks]\nafter_migrate = [\"CREATE TABLE c (x integer)\"]\n")));
  workspace.run({"up"});

  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("runs")) == "1");
  CHECK(workspace.value("SELECT migrations FROM " + workspace.ledger("runs")) == "2");
  CHECK(workspace.value("SELECT outcome FROM " + workspace.ledger("runs")) == "done");
  CHECK(workspace.value("SELECT CASE WHEN took_ms < 0 THEN 'negative' ELSE 'some' END FROM " + workspace.ledger("runs")) == "some");
}

TEST_CASE("the log can be cut short", "[log]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  make_runs(workspace);

  const Finished log = workspace.run({"log", "-n", "1"});
  const Finished wrong = workspace.run({"log", "-n", "few"});

  CHECK_THAT(log.out, ContainsSubstring("1 of 3 runs; -n N shows more."));
  CHECK_THAT(log.out, !ContainsSubstring("failed"));
  CHECK(wrong.exit_code == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("\"few\" is not the number of runs to show"));
}

TEST_CASE("the log of a database that seedbed never worked on is empty", "[log]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished log = workspace.run({"log"});

  CHECK(log.exit_code == 0);
  CHECK_THAT(log.out, ContainsSubstring("No run is recorded.\n"));
  CHECK(workspace.untouched());
}

TEST_CASE("the log names who ran what and from which commit", "[log]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.program()
      .environment("SEEDBED_OPERATOR", "ada")
      .environment("SEEDBED_GIT_COMMIT", "0123456789abcdef")
      .run({"up", "--url", workspace.database().url()});

  const Finished log = workspace.run({"log"});
  const Finished json = workspace.run({"log", "--format", "json"});
  const Finished markdown = workspace.run({"log", "--format", "markdown"});

  CHECK_THAT(log.out, ContainsSubstring("ada@"));
  CHECK_THAT(log.out, ContainsSubstring("01234567"));
  CHECK_THAT(json.out, ContainsSubstring("\"git_commit\": \"0123456789abcdef\""));
  CHECK_THAT(json.out, ContainsSubstring("\"schema\": \"seedbed.log/1\""));
  CHECK_THAT(markdown.out, ContainsSubstring("| ada@"));
}
