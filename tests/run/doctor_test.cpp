// What doctor finds, and that it goes on whatever it finds.

#include <signal.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/faults.hpp"
#include "support/pgbouncer.hpp"
#include "support/postgres_url.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
using nlohmann::json;

namespace {

struct Found {
  int exit_code = 0;
  json document;

  /// Those of one topic as "mark what -> to do".
  std::string about(const std::string& topic) const {
    std::string text;
    for (const json& finding : document["findings"]) {
      if (finding["topic"] != topic) continue;
      text += finding["mark"].get<std::string>() + ' ' + finding["what"].get<std::string>();
      if (!finding["to_do"].is_null()) text += " -> " + finding["to_do"].get<std::string>();
      text += '\n';
    }
    return text;
  }
};

Found found(const Finished& finished) {
  INFO(finished.out << finished.err);
  return {finished.exit_code, json::parse(finished.out)};
}

Found doctor(const Workspace& workspace, std::vector<std::string> options = {}) {
  options.insert(options.begin(), {"doctor", "--format", "json"});
  return found(workspace.run(options));
}

/// Of a database other than the workspace's.
Found doctor_of(const Workspace& workspace, const std::string& url, std::vector<std::string> options = {}) {
  options.insert(options.begin(), {"doctor", "--format", "json", "--url", url});
  return found(workspace.program().run(options));
}

}  // namespace

TEST_CASE("all is well in a project that has been seeded", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.add_fixture("plain_c");
  REQUIRE(workspace.run({"up"}).exit_code == 0);

  const Finished text = workspace.run({"doctor"});
  const Found all = doctor(workspace);

  CHECK(text.exit_code == 0);
  CHECK_THAT(text.out, Catch::Matchers::EndsWith("\nAll is well.\n"));
  CHECK(all.document["schema"] == "seedbed.doctor/1");
  CHECK(all.document["problems"] == 0);
  CHECK(all.document["warnings"] == 0);
  CHECK_THAT(all.about("settings"), ContainsSubstring("ok environment \"local\" of tier development"));
  CHECK_THAT(all.about("plugins"), ContainsSubstring("ok 1 seeder found, 1 selected; every library can be loaded"));
  CHECK_THAT(all.about("ledger"), ContainsSubstring("ok version "));
  CHECK(all.about("lock") == "ok free\n");
}

TEST_CASE("doctor writes nothing to a database that is new", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();

  const Found all = doctor(workspace);

  CHECK(all.exit_code == 0);
  CHECK(all.about("ledger") == "ok none yet; the first up makes it\n");
  CHECK(workspace.untouched());
}

TEST_CASE("doctor tells server and role and clock of PostgreSQL and that nothing stands between", "[run]") {
  Workspace workspace(Engine::postgres);

  const Found all = doctor(workspace);
  const Found production = doctor(workspace, {"--tier", "production"});

  CHECK_THAT(all.about("connection"), ContainsSubstring("ok PostgreSQL "));
  CHECK(all.about("pooler") == "ok none: the connection goes straight to the server\n");
  CHECK_THAT(all.about("tls"), ContainsSubstring("does not leave this machine"));
  CHECK(all.about("clock") == "ok the server's agrees with this machine's\n");
  CHECK_THAT(all.about("role"), ContainsSubstring("ok postgres is a superuser"));
  CHECK_THAT(production.about("role"), ContainsSubstring("warning postgres is a superuser") && ContainsSubstring("-> Give seedbed a role of its own"));
  CHECK_THAT(production.about("plugin lock"), ContainsSubstring("warning there is none") && ContainsSubstring("seedbed plugins lock"));
  CHECK(production.exit_code == 0);
}

