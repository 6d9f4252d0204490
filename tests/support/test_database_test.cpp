#include "support/test_database.hpp"

#include <stdexcept>

#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

TEST_CASE("a test database keeps what is written to it", "[support]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);

  database.execute("CREATE TABLE t (a integer, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL)");

  CHECK(database.engine() == engine);
  CHECK(database.value("SELECT count(*) FROM t") == "2");
  CHECK(database.rows("SELECT a, b FROM t ORDER BY a") ==
        std::vector<std::vector<std::string>>{{"1", "x"}, {"2", "NULL"}});
}

TEST_CASE("a test database is not shared with another one", "[support]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase first(engine);
  TestDatabase second(engine);

  first.execute("CREATE TABLE only_here (a integer)");

  CHECK(first.url() != second.url());
  CHECK_THROWS_AS(second.execute("SELECT a FROM only_here"), std::runtime_error);
}
