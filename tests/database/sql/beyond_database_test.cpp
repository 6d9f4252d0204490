// SQL whose effect is not confined to one database.

#include "database/sql/beyond_database.hpp"

#include <string>

#include "support/catch.hpp"

using seedbed::host::sql::reaches_beyond;

namespace {

std::string found(const std::string& text) {
  const auto beyond = reaches_beyond(text);
  return beyond ? beyond->what : "";
}

}  // namespace

TEST_CASE("SQL that touches the server or another one is found", "[sql]") {
  CHECK(found("SELECT 1;\ncreate role app LOGIN;") == "CREATE ROLE");
  CHECK(found("ALTER USER app SET search_path = app") == "ALTER USER");
  CHECK(found("DROP /* it */ DATABASE old") == "DROP DATABASE");
  CHECK(found("ALTER SYSTEM SET work_mem = '1GB'") == "ALTER SYSTEM");
  CHECK(found("CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw") == "CREATE SERVER");
  CHECK(found("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p") == "CREATE SUBSCRIPTION");
  CHECK(found("SELECT dblink_exec('host=other', 'DELETE FROM t')") == "dblink_exec");
}

TEST_CASE("the bodies of blocks and the strings in them are searched at their place", "[sql]") {
  const std::string block = "DO $x$ BEGIN EXECUTE 'CREATE ROLE app'; END $x$;";

  const auto beyond = reaches_beyond(block);

  REQUIRE(beyond);
  CHECK(block.substr(beyond->offset, 11) == "CREATE ROLE");
}

TEST_CASE("names and comments and plain strings reach nowhere", "[sql]") {
  CHECK(found("CREATE TABLE role (\"user\" text); -- create role").empty());
  CHECK(found("INSERT INTO t VALUES ('create role app')").empty());
  CHECK(found("ALTER TABLE t DROP COLUMN system; CREATE INDEX role ON t (a)").empty());
}