TEST_CASE("doctor warns of clocks that differ", "[run]") {
  Workspace workspace(Engine::postgres);
  const auto [shift, words] = GENERATE(table<long, std::string>({
      {60, "warning the server's is 60.0 s behind this machine's -> Let both follow a time server"},
      {-60, "warning the server's is 60.0 s ahead of this machine's -> Let both follow a time server"},
      {2, "ok the server's agrees with this machine's\n"},
  }));
  Program program = workspace.program();
  preload_faults(program, "SEEDBED_TEST_CLOCK_SHIFT", shift);

  CHECK_THAT(found(program.run({"doctor", "--format", "json", "--url", workspace.database().url()})).about("clock"), ContainsSubstring(words));
}

TEST_CASE("doctor tells a restored copy and another server by the server's marks", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  workspace.database().execute("UPDATE seedbed.identity SET database_oid = '5'");

  const Found same = doctor(workspace);
  const Found other = doctor(workspace, {"--tier", "staging"});

  CHECK(same.exit_code == 0);
  CHECK_THAT(same.about("identity"), ContainsSubstring("warning environment \"local\" of tier development") &&
                                         ContainsSubstring("on another server than it remembers: oid of the database ") &&
                                         ContainsSubstring("-> After an upgrade or a failover the next run records the new one."));
  CHECK(other.exit_code == 3);
  CHECK_THAT(other.about("identity"), ContainsSubstring("problem the database is environment \"local\"") && ContainsSubstring("it looks like a restored copy") &&
                                          ContainsSubstring("seedbed stamp --identity --url ") && ContainsSubstring(" --tier staging"));
}

TEST_CASE("doctor names the rights that a mode of writing needs", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write("plugins/customers/seeder.toml", "name = \"customers\"\nversion = \"1.0.0\"\n[[table]]\nfile = \"c.csv\"\nname = \"customer\"\nkey = [\"email\"]\nmode = \"update_changed\"\n");
  workspace.write("plugins/customers/c.csv", "email,name\na,Ada\n");
  REQUIRE(workspace.run({"up", "--no-seed"}).exit_code == 0);
  const std::string role = "doctor_of_" + workspace.value("SELECT current_database()");
  workspace.database().execute("CREATE ROLE " + role + " LOGIN");
  const std::string url = workspace.database().url() + "&user=" + role;

  const Found update = doctor_of(workspace, url);
  workspace.write("plugins/customers/seeder.toml", "name = \"customers\"\nversion = \"1.0.0\"\n[[table]]\nfile = \"c.csv\"\nname = \"customer\"\nkey = [\"email\"]\nmode = \"insert_once\"\n");
  const Found once = doctor_of(workspace, url);
  workspace.write("plugins/customers/seeder.toml", "name = \"customers\"\nversion = \"1.0.0\"\n[[table]]\nfile = \"c.csv\"\nname = \"customer\"\nkey = [\"email\"]\n");
  const Found missing = doctor_of(workspace, url);
  workspace.database().execute("DROP OWNED BY " + role + "; DROP ROLE " + role);

  CHECK_THAT(update.about("rights"), ContainsSubstring("GRANT SELECT, INSERT, UPDATE ON public.customer TO "));
  CHECK_THAT(once.about("rights"), ContainsSubstring("GRANT SELECT, INSERT ON public.customer TO ") && ContainsSubstring("GRANT SELECT, INSERT, UPDATE ON seedbed.rows TO "));
  CHECK_THAT(missing.about("rights"), ContainsSubstring("GRANT SELECT, INSERT ON public.customer TO ") && !ContainsSubstring("seedbed.rows"));
}

TEST_CASE("doctor goes on where the database cannot be reached", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_seeder("customers", insert_customer("a"));

  const Found all = doctor_of(workspace, "postgresql://nobody@127.0.0.1:1/none");

  CHECK(all.exit_code == 3);
  CHECK_THAT(all.about("connection"), ContainsSubstring("problem could not connect to") && ContainsSubstring("-> Is the server running"));
  CHECK_THAT(all.about("plugins"), ContainsSubstring("ok 1 seeder found"));
  CHECK(all.about("ledger").empty());
}

