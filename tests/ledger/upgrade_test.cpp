// Ledgers that earlier versions of seedbed have left.

#include <chrono>

#include <fmt/format.h>

#include "ledger/ledger.hpp"
#include "ledger/schema.hpp"
#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::test;
using namespace std::chrono_literals;

namespace {

/// The ledger as its version 1 was, with one migration in it and a part of another.
void make_first_version(Workspace& workspace) {
  for (const std::string& statement : ledger_upgrade(1, workspace.engine())) workspace.database().execute(statement);
  workspace.database().execute("INSERT INTO " + workspace.ledger("identity") + " VALUES (1, 1, '2026-01-01T12:00:00.000Z')");
  workspace.database().execute("INSERT INTO " + workspace.ledger("migrations") +
                               " VALUES ('1', 'first', '1_first.sql', 'ab', 'cd', 1, '2026-01-01T12:00:00.000Z', 5)");
  workspace.database().execute("INSERT INTO " + workspace.ledger("statements") +
                               " VALUES ('3', 0, 'ef', '2026-01-01T12:00:00.000Z')");
}

/// The columns of a table of the ledger, in order, and those of its primary key.
std::vector<std::vector<std::string>> described(Workspace& workspace, const std::string& table) {
  const std::string sql = workspace.engine() == Engine::sqlite
      ? "SELECT name, type, \"notnull\", coalesce(dflt_value, ''), pk FROM pragma_table_xinfo('seedbed_" + table + "') ORDER BY cid"
      : "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, coalesce(pg_get_expr(d.adbin, d.adrelid), ''), "
        "array_position(i.indkey::int2[], a.attnum) FROM pg_attribute a "
        "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
        "LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary "
        "WHERE a.attrelid = 'seedbed." + table + "'::regclass AND a.attnum > 0 ORDER BY a.attnum";
  return workspace.database().rows(sql);
}

}  // namespace

TEST_CASE("a ledger of version 1 is read as it is", "[ledger]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  make_first_version(workspace);
  const DatabaseUrl url = parse_url(workspace.database().url(), "/");
  const std::unique_ptr<Database> database = connect(url, {});

  const std::vector<AppliedMigration> migrations = Ledger(*database).migrations();

  REQUIRE(migrations.size() == 1);
  CHECK(migrations[0].file == "1_first.sql");
  CHECK(migrations[0].applied_at == "2026-01-01 12:00:00");
  CHECK(migrations[0].origin == "applied");
  CHECK_FALSE(Ledger(*database).ready());
}

TEST_CASE("when a migration was applied is read in whatever style the database prints times", "[ledger]") {
  Workspace workspace(Engine::postgres);
  make_first_version(workspace);
  workspace.database().execute("INSERT INTO seedbed.migrations VALUES ('2', 'second', '2_second.sql', 'ab', 'cd', 1, '2026-01-01T12:00:00.100001Z', 5), "
                               "('3', 'third', '3_third.sql', 'ab', 'cd', 1, '2026-01-01T12:00:00.1Z', 5)");
  workspace.database().execute(fmt::format("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {}', current_database()); END $$",
                                           GENERATE("DateStyle = ISO", "DateStyle = German", "TimeZone = \"Asia/Kolkata\"")));
  const std::unique_ptr<Database> database = connect(parse_url(workspace.database().url(), "/"), {});

  const std::vector<AppliedMigration> migrations = Ledger(*database).migrations();

  REQUIRE(migrations.size() == 3);
  CHECK(migrations[0].version == "1");
  CHECK(migrations[1].version == "3");
  CHECK(migrations[2].version == "2");
  CHECK(migrations[2].applied_at == "2026-01-01 12:00:00");
}

TEST_CASE("status and log read a ledger of version 1", "[ledger]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  make_first_version(workspace);
  workspace.database().execute("INSERT INTO " + workspace.ledger("statements") + " VALUES ('2', 0, 'ab', '2026-01-01T12:00:00.000Z')");

  const Finished status = workspace.run({"status"});
  const Finished log = workspace.run({"log"});

  INFO(status.err << log.err);
  CHECK(status.exit_code == 0);
  CHECK_THAT(status.out, ContainsSubstring("failed at statement 2"));
  CHECK(log.exit_code == 0);
}

