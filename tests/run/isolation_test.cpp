// Plugins in processes of their own: the same results, and no crash or loop that takes the host along.

#include <signal.h>

#include <chrono>
#include <string>

#include "plugins/reference_application.hpp"
#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/faults.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

Finished seed_with(Workspace& workspace, const std::string& fixture, std::vector<std::string> arguments) {
  workspace.write_customer_migration();
  workspace.add_fixture(fixture);
  return workspace.run(std::move(arguments));
}

std::string with_password(const std::string& url) {
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "password=not-to-be-seen";
}

constexpr const char* kLocal =
    "default_environment = \"local\"\n[environments.local]\ntier = \"development\"\n[environments.local.parameters.sits_in_sql]\nhow = \"";

/// Each row of customer takes the database for ever.
std::string endless_trigger(Engine engine) {
  if (engine == Engine::postgres) {
    return "CREATE FUNCTION sleep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(100); RETURN NEW; END';\n"
           "CREATE TRIGGER sleeps BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION sleep();\n";
  }
  return "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS i FROM n;\n"
         "CREATE TRIGGER sleeps BEFORE INSERT ON customer BEGIN SELECT i FROM endless; END;\n";
}

}  // namespace

TEST_CASE("the reference application is the same from plugins in processes of their own", "[run]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  ReferenceApplication mapped(engine);
  ReferenceApplication isolated(engine);

  mapped.run({"up"});
  const Finished up = isolated.run({"up", "--isolate"});

  CHECK(isolated.contents() == mapped.contents());
  CHECK_THAT(up.out, ContainsSubstring("28 inserted    1 unchanged"));
  CHECK_THAT(isolated.run({"up", "--isolate"}).out, ContainsSubstring("nothing changed"));
}

