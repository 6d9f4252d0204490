// stamp: migrations that count as applied without having been run.

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
using Rows = std::vector<std::vector<std::string>>;

namespace {

/// Three migrations, the second of which creates customer's neighbour product.
void write_history(const Workspace& workspace) {
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_product.sql", "CREATE TABLE product (id integer PRIMARY KEY);\n");
  workspace.write("migrations/20260103120000_invoice.sql", "CREATE TABLE invoice (id integer PRIMARY KEY);\n");
}

Rows recorded(Workspace& workspace) {
  return workspace.database().rows("SELECT version, origin FROM " + workspace.ledger("migrations") +
                                   " ORDER BY applied_at, version");
}

}  // namespace

TEST_CASE("a stamped database runs only what comes after the stamp", "[stamp]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.database().execute("CREATE TABLE customer (email TEXT PRIMARY KEY); CREATE TABLE product (id integer)");

  const Finished stamp = workspace.run({"stamp", "20260102120000"});
  const Finished up = workspace.run({"up"});

  CHECK(stamp.exit_code == 0);
  CHECK_THAT(stamp.out, ContainsSubstring("recorded     20260101120000_create_customer.sql\n"));
  CHECK_THAT(stamp.out, ContainsSubstring("2 migrations recorded as applied"));
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 applied    2 up to date"));
  CHECK(recorded(workspace) ==
        Rows{{"20260101120000", "stamped"}, {"20260102120000", "stamped"}, {"20260103120000", "applied"}});
  CHECK(workspace.value("SELECT count(*) FROM invoice") == "0");
}

TEST_CASE("a stamp leaves what is recorded already as it is", "[stamp]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);
  workspace.run({"up", "--to", "20260101120000"});

  const Finished stamp = workspace.run({"stamp", "latest"});
  const Finished again = workspace.run({"stamp", "20260103120000"});

  CHECK(stamp.exit_code == 0);
  CHECK_THAT(stamp.out, ContainsSubstring("1 recorded before"));
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
  CHECK(recorded(workspace) ==
        Rows{{"20260101120000", "applied"}, {"20260102120000", "stamped"}, {"20260103120000", "stamped"}});
  CHECK(workspace.database().rows("SELECT command, outcome, migrations FROM " + workspace.ledger("runs") +
                                  " ORDER BY started_at") == Rows{{"up", "done", "1"}, {"stamp", "done", "2"}});
}

TEST_CASE("a stamp of an empty database says what will be missing", "[stamp]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);

  const Finished stamp = workspace.run({"stamp", "latest"});

  CHECK(stamp.exit_code == 0);
  CHECK_THAT(stamp.out, ContainsSubstring("note: The database has no tables of its own"));
}

TEST_CASE("a version that no file has is not stamped and the nearest is named", "[stamp]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_history(workspace);

  const Finished stamp = workspace.run({"stamp", "20260102120001"});
  const Finished none = workspace.run({"stamp"});

  CHECK(stamp.exit_code == 2);
  CHECK_THAT(stamp.err, ContainsSubstring("no migration has the version \"20260102120001\""));
  CHECK_THAT(stamp.err, ContainsSubstring("Perhaps \"20260102120000\" is meant."));
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.err, ContainsSubstring("\"stamp\" needs a version"));
  CHECK(workspace.untouched());
}

TEST_CASE("there is nothing to stamp without migrations", "[stamp]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));

  const Finished stamp = workspace.run({"stamp", "latest"});

  CHECK(stamp.exit_code == 2);
  CHECK_THAT(stamp.err, ContainsSubstring("there is no migration to record"));
  CHECK(workspace.untouched());
}

TEST_CASE("the latest stamp leaves repeatable migrations to run", "[stamp]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/V1__customer.sql", "CREATE TABLE customer (id integer);\n");
  workspace.write("migrations/R__names.sql", "CREATE VIEW names AS SELECT 1 AS one;\n");

  const Finished stamp = workspace.run({"stamp", "latest"});
  const Finished up = workspace.run({"up"});

  CHECK(stamp.exit_code == 0);
  CHECK(up.exit_code == 0);
  CHECK(recorded(workspace) == Rows{{"1", "stamped"}, {"R__names", "applied"}});
}

TEST_CASE("a half applied file that is stamped counts as applied", "[stamp]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_half.sql",
                  "-- seedbed: no-transaction\nCREATE TABLE a (x integer);\nINSERT INTO nowhere VALUES (1);\n");
  workspace.run({"up"});

  const Finished stamp = workspace.run({"stamp", "latest"});

  CHECK(stamp.exit_code == 0);
  CHECK_THAT(stamp.out, ContainsSubstring("was half applied (1 of its 2 statements); it counts as applied now."));
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("statements")) == "0");
  CHECK(recorded(workspace) == Rows{{"20260101120000", "stamped"}});
}

TEST_CASE("a stamp is seen by Supabase's tool", "[stamp]") {
  Workspace workspace(Engine::postgres);
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[migrations]\nhistory = \"supabase\"\n"
                                  "[environments.local]\nurl = \"sqlite:unused.db\"\n");
  write_history(workspace);

  const Finished stamp = workspace.run({"stamp", "20260102120000"});

  CHECK(stamp.exit_code == 0);
  CHECK(workspace.database().rows("SELECT version, name FROM supabase_migrations.schema_migrations ORDER BY version") ==
        Rows{{"20260101120000", "create_customer"}, {"20260102120000", "product"}});
  CHECK(recorded(workspace) == Rows{{"20260101120000", "stamped"}, {"20260102120000", "stamped"}});
}

TEST_CASE("a stamp prints what a person has read once", "[stamp]") {
  Workspace workspace(Engine::sqlite);
  write_history(workspace);
  workspace.run({"up", "--to", "20260101120000"});

  check_golden("run/stamp.txt", workspace.shown(workspace.run({"stamp", "latest"})));
}
