// A migration as PostgreSQL gets it: one message, with all that belongs to its transaction.

#include <fmt/format.h>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/postgres_proxy.hpp"

using namespace seedbed::test;
using namespace std::chrono_literals;
using seedbed::host::Engine;
using Rows = std::vector<std::vector<std::string>>;

namespace {

constexpr const char* kFile = "migrations/20260102120000_file.sql";

void write_steps(const Workspace& workspace, int from, int to) {
  for (int step = from; step < to; ++step) {
    workspace.write(fmt::format("migrations/20260101{:06}_step.sql", step),
                    fmt::format("CREATE TABLE step_{0} (a integer);\nINSERT INTO step_{0} VALUES (1);\n", step));
  }
}

Finished up(const Workspace& workspace, const PostgresProxy& proxy) {
  return workspace.program().run({"up", "--no-seed", "--url", proxy.url()});
}

/// The text of the message that a statement of `file` is part of, as the server shows it.
std::string message_of(Workspace& workspace, const std::string& before, const std::string& after = "") {
  workspace.write(kFile, before + "CREATE TABLE message AS SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid();\n" + after);
  const Finished up = workspace.run({"up", "--no-seed"});
  INFO(up.err);
  CHECK(up.exit_code == 0);
  return workspace.value("SELECT query FROM message");
}

}  // namespace

TEST_CASE("the first run needs ten round trips and four commits at most beside its migrations", "[run]") {
  const int count = GENERATE(1, 12);
  Workspace workspace(Engine::postgres);
  write_steps(workspace, 0, count);
  PostgresProxy proxy(workspace.database().url());

  const Finished finished = up(workspace, proxy);

  const Traffic traffic = proxy.traffic();
  INFO(finished.err << fmt::format("{} round trips, {} commits, {} statements", traffic.round_trips, traffic.commits, traffic.statements));
  CHECK(finished.exit_code == 0);
  CHECK(traffic.round_trips <= static_cast<std::size_t>(count) + 10);
  CHECK(traffic.commits <= static_cast<std::size_t>(count) + 4);
}

TEST_CASE("a later run needs ten round trips and four commits at most beside its migrations", "[run]") {
  Workspace workspace(Engine::postgres);
  write_steps(workspace, 0, 3);
  workspace.run({"up", "--no-seed"});
  write_steps(workspace, 3, 8);
  PostgresProxy proxy(workspace.database().url());

  const Finished finished = up(workspace, proxy);

  const Traffic traffic = proxy.traffic();
  INFO(fmt::format("{} round trips, {} commits, {} statements", traffic.round_trips, traffic.commits, traffic.statements));
  CHECK(finished.exit_code == 0);
  CHECK(traffic.round_trips <= 5 + 10);
  CHECK(traffic.commits <= 5 + 4);
}

TEST_CASE("a run with nothing to do sends eight statements at most and commits nothing", "[run]") {
  Workspace workspace(Engine::postgres);
  write_steps(workspace, 0, 3);
  workspace.run({"up", "--no-seed"});
  PostgresProxy proxy(workspace.database().url());

  const Finished finished = up(workspace, proxy);

  INFO(fmt::format("{}", proxy.traffic().statements));
  CHECK(finished.exit_code == 0);
  CHECK(proxy.traffic().statements <= 8);
  CHECK(proxy.traffic().commits == 0);
}

TEST_CASE("a migration goes to PostgreSQL with its transaction in one message", "[run]") {
  Workspace workspace(Engine::postgres);

  const std::string message = message_of(workspace, "CREATE TABLE a (x integer);\n", "SELECT 1;\n");

  CHECK(message.starts_with("BEGIN;\n"));
  CHECK(message.ends_with("COMMIT"));
  CHECK_THAT(message, ContainsSubstring("CREATE TABLE a (x integer);\n"));
  CHECK_THAT(message, ContainsSubstring("seedbed.migrations"));
}

TEST_CASE("what changes how text is read goes statement by statement", "[run]") {
  Workspace workspace(Engine::postgres);
  const std::string setting = GENERATE("SET client_encoding = 'UTF8'", "SET standard_conforming_strings = off",
                                       "SET ROLE pg_monitor; RESET ROLE", "SELECT set_config('client_encoding', 'UTF8', false)");

  const std::string message = message_of(workspace, setting + ";\n");

  CHECK(message.starts_with("CREATE TABLE message"));
  CHECK(workspace.value("SELECT origin FROM seedbed.migrations") == "applied");
}

