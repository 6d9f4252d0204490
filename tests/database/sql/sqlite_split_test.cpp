#include "splitting.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::host::sql;
using namespace seedbed::host::sql::test;

using Texts = std::vector<std::string>;

TEST_CASE("SQLite's statements end at semicolons", "[sql]") {
  CHECK(sqlite("\xEF\xBB\xBFselect 1;\r\n;; select 2") == Texts{"select 1", "select 2"});
  CHECK(sqlite("-- nothing;\n/* at all; */").empty());
}

TEST_CASE("all of SQLite's quotes hide semicolons", "[sql]") {
  CHECK(sqlite("select ';', \";\", [;], `;`, x';'; select 2").size() == 2);
  CHECK(sqlite("select ''';', \"\"\";\", ```;`, 'a\\'; select 2").size() == 2);
  CHECK(sqlite("select [a[;]; select 2").size() == 2);
  CHECK(sqlite("select e'\\'; select 2").size() == 2);
}

TEST_CASE("SQLite's comments do not nest and dollars quote nothing", "[sql]") {
  CHECK(sqlite("/* a /* b; */ select 1; select 2").size() == 2);
  CHECK(sqlite("select $$; select 2; select $a$; select 4").size() == 4);
  CHECK(sqlite("-- a\rselect 1; select 2\n").empty());
}

TEST_CASE("a trigger is one statement", "[sql]") {
  const std::string trigger =
      "create temp trigger if not exists begin after update of a on begin when new.a > 1 BEGIN\n"
      "  update t set b = case when new.a = 1 then 2 else 3 end;\n"
      "  insert into u values (';');\n"
      "END";

  CHECK(sqlite(trigger + ";\nselect 2;") == Texts{trigger, "select 2"});
  CHECK(sqlite(trigger + " ; -- done") == Texts{trigger});
  CHECK(sqlite("select 1;" + trigger) == Texts{"select 1", trigger});
  CHECK(sqlite("explain query plan " + trigger + "; select 2").size() == 2);
}

TEST_CASE("a table named trigger has no body", "[sql]") {
  CHECK(sqlite("create table \"trigger\" (a); begin; select 1; end").size() == 4);
  CHECK(sqlite("drop trigger if exists a; select 2").size() == 2);
}

TEST_CASE("a semicolon inside parentheses ends a statement of SQLite", "[sql]") {
  CHECK(sqlite("select (1; select 2").size() == 2);
}

TEST_CASE("a byte order mark between two files of SQLite put together is space", "[sql]") {
  CHECK(sqlite("select 1;\n\xEF\xBB\xBFselect 2;") == Texts{"select 1", "select 2"});
}
