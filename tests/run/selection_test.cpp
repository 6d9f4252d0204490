// Which seeders run, in which order, and what is refused before any of them does.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

std::string toml(const std::string& rest) {
  return "default_environment = \"local\"\n" + rest + "[environments.local]\nurl = \"sqlite:unused.db\"\n";
}

std::string after(const std::string& names) {
  return "after = [" + names + "]\nwrites = [\"customer\"]\n";
}

}  // namespace

TEST_CASE("a seeder that is named and does not exist is refused with the nearest name", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("ada@example.test"));
  workspace.write("seedbed.toml", toml("") + "seeders = [\"custmers\"]\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"custmers\" does not exist (named in seedbed.toml:4)"));
  CHECK_THAT(up.err, ContainsSubstring("Perhaps \"customers\" is meant."));
  CHECK(workspace.untouched());
}

TEST_CASE("an order against a dependency is refused with the path", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("alpha", insert_customer("a"), after("\"beta\""));
  workspace.write_seeder("beta", insert_customer("b"), after("\"gamma\""));
  workspace.write_seeder("gamma", insert_customer("c"));
  workspace.write("seedbed.toml", toml("[seeders]\norder = [\"alpha\", \"gamma\"]\n"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("the order puts \"alpha\" before \"gamma\", on which it depends"));
  CHECK_THAT(up.err, ContainsSubstring("alpha -> beta -> gamma"));
  CHECK(workspace.untouched());
}

TEST_CASE("an order against a dependency is found between names that are not neighbours", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  workspace.write_seeder("alpha", insert_customer("a"), after("\"gamma\""));
  workspace.write_seeder("beta", insert_customer("b"));
  workspace.write_seeder("gamma", insert_customer("c"));
  workspace.write("seedbed.toml", toml("[seeders]\norder = [\"alpha\", \"beta\", \"gamma\"]\n"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("the order puts \"alpha\" before \"gamma\", on which it depends"));
}

TEST_CASE("a dependency that does not exist is refused", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("orders", insert_customer("a"), after("\"customer\""));
  workspace.write_seeder("customers", insert_customer("b"));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"orders\" depends on \"customer\", which does not exist"));
  CHECK_THAT(up.err, ContainsSubstring("Perhaps \"customers\" is meant."));
  CHECK(workspace.untouched());
}

TEST_CASE("a circle of dependencies is refused with its whole path", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("alpha", insert_customer("a"), after("\"beta\""));
  workspace.write_seeder("beta", insert_customer("b"), after("\"gamma\""));
  workspace.write_seeder("gamma", insert_customer("c"), after("\"alpha\""));

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("in a circle: alpha -> beta -> gamma -> alpha"));
  CHECK(workspace.untouched());
}

TEST_CASE("two seeders of one name are refused with both places", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.write("plugins/people/seeder.toml", "name = \"customers\"\nversion = \"2.0.0\"\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("two seeders are named \"customers\""));
  CHECK_THAT(up.err, ContainsSubstring("plugins/customers"));
  CHECK_THAT(up.err, ContainsSubstring("plugins/people"));
  CHECK(workspace.untouched());
}

TEST_CASE("a seeder of a lower tier that is named is refused and nothing is applied", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("test_users", insert_customer("a"), "tier = \"development\"\nwrites = [\"customer\"]\n");
  workspace.write("seedbed.toml", "[environments.staging]\ntier = \"staging\"\nurl = \"sqlite:unused.db\"\n"
                                  "seeders = [\"test_users\"]\n");

  const Finished up = workspace.run({"up", "--env", "staging"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"test_users\" may not run in environment \"staging\""));
  CHECK_THAT(up.err, ContainsSubstring("Its tier is development, the environment's is staging."));
  CHECK(workspace.untouched());
}

TEST_CASE("a star leaves out what a tier forbids and plugins says why", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("test_users", insert_customer("test"), "tier = \"development\"\nwrites = [\"customer\"]\n");
  workspace.write_seeder("customers", insert_customer("real"), "tier = \"staging\"\nwrites = [\"customer\"]\n");

  const Finished up = workspace.run({"up", "--tier", "staging"});
  const Finished plugins = workspace.run({"plugins", "--tier", "staging"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT email FROM customer") == "real");
  CHECK_THAT(plugins.out, ContainsSubstring("no: its tier is development, this environment's is staging"));
}

TEST_CASE("a seeder is left out by an exclamation mark", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.write_seeder("demo", insert_customer("b"));
  workspace.write("seedbed.toml", toml("") + "seeders = [\"*\", \"!demo\"]\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT email FROM customer") == "a");
}

TEST_CASE("seed runs the named seeder after what it depends on and no other", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("alpha", "UPDATE customer SET name = 'seen' WHERE email = 'b';\n", after("\"beta\""));
  workspace.write_seeder("beta", insert_customer("b"));
  workspace.write_seeder("gamma", insert_customer("c"));
  workspace.run({"up", "--no-seed"});

  const Finished seed = workspace.run({"seed", "alpha"});

  CHECK(seed.exit_code == 0);
  CHECK(workspace.database().rows("SELECT email, name FROM customer") ==
        std::vector<std::vector<std::string>>{{"b", "seen"}});
}

TEST_CASE("seed with a name that no seeder has is refused", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.run({"up", "--no-seed"});

  const Finished seed = workspace.run({"seed", "customer"});

  CHECK(seed.exit_code == 2);
  CHECK_THAT(seed.err, ContainsSubstring("seeder \"customer\" does not exist (named in the command line)"));
  CHECK_THAT(seed.err, ContainsSubstring("Perhaps \"customers\" is meant."));
}

TEST_CASE("a parameter is checked against the declaration before anything runs", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"),
                         "writes = [\"customer\"]\n[parameters.amount]\ndefault = 3\n");
  const std::string head = toml("") + "[environments.local.parameters.customers]\n";

  workspace.write("seedbed.toml", head + "amuont = 4\n");
  const Finished unknown = workspace.run({"up"});
  workspace.write("seedbed.toml", head + "amount = \"four\"\n");
  const Finished wrong_type = workspace.run({"up"});

  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("seeder \"customers\" has no parameter \"amuont\" (set in seedbed.toml:5)"));
  CHECK_THAT(unknown.err, ContainsSubstring("Perhaps \"amount\" is meant."));
  CHECK(wrong_type.exit_code == 2);
  CHECK_THAT(wrong_type.err,
             ContainsSubstring("parameter \"amount\" of seeder \"customers\" is a whole number, not a text"));
  CHECK(workspace.untouched());
}