TEST_CASE("a ledger of version 1 is upgraded and keeps its rows", "[ledger]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  make_first_version(workspace);
  const DatabaseUrl url = parse_url(workspace.database().url(), "/");
  const std::unique_ptr<Database> database = connect(url, {});

  Transaction transaction(*database, {1s, true});
  Ledger(*database).prepare({"local", "development", "an id", "", ""});
  AppliedMigration second;
  second.version = "2";
  second.origin = "stamped";
  Ledger(*database).record(second);
  database->execute(Ledger(*database).sharing("2"));
  transaction.commit();

  const std::vector<RememberedStatement> statements = Ledger(*database).statements("3");
  REQUIRE(statements.size() == 1);
  CHECK(statements[0].hash == "ef");
  CHECK(statements[0].state == StatementState::ended);
  const std::vector<AppliedMigration> migrations = Ledger(*database).migrations();
  CHECK(Ledger(*database).ready());
  REQUIRE(migrations.size() == 2);
  CHECK(migrations[0].version == "1");
  CHECK(migrations[0].origin == "applied");
  CHECK(migrations[1].origin == "stamped");
  CHECK_FALSE(migrations[0].shared);
  CHECK(migrations[1].shared);
  CHECK(workspace.database().rows("SELECT environment, tier FROM " + workspace.ledger("identity")) ==
        std::vector<std::vector<std::string>>{{"local", "development"}});
  CHECK(workspace.value("SELECT ledger_version FROM " + workspace.ledger("identity")) == std::to_string(kLedgerVersion));
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("rows")) == "0");
}

TEST_CASE("a ledger that is made at once has the tables that all the steps lead to", "[ledger]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  Workspace by_steps(engine), at_once(engine);

  for (int step = 1; step <= kLedgerVersion; ++step) {
    for (const std::string& statement : ledger_upgrade(step, engine)) by_steps.database().execute(statement);
  }
  for (const std::string& statement : ledger_creation(engine, /*has_schema=*/false)) at_once.database().execute(statement);

  for (const char* name : {"identity", "migrations", "statements", "lock", "runs", "seeds", "rows"}) {
    INFO(name);
    CHECK(described(at_once, name) == described(by_steps, name));
    CHECK_FALSE(described(at_once, name).empty());
  }
  CHECK(at_once.value("SELECT count(*) FROM " + at_once.ledger("lock")) == "2");
}

TEST_CASE("status and dry runs know that an older ledger remembers no rows", "[ledger]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  make_first_version(workspace);
  workspace.write("migrations/1_first.sql", "SELECT 1;\n");
  workspace.database().execute("CREATE TABLE customer (email TEXT NOT NULL PRIMARY KEY, name TEXT)");
  workspace.database().execute("UPDATE " + workspace.ledger("migrations") + " SET sha256 = '" + sql::sha256("SELECT 1;\n") + "'");
  workspace.database().execute("DELETE FROM " + workspace.ledger("statements"));
  workspace.write("plugins/people/people.csv", "email\na\n");
  workspace.write("plugins/people/seeder.toml", "name = \"people\"\nversion = \"1\"\n[[table]]\nfile = \"people.csv\"\nname = \"customer\"\nkey = \"email\"\nmode = \"insert_once\"\n");

  const Finished status = workspace.run({"status"});
  const Finished up = workspace.run({"up", "--dry-run", "--revive", "customer"});

  INFO(status.err << up.err);
  CHECK(status.exit_code == 0);
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 inserted"));
}

TEST_CASE("a ledger without an identity gets one from the next run that writes", "[ledger]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  make_first_version(workspace);
  workspace.write("migrations/1_first.sql", "SELECT 1;\n");
  workspace.write("migrations/2_second.sql", "CREATE TABLE b (x integer);\n");

  const Finished stamp = workspace.run({"stamp", "latest", "--tier", "staging"});

  INFO(stamp.err);
  CHECK(stamp.exit_code == 0);
  CHECK(workspace.value("SELECT environment || ' ' || tier FROM " + workspace.ledger("identity")) == "local staging");
  CHECK(workspace.value("SELECT length(id) FROM " + workspace.ledger("identity")) == "36");
}
