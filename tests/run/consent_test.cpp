// What is destroyed above tier development only when somebody has typed what it is.

#include "ledger/run_lock.hpp"
#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using namespace std::chrono_literals;
using seedbed::host::Engine;
using seedbed::host::RunLock;

namespace {

constexpr const char* kStaging = "default_environment = \"staging\"\n[environments.staging]\ntier = \"staging\"\nurl = \"sqlite:unused.db\"\n";

/// A staging database with one customer, whose migration can be reverted, and a half-applied file.
void write_staging(const Workspace& workspace) {
  workspace.write("seedbed.toml", kStaging);
  workspace.write("migrations/20260101120000_create_customer.sql",
                  "CREATE TABLE customer (email TEXT NOT NULL PRIMARY KEY, name TEXT);\n-- seedbed: down\nDROP TABLE IF EXISTS customer;\n");
  workspace.write_seeder("customers", insert_customer("a"), "tier = \"production\"\nwrites = [\"customer\"]\n");
  workspace.run({"up"});
}

void write_half_applied(const Workspace& workspace) {
  workspace.write("migrations/20260103120000_half.sql",
                  "-- seedbed: no-transaction\nCREATE TABLE half (x integer);\nINSERT INTO nowhere VALUES (1);\n");
  workspace.run({"up"});
}

std::string phrase(const Finished& refused) {
  const std::string start = "--confirm \"";
  const auto at = refused.err.find(start);
  INFO(refused.err);
  REQUIRE(at != std::string::npos);
  return refused.err.substr(at + start.size(), refused.err.find('"', at + start.size()) - at - start.size());
}

std::string customers(Workspace& workspace) { return workspace.value("SELECT count(*) FROM customer"); }

std::string database_name(Workspace& workspace) {
  if (workspace.engine() == Engine::postgres) return workspace.value("SELECT current_database()");
  return std::filesystem::path(workspace.database().url().substr(7)).filename().string();
}

std::string id(Workspace& workspace) { return workspace.value("SELECT id FROM " + workspace.ledger("identity")).substr(0, 8); }

}  // namespace

TEST_CASE("a reset above development shows the phrase that it needs and takes no other", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);

  const Finished refused = workspace.run({"reset", "--no-seed"});
  const Finished guessed = workspace.run({"reset", "--no-seed", "--confirm", "yes"});
  const std::string kept = customers(workspace);
  const Finished done = workspace.run({"reset", "--confirm", phrase(refused), "--no-seed"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("reset is refused in tier staging without consent"));
  CHECK_THAT(refused.err, ContainsSubstring("It drops 1 object with 1 row, in "));
  CHECK_THAT(refused.err, ContainsSubstring("          seedbed reset --no-seed --url "));
  CHECK(phrase(refused) == "reset " + database_name(workspace) + " " + id(workspace) + " 1 row");
  CHECK(guessed.exit_code == 4);
  CHECK_THAT(guessed.err, ContainsSubstring("the phrase of --confirm is not what is at stake now"));
  CHECK_THAT(guessed.err, ContainsSubstring("It says: yes"));
  CHECK(kept == "1");
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK(customers(workspace) == "0");
}

TEST_CASE("a phrase holds no longer than the facts in it", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::vector<std::string> command = GENERATE(std::vector<std::string>{"reset"}, std::vector<std::string>{"seed", "--clear"},
                                                    std::vector<std::string>{"down"});
  write_staging(workspace);
  const std::string before = phrase(workspace.run(command));
  workspace.database().execute("INSERT INTO customer VALUES ('made by a person', 'x')");
  std::vector<std::string> words = command;
  words.insert(words.end(), {"--confirm", before});

  const Finished refused = workspace.run(words);
  words.back() = phrase(refused);
  const std::string kept = customers(workspace);
  const Finished done = workspace.run(words);

  CHECK(refused.exit_code == 4);
  CHECK(words.back() != before);
  CHECK_THAT(words.back(), ContainsSubstring(" 2 rows"));
  CHECK(kept == "2");
  INFO(done.err);
  CHECK(done.exit_code == 0);
}

TEST_CASE("one command's phrase is not another's", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  const std::string to_clear = phrase(workspace.run({"seed", "--clear"}));

  const Finished reset = workspace.run({"reset", "--confirm", to_clear});
  const Finished down = workspace.run({"down", "--confirm", to_clear});

  CHECK(reset.exit_code == 4);
  CHECK(down.exit_code == 4);
  CHECK(customers(workspace) == "1");
}