TEST_CASE("strings are read as the file has asked for", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write(kFile, "CREATE TABLE a (x text);\nSET standard_conforming_strings = off;\nSET escape_string_warning = off;\n"
                         "INSERT INTO a VALUES ('it\\'s');\nSET standard_conforming_strings = on;\nINSERT INTO a VALUES ('a\\b');\n");

  const Finished up = workspace.run({"up", "--no-seed"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows("SELECT x FROM a ORDER BY x") == Rows{{"a\\b"}, {"it's"}});
}

TEST_CASE("the ledger keeps a file's name whatever encoding the file has set", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260102120000_größe.sql", "SET client_encoding = 'LATIN1';\nCREATE TABLE a (x integer);\n");

  const Finished up = workspace.run({"up", "--no-seed"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT file FROM seedbed.migrations") == "20260102120000_größe.sql");
}

TEST_CASE("data of COPY goes into a file's transaction like its other statements", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write(kFile, "CREATE TABLE a (x integer);\nCOPY a FROM stdin;\n1\n2\n\\.\nINSERT INTO a VALUES (3);\n"
                         "COPY a FROM stdin;\nnone\n\\.\n");

  const Finished broken = workspace.run({"up", "--no-seed"});
  const std::string remains = workspace.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
  workspace.write(kFile, "CREATE TABLE a (x integer);\nCOPY a FROM stdin;\n1\n2\n\\.\nINSERT INTO a VALUES (3);\n");
  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK(broken.exit_code == 1);
  CHECK_THAT(broken.err, ContainsSubstring("20260102120000_file.sql:7:1"));
  CHECK_THAT(broken.err, ContainsSubstring("COPY a, line 1, column x"));
  CHECK(remains == "0");
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT sum(x) FROM a") == "6");
}

TEST_CASE("where Citus is installed each statement goes alone", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.database().execute("SET allow_system_table_mods = on; CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass); "
                               "SET allow_system_table_mods = off");

  const std::string message = message_of(workspace, "CREATE TABLE a (x integer);\n", "SELECT 1;\n");

  CHECK(message.starts_with("CREATE TABLE message"));
}

TEST_CASE("a file that creates the extension citus goes statement by statement", "[run]") {
  Workspace workspace(Engine::postgres);

  const std::string message = message_of(workspace, "SELECT 'CREATE EXTENSION Citus';\n");

  CHECK(message.starts_with("CREATE TABLE message"));
}

TEST_CASE("an error in one message is shown where the file has it", "[run]") {
  struct Case {
    const char* sql;
    const char* place;
  };
  const Case broken = GENERATE(
      Case{"CREATE TABLE größe (ä text);\nINSERT INTO größe VALUES ('ü'), ('€');\nSELECT 'ö', nope;\n", ":3:13"},
      Case{"SELECT 'ä';\n-- ö\nSELECT\n  1 / 0;\nSELECT 2;\n", ":3:1"},
      Case{"SELECT 1;\nSELECT 'é'; DO $body$\nBEGIN\n  PERFORM 'ä';\n  PERFORM 1 / 0;\nEND $body$;\nSELECT 2;\n", ":5:3"},
      Case{"SELECT 1;\nCREATE TABEL ä (x integer);\nSELECT 1 / 0;\n", ":2:8"},
      Case{"SELECT 1 / 0;\nSELECT 2;\nCREATE TABEL a (x integer);\n", ":3:8"},
      Case{"CREATE TABLE a (x integer PRIMARY KEY);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2), (1);\n", ":3:1"},
      Case{"CREATE TABLE a (x integer); CREATE TABLE b (x integer);\n"
           "CREATE RULE r AS ON INSERT TO a DO ALSO (SELECT 1; INSERT INTO b VALUES (1); SELECT 2);\n"
           "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);\nSELECT 1 / 0;\nSELECT 3;\n", ":4:1"});
  Workspace workspace(Engine::postgres);
  workspace.write(kFile, broken.sql);

  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring(std::string(kFile) + broken.place));
  CHECK(workspace.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0");
  CHECK(workspace.value("SELECT count(*) FROM seedbed.migrations") == "0");
}

TEST_CASE("an error is shown where the file has it though variables were replaced", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/00001_shop.sql",
                  "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${SHOP}';\nSELECT 'ä', '${SHOP}', nope;\n");

  const Finished up = workspace.program().environment("SHOP", "ein größerer Wert").run(
      {"up", "--no-seed", "--url", workspace.database().url()});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("00001_shop.sql:4:24"));
}

TEST_CASE("a file of a thousand statements fails at the one that failed", "[run]") {
  Workspace workspace(Engine::postgres);
  std::string file = "CREATE TABLE a (x integer CHECK (x <> 777));\n";
  for (int i = 1; i <= 1000; ++i) file += fmt::format("INSERT INTO a VALUES ({});\n", i);
  workspace.write(kFile, file);

  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring(std::string(kFile) + ":778:1"));
}