TEST_CASE("doctor finds that the folder of a file is not there", "[run]") {
  Workspace workspace(Engine::sqlite);

  const Found all = doctor_of(workspace, "sqlite:nowhere/shop.db");

  CHECK(all.exit_code == 3);
  CHECK_THAT(all.about("connection"), ContainsSubstring("problem the file does not exist yet, and its folder \"" + workspace.path("nowhere").string() + "\" does not exist -> mkdir -p "));
}

TEST_CASE("doctor goes on where a variable is not set", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_seeder("customers", insert_customer("a"));
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"${SHOP_DATABASE}\"\n");

  const Finished text = workspace.program().run({"doctor"});
  const Found all = found(workspace.program().run({"doctor", "--format", "json"}));

  CHECK(all.exit_code == 3);
  CHECK_THAT(all.about("settings"), ContainsSubstring("problem ") && ContainsSubstring("SHOP_DATABASE") && ContainsSubstring("seedbed.toml:3"));
  CHECK_THAT(all.about("plugins"), ContainsSubstring("ok 1 seeder found"));
  CHECK_THAT(all.about("connection"), ContainsSubstring("warning was not tried"));
  CHECK_THAT(text.out, ContainsSubstring("problem  settings"));
}

TEST_CASE("doctor says so where there are no settings at all", "[run]") {
  const TempDir folder;
  write_file(folder / "seedbed.toml", "nonsense = [\n");

  const Found all = found(Program(folder.path()).run({"doctor", "--format", "json"}));

  CHECK(all.exit_code == 3);
  CHECK(all.document["environment"].is_null());
  CHECK_THAT(all.about("settings"), ContainsSubstring("problem ") && ContainsSubstring("seedbed.toml:"));
}

TEST_CASE("doctor names variables whose default holds", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"${SHOP_DATABASE:-sqlite:shop.db}\"\n");

  CHECK(found(workspace.program().run({"doctor", "--format", "json"})).about("variables") ==
        "ok not set, so that the default in seedbed.toml holds: SHOP_DATABASE\n");
}

TEST_CASE("doctor names each plugin that cannot be loaded and why", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("plugins/nothing.so", "");
  workspace.add_fixture("undefined_symbol");
  workspace.add_fixture("plain_c");

  const Found all = doctor(workspace);

  CHECK(all.exit_code == 3);
  CHECK_THAT(all.about("plugins"), ContainsSubstring("nothing.so\" is an empty file"));
  CHECK_THAT(all.about("plugins"), ContainsSubstring("undefined_symbol.so\" could not be loaded: undefined symbol"));
  CHECK_THAT(all.about("plugins"), !ContainsSubstring("plain_c"));
}

TEST_CASE("doctor tells the lock of the plugins", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.add_fixture("plain_c");
  workspace.run({"plugins", "lock"});
  const Found locked = doctor(workspace, {"--tier", "staging"});
  workspace.add_fixture("talks");

  const Found changed = doctor(workspace);

  CHECK_THAT(locked.about("plugin lock"), ContainsSubstring("ok ") && ContainsSubstring("seedbed.lock has them as they are"));
  CHECK(changed.exit_code == 3);
  CHECK_THAT(changed.about("plugins"), ContainsSubstring("talks.so\" is not in seedbed.lock") && ContainsSubstring("seedbed plugins lock"));
}

TEST_CASE("doctor finds the pooler and its mode", "[run]") {
  Workspace workspace(Engine::postgres);
  const auto [mode, words] = GENERATE(table<std::string, std::string>({
      {"transaction", "ok one that gives out server processes by the transaction"},
      {"session", "ok one that gives each client a server process of its own"},
      {"statement", "problem one that allows no transactions"},
  }));
  const PgBouncer pooler(workspace.database().url(), 5, mode);

  const Found all = doctor_of(workspace, pooler.url());

  CHECK_THAT(all.about("pooler"), ContainsSubstring(words));
  CHECK(all.exit_code == (mode == "statement" ? 3 : 0));
  if (mode != "statement") CHECK_THAT(all.about("tls"), ContainsSubstring("as far as the pooler"));
}