TEST_CASE("clearing above development needs the phrase of the rows that go", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  workspace.database().execute("INSERT INTO customer VALUES ('made by a person', 'x')");

  const Finished refused = workspace.run({"seed", "--clear"});
  const Finished done = workspace.run({"seed", "--clear", "--confirm", phrase(refused)});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("clear is refused in tier staging without consent"));
  CHECK_THAT(refused.err, ContainsSubstring("It deletes 2 rows of "));
  CHECK(done.exit_code == 0);
  CHECK(customers(workspace) == "1");
}

TEST_CASE("clearing says which truncating files it runs", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  workspace.write("plugins/customers/_truncate.sql", "DELETE FROM customer;\n");

  const Finished refused = workspace.run({"seed", "--clear"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("and runs \"" + workspace.path("plugins/customers/_truncate.sql").string() + "\", whose rows are not counted"));
  CHECK(customers(workspace) == "1");
  CHECK(workspace.run({"seed", "--clear", "--confirm", phrase(refused)}).exit_code == 0);
}

TEST_CASE("a phrase means nothing to a seed that clears nothing", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished seed = workspace.run({"seed", "--confirm", "x"});

  CHECK(seed.exit_code == 2);
  CHECK_THAT(seed.err, ContainsSubstring("\"--confirm\" has no meaning without \"--clear\""));
}

TEST_CASE("a down above development needs the phrase with its migrations", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);

  const Finished refused = workspace.run({"down"});
  const Finished done = workspace.run({"down", "--confirm", phrase(refused)});
  const Finished nothing_left = workspace.run({"down"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("down 20260101120000 is refused in tier staging without consent"));
  CHECK_THAT(refused.err, ContainsSubstring("It reverts 1 migration, and the tables that are dropped have 1 row"));
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK_THAT(done.out, ContainsSubstring("1 migration reverted"));
  CHECK(nothing_left.exit_code == 0);
}

TEST_CASE("abandoning above development needs the phrase with its statements", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  write_half_applied(workspace);

  const Finished refused = workspace.run({"repair", "--abandon", "20260103120000"});
  const std::string kept = workspace.value("SELECT count(*) FROM " + workspace.ledger("statements"));
  const Finished done = workspace.run({"repair", "--abandon", "20260103120000", "--confirm", phrase(refused)});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("abandon 20260103120000 is refused in tier staging without consent"));
  CHECK(phrase(refused) == "abandon 20260103120000 " + database_name(workspace) + " " + id(workspace) + " 1 statement");
  CHECK(kept == "1");
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("statements")) == "0");
}

TEST_CASE("consent comes from the command line alone", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  const std::string wanted = phrase(workspace.run({"reset"}));
  const std::vector<std::string> reset{"reset", "--url", workspace.database().url()};

  const Finished variable = workspace.program().environment("SEEDBED_CONFIRM", wanted).environment("CONFIRM", wanted).run(reset);
  workspace.write(".env", "SEEDBED_CONFIRM='" + wanted + "'\n");
  const Finished file = workspace.program().run(reset);
  const Finished typed_in = workspace.program().input(wanted + "\ny\nyes\n").run(reset);
  workspace.write("seedbed.toml", std::string(kStaging) + "confirm = \"" + wanted + "\"\n");
  const Finished setting = workspace.program().run(reset);

  CHECK(variable.exit_code == 4);
  CHECK(file.exit_code == 4);
  CHECK(typed_in.exit_code == 4);
  CHECK(setting.exit_code == 2);
  CHECK(customers(workspace) == "1");
}

TEST_CASE("what is at stake is read again under the lock", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::vector<std::string> command = GENERATE(std::vector<std::string>{"reset"}, std::vector<std::string>{"seed", "--clear"},
                                                    std::vector<std::string>{"down"});
  write_staging(workspace);
  std::vector<std::string> words = command;
  words.insert(words.end(), {"--confirm", phrase(workspace.run(command))});
  const seedbed::host::DatabaseUrl url = seedbed::host::parse_url(workspace.database().url(), "/");
  const auto connection = seedbed::host::connect(url, {});
  std::optional<RunLock> held(std::in_place, *connection, url, 1s);

  Running waiting = workspace.start(words);
  waiting.wait_for_output("waiting_for_lock");
  workspace.database().execute("INSERT INTO customer VALUES ('made by a person', 'x')");
  held.reset();
  const Finished refused = waiting.wait();

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("the phrase of --confirm is not what is at stake now"));
  CHECK(customers(workspace) == "2");
}

