// What a session is after a file has run in it, and what its errors tell.

#include <chrono>

#include "database/database.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/test_database.hpp"

using namespace seedbed::host;
using namespace seedbed::test;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<Database> open(const TestDatabase& database) {
  return connect(parse_url(database.url(), "/"), {});
}

}  // namespace

TEST_CASE("settings of SQLite are as they were once the session is reset", "[database]") {
  const std::string setting =
      GENERATE("ignore_check_constraints", "recursive_triggers", "legacy_alter_table", "reverse_unordered_selects",
               "defer_foreign_keys", "query_only", "writable_schema", "full_column_names");
  TestDatabase database(Engine::sqlite);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::vector<Row> before = connection->query("PRAGMA " + setting);
  connection->execute("PRAGMA " + setting + " = ON");
  // SQLite 3.46 takes this one from nobody who is on the defensive, as seeders are.
  if (setting != "writable_schema") REQUIRE(connection->query("PRAGMA " + setting) != before);

  connection->reset_session();

  CHECK(connection->query("PRAGMA " + setting) == before);
}

TEST_CASE("LIKE takes letters of either case once the session is reset", "[database]") {
  TestDatabase database(Engine::sqlite);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  connection->execute("PRAGMA case_sensitive_like = ON");

  connection->reset_session();

  CHECK(connection->query("SELECT 'A' LIKE 'a'") == std::vector<Row>{{"1"}});
}

TEST_CASE("a foreign key that a file has deferred and broken is found when the session is reset", "[database]") {
  TestDatabase database(Engine::sqlite);
  database.execute("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER REFERENCES a)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  connection->execute("PRAGMA defer_foreign_keys = ON");
  connection->execute("INSERT INTO b VALUES (1)");

  const Error error = failure_of([&] { connection->reset_session(); });

  CHECK_THAT(error.message(), ContainsSubstring("1 row of table \"b\" refers to a row of \"a\" that does not exist"));
}

TEST_CASE("constraints are deferred again beside temporary ones of another session", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TEMP TABLE theirs (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  database.execute("CREATE TABLE ours (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  connection->reset_session();

  CHECK(connection->execute("INSERT INTO ours VALUES (1), (1)") == 2);
}

TEST_CASE("an error in a function names the function", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1 / 0; END'; "
                   "CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN f(); END'");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { connection->query("SELECT g()"); });

  CHECK(error.message() == "division by zero");
  CHECK(error.detail() == "PL/pgSQL function f() line 1 at RETURN");
}

TEST_CASE("an error in a DO block has no line of its context as detail", "[database]") {
  TestDatabase database(Engine::postgres);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { connection->execute("DO 'BEGIN RAISE EXCEPTION ''no''; END'"); });

  CHECK(error.detail().empty());
}