TEST_CASE("doctor tells who holds the lock", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  workspace.write_seeder("slow", long_statement(workspace.engine()), "writes = [\"customer\"]\n");
  Running up = workspace.start({"up", "-v"});
  up.wait_for_output("seeder_started");

  const Found all = doctor(workspace);
  up.signal(SIGINT);
  up.wait();

  CHECK_THAT(all.about("lock"), ContainsSubstring("warning a run is under way. It is held by process ") && ContainsSubstring("-> Wait for it"));
  CHECK(doctor(workspace).about("lock") == "ok free\n");
}

TEST_CASE("doctor finds a ledger of a newer seedbed", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.database().execute("UPDATE " + workspace.ledger("identity") + " SET ledger_version = 99");

  const Found all = doctor(workspace);

  CHECK(all.exit_code == 3);
  CHECK_THAT(all.about("ledger"), ContainsSubstring("problem version 99, written by a newer seedbed"));
}

TEST_CASE("doctor warns of tables that are somebody else's", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.database().execute("CREATE TABLE invoice (id integer)");

  const Found all = doctor(workspace);

  CHECK(all.exit_code == 0);
  CHECK_THAT(all.about("ledger"), ContainsSubstring("warning there is none, but tables of somebody else's: invoice"));
}

TEST_CASE("doctor names the rights that a role lacks", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.add_fixture("plain_c");
  const std::string role = "doctor_of_" + workspace.value("SELECT current_database()");
  workspace.database().execute("CREATE ROLE " + role + " LOGIN");
  const std::string url = workspace.database().url() + "&user=" + role;

  const Found before = doctor_of(workspace, url);
  workspace.run({"up", "--no-seed"});
  const Found without = doctor_of(workspace, url);
  workspace.database().execute("GRANT USAGE ON SCHEMA seedbed TO " + role + "; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA seedbed TO " + role +
                               "; GRANT SELECT, INSERT ON customer TO " + role);
  const Found with = doctor_of(workspace, url);
  workspace.database().execute("ALTER TABLE customer ENABLE ROW LEVEL SECURITY");
  const Found secured = doctor_of(workspace, url);
  workspace.database().execute("DROP OWNED BY " + role + "; DROP ROLE " + role);

  CHECK_THAT(before.about("ledger"), ContainsSubstring("problem there is none, and this role may not create it") &&
                                         ContainsSubstring("CREATE SCHEMA seedbed AUTHORIZATION " + role));
  CHECK(without.exit_code == 3);
  CHECK_THAT(without.about("rights"), ContainsSubstring("problem the role lacks what seeding needs -> GRANT "));
  CHECK_THAT(without.about("rights"), ContainsSubstring("GRANT USAGE ON SCHEMA seedbed TO " + role + ";\n"));
  CHECK_THAT(without.about("rights"), ContainsSubstring("GRANT SELECT, INSERT ON public.customer TO " + role + ";"));
  CHECK_THAT(without.about("rights"), ContainsSubstring("GRANT SELECT, UPDATE ON seedbed.lock TO " + role + ";"));
  CHECK_THAT(with.about("rights"), ContainsSubstring("ok on the ledger"));
  CHECK_THAT(secured.about("rights"), ContainsSubstring("warning row-level security of customer hides rows from this role"));
}

TEST_CASE("doctor is told as markdown too", "[run]") {
  Workspace workspace(Engine::sqlite);

  const Finished markdown = workspace.run({"doctor", "--format", "markdown"});

  CHECK_THAT(markdown.out, Catch::Matchers::StartsWith("### seedbed doctor: local, `"));
  CHECK_THAT(markdown.out, ContainsSubstring("| ok | connection | the file does not exist yet; up creates it |"));
  CHECK_THAT(markdown.out, ContainsSubstring("**All is well.**"));
}
