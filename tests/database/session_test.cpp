// What a session is after a file has run in it, what its errors tell, and what it is sent together.

#include <chrono>
#include <span>

#include <fmt/format.h>

#include "database/database.hpp"
#include "database/postgres/postgres_connection.hpp"
#include "database/postgres/postgres_value.hpp"
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

namespace {

/// A connection inside a transaction, and the answers to what ran ahead.
struct Ahead {
  TestDatabase database{Engine::postgres};
  PostgresConnection connection{parse_url(database.url(), "/"), 0ms, nullptr};
  std::vector<std::string> taken;

  Ahead() { connection.begin(); }

  void ask(const char* number) {
    connection.run_ahead_of_next({"SAVEPOINT a", fmt::format("SELECT {}", number)}, [this](std::span<const PgResult> answers) {
      taken.push_back(fmt::format("{} of {}", *rows_of(answers[1].get())[0][0], answers.size()));
    });
  }
};

std::string only(const PgResult& result) { return rows_of(result.get()).at(0).at(0).value_or("NULL"); }

}  // namespace

TEST_CASE("what is to run ahead runs before the next statement whatever kind that is", "[database]") {
  Ahead ahead;
  const std::vector<std::optional<std::string>> text{"5"};
  const std::string four("\0\0\0\4", 4);
  const std::vector<BinaryParam> binary{{23, four}};
  PgErrorPlace place;
  ahead.ask("1");
  ahead.ask("2");

  CHECK(ahead.taken.empty());
  CHECK(only(ahead.connection.run("SELECT 3")) == "3");
  CHECK(ahead.taken == std::vector<std::string>{"1 of 2", "2 of 2"});

  ahead.ask("11");
  CHECK(only(ahead.connection.run_binary("SELECT $1", binary)) == "4");
  ahead.ask("12");
  CHECK(only(ahead.connection.run_binary("SELECT $1 + 1", binary, /*again=*/true)) == "5");
  ahead.ask("13");
  CHECK(only(ahead.connection.run("SELECT $1", text)) == "5");
  ahead.ask("14");
  CHECK(only(ahead.connection.run("SELECT 6", {}, {}, &place)) == "6");
  CHECK(place.completed == 1);
  ahead.ask("15");
  CHECK(ahead.connection.run_each("SELECT 7; SELECT 8").size() == 2);
  CHECK(ahead.taken.size() == 7);
}

TEST_CASE("a statement that fails leaves what ran ahead of it as it is", "[database]") {
  Ahead ahead;
  const std::vector<std::optional<std::string>> zero{"0"};
  ahead.connection.run("CREATE TABLE t (a int)");
  ahead.connection.run_ahead_of_next({"INSERT INTO t VALUES (1)", "SAVEPOINT b"});

  const Error error = failure_of([&] { ahead.connection.run("SELECT 1 / $1::int", zero); });

  CHECK(error.sqlstate() == "22012");
  ahead.connection.run("ROLLBACK TO SAVEPOINT b");
  CHECK(only(ahead.connection.run("SELECT count(*) FROM t")) == "1");
}

TEST_CASE("what fails ahead of a statement is told in its place and keeps it from running", "[database]") {
  Ahead ahead;
  const std::vector<std::optional<std::string>> one{"1"};
  ahead.connection.run("CREATE SEQUENCE s");
  const bool line = GENERATE(true, false);
  ahead.connection.run_ahead_of_next({"SELECT 1 / 0"}, [&](std::span<const PgResult>) { ahead.taken.push_back("taken"); });

  const Error error = failure_of([&] { line ? ahead.connection.run("SELECT nextval('s') + $1", one) : ahead.connection.run("SELECT nextval('s')"); });

  CHECK(error.sqlstate() == "22012");
  CHECK(ahead.taken.empty());
  ahead.connection.rollback();
  CHECK(only(ahead.connection.run("SELECT to_regclass('s') IS NULL")) == "t");
}

TEST_CASE("the end of a transaction takes what was to run ahead with it", "[database]") {
  Ahead ahead;
  const bool committed = GENERATE(true, false);
  ahead.ask("1");

  committed ? ahead.connection.commit() : ahead.connection.rollback();

  CHECK(only(ahead.connection.run("SELECT 2")) == "2");
  CHECK(ahead.taken.empty());
}

TEST_CASE("a connection that is lost while statements stand in line is told as lost", "[database]") {
  Ahead ahead;
  const std::vector<std::optional<std::string>> pid{std::to_string(ahead.connection.backend_pid())};
  ahead.ask("1");

  const Error error = failure_of([&] { ahead.connection.run("SELECT pg_terminate_backend($1)", pid); });

  CHECK_THAT(error.message(), ContainsSubstring("lost the connection to \"postgresql://"));
}