TEST_CASE("consent is asked for before another run is waited for", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  std::vector<std::string> command = GENERATE(std::vector<std::string>{"reset"}, std::vector<std::string>{"seed", "--clear"},
                                              std::vector<std::string>{"down"}, std::vector<std::string>{"stamp", "--identity", "--tier", "development"});
  const seedbed::host::DatabaseUrl url = seedbed::host::parse_url(workspace.database().url(), "/");
  const auto connection = seedbed::host::connect(url, {});
  const RunLock held(*connection, url, 1s);

  command.insert(command.end(), {"--lock-timeout", "0"});
  const Finished refused = workspace.run(command);

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring(" is refused in tier staging without consent"));
}

TEST_CASE("what an identity protects is read again under the lock", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  const std::vector<std::string> command{"stamp", "--identity", "--tier", "development"};
  std::vector<std::string> words = command;
  words.insert(words.end(), {"--confirm", phrase(workspace.run(command))});
  const seedbed::host::DatabaseUrl url = seedbed::host::parse_url(workspace.database().url(), "/");
  const auto connection = seedbed::host::connect(url, {});
  std::optional<RunLock> held(std::in_place, *connection, url, 1s);

  Running waiting = workspace.start(words);
  waiting.wait_for_output("waiting_for_lock");
  workspace.database().execute("DELETE FROM " + workspace.ledger("migrations"));
  held.reset();
  const Finished refused = waiting.wait();

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("the phrase of --confirm is not what is at stake now"));
  CHECK(workspace.value("SELECT tier FROM " + workspace.ledger("identity")) == "staging");
}

TEST_CASE("what is protected takes no consent", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  const std::string to_reset = phrase(workspace.run({"reset"}));
  const std::string to_clear = phrase(workspace.run({"seed", "--clear"}));
  workspace.write("seedbed.toml", std::string(kStaging) + "protected = true\n");

  const Finished reset = workspace.run({"reset", "--confirm", to_reset});
  const Finished clear = workspace.run({"seed", "--clear", "--confirm", to_clear});

  CHECK(reset.exit_code == 4);
  CHECK_THAT(reset.err, ContainsSubstring("reset is refused: environment \"staging\" is protected"));
  CHECK(clear.exit_code == 4);
  CHECK_THAT(clear.err, ContainsSubstring("clearing is refused: environment \"staging\" is protected"));
  CHECK(customers(workspace) == "1");
}

TEST_CASE("production is protected unless it is said that it is not", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string production = "default_environment = \"live\"\n[environments.live]\ntier = \"production\"\nurl = \"sqlite:unused.db\"\n";
  workspace.write_customer_migration();
  workspace.write("seedbed.toml", production);
  workspace.run({"up"});

  const Finished is_protected = workspace.run({"reset", "--confirm", "x"});
  workspace.write("seedbed.toml", production + "protected = false\n");
  const Finished refused = workspace.run({"reset"});
  const Finished done = workspace.run({"reset", "--confirm", phrase(refused)});

  CHECK(is_protected.exit_code == 4);
  CHECK_THAT(is_protected.err, ContainsSubstring("reset is refused: environment \"live\" is protected"));
  CHECK_THAT(is_protected.err, ContainsSubstring("That is the default in tier production"));
  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("reset is refused in tier production without consent"));
  CHECK(done.exit_code == 0);
}

TEST_CASE("development asks for no consent", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_create_customer.sql",
                  "CREATE TABLE customer (email TEXT NOT NULL PRIMARY KEY, name TEXT);\n-- seedbed: down\nDROP TABLE customer;\n");
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.run({"up"});

  CHECK(workspace.run({"seed", "--clear"}).exit_code == 0);
  CHECK(workspace.run({"reset"}).exit_code == 0);
  CHECK(workspace.run({"down"}).exit_code == 0);
}

TEST_CASE("a dry run of what is destroyed asks for no consent", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);

  CHECK(workspace.run({"reset", "--dry-run"}).exit_code == 0);
  CHECK(workspace.run({"seed", "--clear", "--dry-run"}).exit_code == 0);
  CHECK(workspace.run({"down", "--dry-run"}).exit_code == 0);
  CHECK(customers(workspace) == "1");
}

TEST_CASE("a refused command that destroys is recorded as refused", "[consent]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_staging(workspace);
  const std::string first = phrase(workspace.run({"reset"}));

  const std::string second = phrase(workspace.run({"reset"}));

  CHECK(first == second);
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("runs") + " WHERE command = 'reset' AND outcome = 'refused'") == "2");
}
