// What a run refuses to do to a database, and what it does when it is told that this is right.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

TEST_CASE("a database with tables of its own is refused unless it is accepted", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.database().execute("CREATE TABLE invoice (id integer)");

  const Finished refused = workspace.run({"up"});
  const std::string tables_then = workspace.engine() == Engine::sqlite
                                      ? workspace.value("SELECT count(*) FROM sqlite_schema")
                                      : workspace.value("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'seedbed')");
  const Finished accepted = workspace.run({"up", "--accept-nonempty"});
  const Finished later = workspace.run({"up"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("the database has tables of its own, and seedbed has never worked on it"));
  CHECK_THAT(refused.err, ContainsSubstring("Tables found: invoice."));
  CHECK_THAT(refused.err, ContainsSubstring("--accept-nonempty"));
  CHECK(tables_then == "1");
  CHECK(accepted.exit_code == 0);
  CHECK(later.exit_code == 0);
}

TEST_CASE("tables count as the database's own in the schemas of its search path alone", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  const std::string name = workspace.value("SELECT current_database()");
  workspace.database().execute("CREATE SCHEMA auth; CREATE TABLE auth.users (id integer); CREATE SCHEMA shop; CREATE TABLE shop.invoice (id integer); "
                               "ALTER DATABASE \"" + name + "\" SET search_path = public, auth, shop");

  const Finished refused = workspace.run({"up"});
  workspace.database().execute("ALTER DATABASE \"" + name + "\" SET search_path = public, auth");
  const Finished accepted = workspace.run({"up"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("Tables found: shop.invoice.") || ContainsSubstring("Tables found: invoice."));
  INFO(accepted.err);
  CHECK(accepted.exit_code == 0);
}

TEST_CASE("seed alone is not refused for tables that somebody else made", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.database().execute("CREATE TABLE customer (email TEXT NOT NULL PRIMARY KEY, name TEXT)");
  workspace.write_seeder("customers", insert_customer("a"));

  const Finished seed = workspace.run({"seed"});

  CHECK(seed.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("seed is refused while migrations are pending and leaves nothing behind", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("customers", insert_customer("a"));

  const Finished seed = workspace.run({"seed"});

  CHECK(seed.exit_code == 3);
  CHECK_THAT(seed.err, ContainsSubstring("a migration is pending: 20260101120000_create_customer.sql"));
  CHECK_THAT(seed.err, ContainsSubstring("Run \"seedbed up\""));
  CHECK(workspace.untouched());
}

TEST_CASE("a seeder that writes what it does not declare is rolled back", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_product.sql", "CREATE TABLE product (id integer PRIMARY KEY);\n");
  workspace.write_seeder("sly", insert_customer("a") + "INSERT INTO product VALUES (1) ON CONFLICT (id) DO NOTHING;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"sly\" failed: it wrote to table \"product\", which it does not declare"));
  CHECK_THAT(up.err, ContainsSubstring("1 inserted, 0 updated, 0 deleted. It declares customer."));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a trigger may write the tables that the environment allows it", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_audit.sqlite.sql",
                  "CREATE TABLE audit_log (email TEXT);\n"
                  "CREATE TRIGGER customer_audit AFTER INSERT ON customer BEGIN INSERT INTO audit_log VALUES (new.email); END;\n");
  workspace.write("migrations/20260102120000_audit.postgres.sql",
                  "CREATE TABLE audit_log (email TEXT);\n"
                  "CREATE FUNCTION log_customer() RETURNS trigger LANGUAGE plpgsql AS $$\n"
                  "BEGIN INSERT INTO audit_log VALUES (new.email); RETURN new; END $$;\n"
                  "CREATE TRIGGER customer_audit AFTER INSERT ON customer FOR EACH ROW EXECUTE FUNCTION log_customer();\n");
  workspace.write_seeder("customers", insert_customer("a") + insert_customer("b"));

  const Finished refused = workspace.run({"up"});
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"sqlite:unused.db\"\n"
                                  "trigger_tables = [\"audit_*\"]\n");
  const Finished allowed = workspace.run({"up"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("\"audit_log\""));
  CHECK_THAT(refused.err, ContainsSubstring("\"trigger_tables\""));
  CHECK(allowed.exit_code == 0);
  CHECK_THAT(allowed.out, ContainsSubstring("2 inserted"));
  CHECK(workspace.value("SELECT count(*) FROM audit_log") == "2");
}

TEST_CASE("a clock of another time is refused above development", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();

  const Finished up = workspace.program()
                          .environment("SEEDBED_NOW", "2026-01-31T09:30:00Z")
                          .run({"up", "--tier", "staging", "--url", workspace.database().url()});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("SEEDBED_NOW is refused in tier staging"));
  CHECK(workspace.untouched());
}

TEST_CASE("a ledger of a newer seedbed is refused", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.run({"up"});
  workspace.database().execute("UPDATE " + workspace.ledger("identity") + " SET ledger_version = 99");
  workspace.write("migrations/20260102120000_later.sql", "CREATE TABLE later (a integer);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("the database's ledger has version 99"));
  CHECK_THAT(up.err, ContainsSubstring("A newer seedbed has worked on this database."));
}