TEST_CASE("a file longer than one message is still one transaction", "[run]") {
  Workspace workspace(Engine::postgres);
  std::string file = "CREATE TABLE a (x text);\n";
  for (int i = 0; i < 3000; ++i) file += fmt::format("INSERT INTO a VALUES ('{:01000}');\n", i);
  workspace.write(kFile, file + "SELECT 1 / 0;\n");

  const Finished broken = workspace.run({"up", "--no-seed"});
  const std::string remains = workspace.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
  workspace.write(kFile, file);
  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK_THAT(broken.err, ContainsSubstring(std::string(kFile) + ":3002:1"));
  CHECK(remains == "0");
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "3000");
}

TEST_CASE("a file of more than 64 MB is applied as any other", "[run]") {
  constexpr std::size_t kRow = 1 << 20;
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  std::string file = "CREATE TABLE a (x text);\n";
  for (int i = 0; i < 65; ++i) file += "INSERT INTO a VALUES ('" + std::string(kRow, 'x') + "');\n";
  workspace.write(kFile, file);
  workspace.write("migrations/20260103120000_fails.sql", file.substr(file.find('\n') + 1) + "SELECT nowhere;\n");

  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("20260103120000_fails.sql:66:8"));
  CHECK(workspace.value("SELECT count(*) FROM a") == "65");
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations")) == "1");
}

TEST_CASE("a file leaves nothing of the session to the next one", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_first.sql",
                  "CREATE SCHEMA other; SET search_path = other; SET statement_timeout = '1h'; CREATE TEMP TABLE t (x integer);\n"
                  "PREPARE p AS SELECT 1; DECLARE c CURSOR WITH HOLD FOR SELECT 1; LISTEN l; SELECT pg_advisory_lock(42);\n"
                  "CREATE SEQUENCE other.numbers; SELECT nextval('other.numbers');\n"
                  "DO $$ BEGIN PERFORM set_config('role', 'pg_monitor', false); END $$;\n");
  workspace.write(kFile,
                  "CREATE TABLE seen AS SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS patience,\n"
                  "  current_user AS who, to_regclass('pg_temp.t') AS temporary, (SELECT count(*) FROM pg_prepared_statements) AS prepared,\n"
                  "  (SELECT count(*) FROM pg_cursors) AS cursors, (SELECT count(*) FROM pg_listening_channels()) AS channels,\n"
                  "  (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND pid = pg_backend_pid()) AS locks;\n"
                  "DO $$ BEGIN PERFORM lastval(); RAISE 'a sequence was used before'; EXCEPTION WHEN object_not_in_prerequisite_state THEN END $$;\n");

  const Finished up = workspace.run({"up", "--no-seed"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows("SELECT * FROM public.seen") ==
        Rows{{"\"$user\", public", "0", "postgres", "NULL", "0", "0", "0", "0"}});
}

TEST_CASE("the ledger tells how long a migration took by the server's clock", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string slow = workspace.engine() == Engine::postgres
                               ? "SELECT pg_sleep(0.1);\n"
                               : "CREATE TABLE a AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n;\n";
  workspace.write(kFile, slow);

  workspace.run({"up", "--no-seed"});

  const int took = std::stoi(workspace.value("SELECT took_ms FROM " + workspace.ledger("migrations")));
  CHECK(took >= (workspace.engine() == Engine::postgres ? 100 : 10));
  CHECK(took < 20000);
}

