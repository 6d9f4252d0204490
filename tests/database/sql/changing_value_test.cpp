// SQL that writes something else each time it runs.

#include "database/sql/changing_value.hpp"

#include <string>

#include "support/catch.hpp"

using seedbed::host::Engine;
using seedbed::host::sql::changing_value;

namespace {

std::string found(const std::string& statement, Engine dialect = Engine::postgres) {
  const auto value = changing_value(statement, dialect);
  return value ? value->name : "";
}

}  // namespace

TEST_CASE("the clock is found among the values that a statement writes", "[sql]") {
  CHECK(found("INSERT INTO t (id, at) VALUES (1, now())") == "now()");
  CHECK(found("insert into t select 1, Current_Timestamp") == "Current_Timestamp");
  CHECK(found("UPDATE t SET at = pg_catalog.clock_timestamp()") == "clock_timestamp()");
  CHECK(found("MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET at = LOCALTIMESTAMP") == "LOCALTIMESTAMP");
  CHECK(found("WITH x AS (INSERT INTO t VALUES (transaction_timestamp()) RETURNING 1) SELECT * FROM x") == "transaction_timestamp()");
  CHECK(found("INSERT INTO t VALUES ('now'::timestamptz)") == "'now'");
  CHECK(found("INSERT INTO t VALUES (timestamp 'now')") == "'now'");
}

TEST_CASE("random values and numbers of sequences are found", "[sql]") {
  CHECK(found("INSERT INTO t VALUES (gen_random_uuid())") == "gen_random_uuid()");
  CHECK(found("INSERT INTO t VALUES (extensions.uuid_generate_v4())") == "uuid_generate_v4()");
  CHECK(found("INSERT INTO t VALUES (nextval('s'))") == "nextval()");
  CHECK(found("INSERT INTO t SELECT 1 FROM s WHERE random() < 0.5") == "random()");
  CHECK(found("INSERT INTO t SELECT n FROM s ORDER BY random() LIMIT 3") == "random()");
  CHECK(found("INSERT INTO t VALUES (uuid_generate_v5(ns, 'x'))").empty());
}

TEST_CASE("what is only compared with the clock is not written", "[sql]") {
  CHECK(found("UPDATE t SET old = true WHERE at < now()").empty());
  CHECK(found("DELETE FROM t WHERE at < now()").empty());
  CHECK(found("INSERT INTO t SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM t WHERE at > now())").empty());
  CHECK(found("INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1 WHERE t.at IS DISTINCT FROM now()").empty());
  CHECK(found("INSERT INTO t VALUES (1) ON CONFLICT (id) WHERE at < now() DO UPDATE SET at = now()") == "now()");
  CHECK(found("SELECT now()").empty());
  CHECK(found("INSERT INTO t VALUES (1) RETURNING now()").empty());
}

TEST_CASE("comments and strings and names are no clocks", "[sql]") {
  CHECK(found("INSERT INTO t VALUES ('now()', 'CURRENT_DATE') -- now()").empty());
  CHECK(found("INSERT INTO t (now, random) VALUES (:now, 1)").empty());
  CHECK(found("INSERT INTO t (\"now\") VALUES ($q$now()$q$ /* now() */)").empty());
  CHECK(found("INSERT INTO t VALUES ('now')").empty());
}

TEST_CASE("the body of a DO block is read at its place", "[sql]") {
  const std::string block = "DO $body$ BEGIN INSERT INTO t VALUES (1, now()); END $body$";

  const auto value = changing_value(block, Engine::postgres);

  REQUIRE(value);
  CHECK(block.substr(value->offset, 5) == "now()");
  CHECK(found("DO 'BEGIN PERFORM now(); END'").empty());
}

TEST_CASE("the clock of SQLite is found by what its functions are given", "[sql]") {
  CHECK(found("INSERT INTO t VALUES (strftime('%s', 'now'))", Engine::sqlite) == "strftime()");
  CHECK(found("INSERT INTO t VALUES (datetime())", Engine::sqlite) == "datetime()");
  CHECK(found("INSERT INTO t VALUES (strftime('%Y'))", Engine::sqlite) == "strftime()");
  CHECK(found("REPLACE INTO t VALUES (hex(randomblob(16)))", Engine::sqlite) == "randomblob()");
  CHECK(found("INSERT INTO t VALUES (date('2026-01-01'), strftime('%Y', at))", Engine::sqlite).empty());
  CHECK(found("INSERT INTO t VALUES (now())", Engine::sqlite).empty());  // no function of SQLite's
}

TEST_CASE("a value that may stay the same for a day is told from one that changes at once", "[sql]") {
  const auto for_a_day = [](const std::string& statement, Engine dialect) { return changing_value(statement, dialect)->for_a_day; };

  CHECK(for_a_day("INSERT INTO t VALUES (CURRENT_DATE)", Engine::postgres));
  CHECK(for_a_day("INSERT INTO t VALUES (now()::date)", Engine::postgres));
  CHECK(for_a_day("INSERT INTO t VALUES (date_trunc('hour', now()))", Engine::postgres));
  CHECK(for_a_day("INSERT INTO t VALUES ('today'::date)", Engine::postgres));
  CHECK(for_a_day("INSERT INTO t VALUES (date('now'))", Engine::sqlite));
  CHECK(for_a_day("INSERT INTO t VALUES (strftime('%Y', 'now'))", Engine::sqlite));
  CHECK_FALSE(for_a_day("INSERT INTO t VALUES (now())", Engine::postgres));
  CHECK_FALSE(for_a_day("INSERT INTO t (date) VALUES (now())", Engine::postgres));
  CHECK_FALSE(for_a_day("INSERT INTO t VALUES (datetime('now'))", Engine::sqlite));
  CHECK_FALSE(for_a_day("INSERT INTO t VALUES (strftime('%Y-%m-%d %H:%M:%S', 'now'))", Engine::sqlite));
}
