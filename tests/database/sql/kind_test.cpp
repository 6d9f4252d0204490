#include "splitting.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::host::sql;
using namespace seedbed::host::sql::test;

TEST_CASE("every kind has a name", "[sql]") {
  CHECK(std::string(kind_name(Kind::ordinary)) == "ordinary");
  CHECK(std::string(kind_name(Kind::non_transactional)) == "non_transactional");
  CHECK(std::string(kind_name(Kind::copy_in)) == "copy_in");
}

TEST_CASE("transaction control is told apart", "[sql]") {
  CHECK(postgres_kinds("BEGIN; begin isolation level serializable; start transaction") ==
        "begin begin begin");
  CHECK(postgres_kinds("commit; end work; Commit and chain; prepare transaction 'x'") ==
        "commit commit commit commit");
  CHECK(postgres_kinds("rollback; abort; rollback work and chain") == "rollback rollback rollback");
  CHECK(postgres_kinds(
            "savepoint a; release a; rollback to a; rollback transaction to savepoint a") ==
        "savepoint savepoint savepoint savepoint");
  CHECK(postgres_kinds("/* x */ commit /* y */") == "commit");
}

TEST_CASE("words like those of transaction control are no transaction control", "[sql]") {
  CHECK(
      postgres_kinds("prepare transaction (int) as select $1; \"commit\"; start; select commit") ==
      "ordinary ordinary ordinary ordinary");
}

TEST_CASE("what PostgreSQL refuses in a transaction is non_transactional", "[sql]") {
  const auto sql = GENERATE(
      "create index concurrently on t (a)", "CREATE UNIQUE INDEX /* x */ CONCURRENTLY i ON t (a)",
      "drop index concurrently if exists i", "reindex index concurrently i",
      "reindex (verbose) table concurrently t", "reindex (concurrently, verbose) table t",
      "reindex database d", "reindex system d", "reindex schema s",
      "alter table only s.t detach partition s.p concurrently", "vacuum", "vacuum (full) t",
      "create database d", "drop database if exists d with (force)",
      "create tablespace t location '/x'", "drop tablespace t", "alter system set work_mem = '1MB'",
      "alter database d set tablespace t", "create subscription s connection 'x' publication p",
      "drop subscription s", "alter subscription s refresh publication",
      "alter subscription s set publication p",
      "alter subscription s add publication p with (refresh = true)", "commit prepared 'x'",
      "rollback prepared 'x'", "discard all", "cluster", "cluster verbose", "cluster (verbose)",
      "create materialized view v with (timescaledb.continuous) as select 1",
      "call refresh_continuous_aggregate('v', null, null)");

  CHECK(postgres_kinds(sql) == "non_transactional");
}

TEST_CASE("what PostgreSQL takes in a transaction is ordinary", "[sql]") {
  const auto sql = GENERATE(
      "create index on t (a)", "create index \"concurrently\" on t (a)", "drop index i",
      "reindex table t", "reindex (concurrently false) table t",
      "reindex (concurrently off) index i", "alter table t detach partition p",
      "alter table t detach partition p finalize", "alter type t add value 'x'",
      "refresh materialized view concurrently v", "alter database d set work_mem = '1MB'",
      "create subscription s connection 'x' publication p with (connect = false)",
      "create subscription s connection 'x' publication p with (create_slot = 'off')",
      "alter subscription s set publication p with (refresh = false)",
      "alter subscription s disable", "cluster t using i", "discard plans", "analyze",
      "explain commit", "truncate t", "call p()", "alter table t add column concurrently int",
      "create materialized view v with (timescaledb.continuous) as select 1 with no data",
      "create materialized view v as select 1", "select 'vacuum'", "checkpoint");

  CHECK(postgres_kinds(sql) == "ordinary");
}

TEST_CASE("a change of how later text is read is of the kind session", "[sql]") {
  const auto sql =
      GENERATE("set client_encoding = 'UTF8'", "SET LOCAL client_encoding TO latin1",
               "set names 'utf8'", "reset client_encoding", "set standard_conforming_strings = on",
               "set role r", "set local role to r", "set session authorization default",
               "set local session authorization r", "reset role", "reset session authorization",
               "reset all", "select set_config('role', 'r', true)",
               "select pg_catalog.set_config('search_path', '', false), "
               "set_config('client_encoding', 'utf8', false)");

  CHECK(postgres_kinds(sql) == "session");
}

TEST_CASE("a change of any other setting is ordinary", "[sql]") {
  const auto sql = GENERATE(
      "set search_path = a, b", "set local lock_timeout = '5s'", "reset search_path",
      "set time zone 'UTC'", "set transaction isolation level serializable",
      "set constraints all deferred", "set session characteristics as transaction read only",
      "select pg_catalog.set_config('search_path', '', false)",
      "alter role r set client_encoding = 'latin1'", "select current_setting('role')");

  CHECK(postgres_kinds(sql) == "ordinary");
}

TEST_CASE("SQLite's transaction control is told apart", "[sql]") {
  CHECK(sqlite_kinds("begin immediate; commit transaction; end; rollback; rollback to a; savepoint "
                     "a; release a") ==
        "begin commit commit rollback savepoint savepoint savepoint");
}

TEST_CASE("what SQLite refuses in a transaction is non_transactional", "[sql]") {
  CHECK(sqlite_kinds("vacuum; vacuum into 'x'") == "non_transactional non_transactional");
  CHECK(sqlite_kinds("attach 'x' as x; pragma journal_mode; pragma user_version = 3; reindex; "
                     "pragma defer_foreign_keys = on; create database") ==
        "ordinary ordinary ordinary ordinary ordinary ordinary");
}

TEST_CASE("what SQLite does only outside a transaction or ignores inside one is of the kind session", "[sql]") {
  CHECK(sqlite_kinds("PRAGMA foreign_keys=OFF; pragma main.foreign_keys(1); pragma journal_mode = wal; "
                     "pragma main.\"synchronous\"(off); pragma wal_checkpoint; pragma temp_store = 2; "
                     "pragma foreign_keys") == "session session session session session session ordinary");
}