TEST_CASE("a migration that takes away the ledger is told so and rolled back", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write(kFile, workspace.engine() == Engine::postgres ? "DROP SCHEMA seedbed CASCADE;\n" : "DROP TABLE seedbed_migrations;\n");

  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("the file has taken away the ledger"));
  CHECK_THAT(up.err, ContainsSubstring("at:     migrations/20260102120000_file.sql"));
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations")) == "1");
}

TEST_CASE("a migration that ends its session is named with the statement that did", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write(kFile, "CREATE TABLE a (x integer);\nSELECT pg_terminate_backend(pg_backend_pid());\nSELECT 1;\n");

  const Finished up = workspace.run({"up", "--no-seed"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("lost the connection to"));
  CHECK_THAT(up.err, ContainsSubstring("terminating connection due to administrator command"));
  CHECK_THAT(up.err, ContainsSubstring(std::string(kFile) + ":2:1"));
  CHECK_THAT(up.err, ContainsSubstring("kept: 20260101120000_create_customer.sql."));
  CHECK(workspace.value("SELECT count(*) FROM seedbed.migrations") == "1");
}

TEST_CASE("a connection lost before the server has the whole migration leaves nothing of it", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write(kFile, "CREATE TABLE a (x integer);\nCOPY a FROM stdin;\n1\n\\.\nSELECT 'late';\n");
  PostgresProxy proxy(workspace.database().url());
  proxy.cut(PostgresProxy::Moment::before, PostgresProxy::containing("'late'"));

  const Finished lost = up(workspace, proxy);
  const std::string tables = workspace.value("SELECT count(*) FROM pg_tables WHERE tablename = 'a'");
  const Finished again = workspace.run({"up", "--no-seed"});

  CHECK(lost.exit_code == 1);
  CHECK_THAT(lost.err, ContainsSubstring("lost"));
  CHECK_THAT(lost.err, ContainsSubstring("kept: 20260101120000_create_customer.sql."));
  CHECK(tables == "0");
  CHECK(again.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "1");
}

TEST_CASE("a commit whose answer never came is said to be unknown and found out by the next run", "[run]") {
  Workspace workspace(Engine::postgres);
  const auto moment = GENERATE(PostgresProxy::Moment::before, PostgresProxy::Moment::after);
  workspace.write_customer_migration();
  workspace.write(kFile, "CREATE TABLE a (x integer);\n");
  PostgresProxy proxy(workspace.database().url());
  proxy.cut(moment, PostgresProxy::containing("CREATE TABLE a"));

  const Finished lost = up(workspace, proxy);
  const bool took_effect = moment == PostgresProxy::Moment::after;
  const std::string tables = workspace.value("SELECT count(*) FROM pg_tables WHERE tablename = 'a'");
  const Finished again = workspace.run({"up", "--no-seed"});

  CHECK(lost.exit_code == 1);
  CHECK_THAT(lost.err, ContainsSubstring("whether migration \"20260102120000_file.sql\" took effect is not known"));
  CHECK_THAT(lost.err, ContainsSubstring("the next run finds out"));
  CHECK_THAT(lost.err, ContainsSubstring("kept: 20260101120000_create_customer.sql."));
  CHECK_THAT(lost.err, !ContainsSubstring("rolled back"));
  CHECK(tables == (took_effect ? "1" : "0"));
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring(took_effect ? "2 up to date" : "1 applied"));
  CHECK(workspace.value("SELECT count(*) FROM seedbed.migrations") == "2");
}

TEST_CASE("a migration that waits too long for somebody's lock is tried again", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.run({"up", "--no-seed"});
  workspace.write(kFile, "CREATE TABLE a (x integer);\nSET LOCAL lock_timeout = '300ms';\nLOCK TABLE customer;\n");
  workspace.database().execute("BEGIN; LOCK TABLE customer");

  Running running = workspace.start({"up", "--no-seed", "-v"});
  running.wait_for_output("transaction_retry");
  workspace.database().execute("COMMIT");
  const Finished up = running.wait();

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "0");
}