TEST_CASE("a plugin has the whole session and not the host's standard output", "[run]") {
  const bool isolated = GENERATE(false, true);
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished up = seed_with(workspace, "talks", isolated ? std::vector<std::string>{"up", "--isolate", "-v", "--format", "json"}
                                                             : std::vector<std::string>{"up", "-v", "--format", "json"});

  CHECK(up.exit_code == 0);
  CHECK(up.out.front() == '{');
  CHECK_THAT(up.err, ContainsSubstring("a plugin's own words"));
  CHECK_THAT(up.err, ContainsSubstring("talk7@example.test"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1000");
  CHECK(workspace.value("SELECT name FROM customer WHERE email = 'talk7@example.test'") == "Ada");
}

TEST_CASE("an isolated plugin that crashes is an error and leaves nothing", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished up = seed_with(workspace, "crashes", {"up", "--isolate"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"crashes\" failed: it crashed: signal 11 (Segmentation fault)"));
  CHECK_THAT(up.out, ContainsSubstring("1 applied"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("an isolated plugin that ends its process is an error and leaves nothing", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished up = seed_with(workspace, "calls_exit", {"up", "--isolate"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"calls_exit\" failed: it ended its process with status 0"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a plugin that does not come back is stopped after its time", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished up = seed_with(workspace, "loops", {"up", "--timeout", "1s"});

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"loops\" failed: it had not ended after 1.0 s"));
  CHECK_THAT(up.err, ContainsSubstring("Give it more time with --timeout."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a plugin that sits in SQL is stopped after its time", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string how = GENERATE("exec", "query", "writer");
  if (how == "writer") workspace.write("migrations/20260102120000_sleep.sql", endless_trigger(workspace.engine()));
  workspace.write("seedbed.toml", kLocal + how + "\"\n");
  workspace.write_customer_migration();
  workspace.add_fixture("sits_in_sql");
  Running running = workspace.start({"up", "--timeout", "1s"});

  const Finished up = running.wait(std::chrono::seconds(20));

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"sits_in_sql\" failed: it had not ended after 1.0 s"));
  CHECK_THAT(up.err, ContainsSubstring("Give it more time with --timeout."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
  CHECK(workspace.value("SELECT outcome FROM " + workspace.ledger("runs")) == "failed");
}

TEST_CASE("a proof goes on after a plugin that sits in SQL was stopped", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("seedbed.toml", kLocal + std::string("exec\"\n"));
  workspace.write_seeder("a_customer", insert_customer("a"));
  workspace.write_seeder("z_customer", insert_customer("z"));
  workspace.write_customer_migration();
  workspace.add_fixture("sits_in_sql");
  REQUIRE(workspace.run({"up", "--no-seed"}).exit_code == 0);

  const Finished prove = workspace.run({"prove", "--timeout", "1s"});

  CHECK(prove.exit_code == 1);
  CHECK_THAT(prove.out, ContainsSubstring("the first pass failed: it had not ended after 1.0 s"));
  CHECK_THAT(prove.out, ContainsSubstring("1 failed, 2 proved"));
}

TEST_CASE("an interrupt reaches a run whose isolated plugin does not come back", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("loops");

  Running up = workspace.start({"up", "--isolate", "-v"});
  up.wait_for_output("seeder_started");
  up.signal(SIGINT);

  CHECK(up.wait().exit_code == 130);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("an isolated plugin's own failure and the database's refusals are told as ever", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string fixture = GENERATE("reports_failure", "throws_exception", "throws_int", "missing_table",
                                       "key_without_index", "ends_transaction", "null_key", "short_writer");
  workspace.write_customer_migration();
  workspace.add_fixture(fixture);
  REQUIRE(workspace.run({"up", "--no-seed"}).exit_code == 0);

  const Finished mapped = workspace.run({"up"});
  const Finished isolated = workspace.run({"up", "--isolate"});

  CHECK(mapped.exit_code != 0);
  CHECK(isolated.exit_code == mapped.exit_code);
  CHECK(isolated.err == mapped.err);
}

TEST_CASE("an isolated plugin that cannot be loaded is refused as ever", "[run]") {
  Workspace workspace(Engine::sqlite);
  const std::string fixture = GENERATE("wrong_table_abi", "missing_entry", "undefined_symbol", "undeclared_seeder");
  workspace.write_customer_migration();
  workspace.add_fixture(fixture);

  const Finished mapped = workspace.run({"up"});
  const Finished isolated = workspace.run({"up", "--isolate"});

  CHECK(mapped.exit_code == 6);
  CHECK(isolated.exit_code == 6);
  CHECK(isolated.err == mapped.err);
  CHECK(workspace.untouched());
}

TEST_CASE("a plugin's process does not see the database's password", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.add_fixture("sees_environment");
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\ntier = \"development\"\nurl = \"${DATABASE_URL}\"\n");
  Program program = workspace.program();
  program.environment("DATABASE_URL", with_password(workspace.database().url()));

  const Finished mapped = program.run({"up"});
  const Finished isolated = program.run({"up", "--isolate"});

  CHECK_THAT(mapped.err, ContainsSubstring("the URL is to be seen"));
  CHECK_THAT(isolated.err, ContainsSubstring("the URL is hidden"));
}

TEST_CASE("without proc a plugin is refused and the hint mounts it", "[isolation]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("plain_c");
  const bool isolate = GENERATE(false, true);
  Program program = workspace.program();
  preload_faults(program, "SEEDBED_TEST_NO_PROC", 1);
  std::vector<std::string> words{"up", "--url", workspace.database().url()};
  if (isolate) words.emplace_back("--isolate");

  const Finished up = program.run(words);

  CHECK(up.exit_code == 6);
  CHECK_THAT(up.err, ContainsSubstring(isolate ? "There is no /proc/self/exe" : "there is no /proc/self/fd"));
  CHECK_THAT(up.err, ContainsSubstring("Mount it: mount -t proc proc /proc"));
  CHECK(workspace.untouched());
}

TEST_CASE("the word by which a plugin's process is started is no command", "[run]") {
  Workspace workspace(Engine::sqlite);

  const Finished run = workspace.program().run({"plugin-process", "a.so"});

  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, ContainsSubstring("it is no command"));
}
