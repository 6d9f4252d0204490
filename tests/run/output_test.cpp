// What a run prints and logs, for people and for machines.

#include <filesystem>
#include <sstream>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/json.hpp"

using namespace seedbed::test;
using nlohmann::json;
using seedbed::host::Engine;

namespace {

std::vector<std::string> events_of(const std::string& log) {
  std::istringstream lines(log);
  std::vector<std::string> events;
  for (std::string line; std::getline(lines, line);) events.push_back(json::parse(line).at("event"));
  return events;
}

}  // namespace

TEST_CASE("the log file has the events of seeding in their order", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("alpha", insert_customer("a"));
  workspace.write_seeder("beta", insert_customer("b"));
  workspace.run({"up", "--no-seed"});

  const Finished seed = workspace.run({"seed", "--log-file", workspace.path("run.log").string()});

  CHECK(seed.exit_code == 0);
  CHECK(seed.err.empty());
  CHECK(events_of(read_file(workspace.path("run.log"))) ==
        std::vector<std::string>{"seeding_started", "seeder_started", "statement_completed", "seeder_completed",
                                 "seeder_started", "statement_completed", "seeder_completed", "seeding_completed"});
}

TEST_CASE("every command prints a document with its schema", "[run]") {
  struct Case {
    std::vector<std::string> arguments;
    std::string schema;
  };
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const Case command = GENERATE(Case{{"up"}, "seedbed.outcome/1"}, Case{{"seed"}, "seedbed.outcome/1"},
                                Case{{"status"}, "seedbed.status/1"}, Case{{"plugins"}, "seedbed.plugins/1"},
                                Case{{"env"}, "seedbed.env/1"}, Case{{"wait"}, "seedbed.wait/1"});
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.run({"up"});
  std::vector<std::string> arguments = command.arguments;
  arguments.insert(arguments.end(), {"--format", "json"});

  const Finished finished = workspace.run(arguments);

  CHECK(finished.exit_code == 0);
  CHECK(finished.err.empty());
  CHECK(json::parse(finished.out).at("schema") == command.schema);
}

TEST_CASE("a failed run is a document that holds its error", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", "INSERT INTO nowhere VALUES (1);\n");

  const json outcome = json::parse(workspace.run({"up", "--format", "json"}).out);

  CHECK(outcome.at("result") == "failed");
  CHECK(outcome.at("migrations").at("applied").size() == 1);
  CHECK(outcome.at("error").at("exit_status") == 1);
  CHECK(outcome.at("error").at("place").at("file") == "plugins/customers/01_rows.sql");
  CHECK(outcome.at("error").at("place").at("line") == 1);
}

TEST_CASE("a refusal is a document", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();

  const Finished seed = workspace.run({"seed", "--format", "json"});

  CHECK(seed.exit_code == 3);
  CHECK(json::parse(seed.out).at("error").at("exit_status") == 3);
}

TEST_CASE("up and status print what a person has read once", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  workspace.write_seeder("alpha", insert_customer("a"));
  workspace.add_fixture("plain_c");
  const auto shown = [&](const Finished& finished) { return workspace.shown(finished); };

  check_golden("run/status_before.txt", shown(workspace.run({"status"})));
  check_golden("run/dry_run.txt", shown(workspace.run({"up", "--dry-run"})));
  check_golden("run/up.txt", shown(workspace.run({"up"})));
  check_golden("run/up_again.txt", shown(workspace.run({"up"})));
  check_golden("run/status_after.txt", shown(workspace.run({"status"})));
}

TEST_CASE("status tells by its exit status whether something is pending", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));

  const Finished before = workspace.run({"status", "--exit-code"});
  const bool untouched = workspace.untouched();
  const Finished without_option = workspace.run({"status"});
  workspace.run({"up", "--no-seed"});
  const Finished between = workspace.run({"status", "--exit-code"});
  workspace.run({"up"});
  const Finished after = workspace.run({"status", "--exit-code"});

  CHECK(before.exit_code == 3);
  CHECK(untouched);
  CHECK(without_option.exit_code == 0);
  CHECK(between.exit_code == 3);
  CHECK_THAT(between.out, ContainsSubstring("1 seeder pending."));
  CHECK(after.exit_code == 0);
}

TEST_CASE("quiet prints nothing but errors", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));

  const Finished up = workspace.run({"up", "-q"});

  CHECK(up.exit_code == 0);
  CHECK(up.out.empty());
  CHECK(up.err.empty());
}

TEST_CASE("a run records who did what where in the ledger", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));

  workspace.program()
      .environment("SEEDBED_OPERATOR", "ada")
      .environment("GITHUB_SHA", "0123abc")
      .run({"up", "--url", workspace.database().url()});

  CHECK(workspace.database().rows("SELECT command, environment, tier, operator, git_commit, outcome, migrations, inserted FROM " +
                                  workspace.ledger("runs")) ==
        std::vector<std::vector<std::string>>{{"up", "local", "development", "ada", "0123abc", "done", "1", "1"}});
}
