// Where errors of the server are, as its fields tell; and that a real server fills them so.

#include "database/postgres/error_offset.hpp"
#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

namespace {

/// The text from the error on.
std::string at(const std::string& statement, const PgErrorPlace& place) {
  return statement.substr(error_offset(statement, place));
}

PgErrorPlace in_block(int line, const std::string& query = "", std::size_t position = 0) {
  return {0, position, query,
          "PL/pgSQL function inline_code_block line " + std::to_string(line) + " at SQL statement"};
}

}  // namespace

TEST_CASE("a position counts characters of the statement", "[postgres]") {
  CHECK(at("select 'äé漢', nope", {15, 0, "", ""}) == "nope");
  CHECK(at("select", {99, 0, "", ""}).empty());
}

TEST_CASE("an error without a place is at the first token", "[postgres]") {
  CHECK(at("select f()", {}) == "select f()");
  CHECK(at("select f()", {0, 1, "nope", "PL/pgSQL function f() line 3 at RETURN"}) == "select f()");
  CHECK(at("create table do_it (a int)", in_block(3)) == "create table do_it (a int)");
}

TEST_CASE("an error in a DO block is at the line of its body", "[postgres]") {
  CHECK(at("do $tag$\nbegin\n  one;\nend $tag$", in_block(3)) == "one;\nend $tag$");
  CHECK(at("do language 'plpgsql' '\nbegin\n  one;\nend'", in_block(3)) == "one;\nend'");
  CHECK(at("do /* it's $$ */ $$begin one;\nend$$ language plpgsql", in_block(1)) ==
        "begin one;\nend$$ language plpgsql");
  CHECK(at("do $$ $$", in_block(7)) == "$$");
}

TEST_CASE("an error in a query of a DO block is inside that query", "[postgres]") {
  const std::string block = "do $$\nbegin\n  perform 1; insert into ünknown\n  values (1);\nend $$";

  CHECK(at(block, in_block(3, "insert into ünknown\n  values (1)", 13)) ==
        "ünknown\n  values (1);\nend $$");
  CHECK(at(block, in_block(3, "put together", 5)) ==
        "perform 1; insert into ünknown\n  values (1);\nend $$");
}

TEST_CASE("a query of a function that a DO block calls is not looked for in it", "[postgres]") {
  PgErrorPlace place = in_block(2);
  place.context = "PL/pgSQL function f() line 3 at RETURN\n" + place.context;
  place.query = "nope";
  place.query_position = 1;

  CHECK(at("do $$begin\n  perform f('nope');\nend$$", place) == "perform f('nope');\nend$$");
}

TEST_CASE("an error of compiling is at the line of the function's body", "[postgres]") {
  const PgErrorPlace place{0, 0, "", "compilation of PL/pgSQL function \"f\" near line 2"};
  const std::string create = "create function f(a text default 'x') returns int as $$\nbegin\nend$$";

  CHECK(at(create, place) == "begin\nend$$");
  CHECK(at("select f()", place) == "select f()");
}

TEST_CASE("the server's errors are shown at their place in the file", "[postgres]") {
  struct Case {
    std::string sql, place;
  };
  const std::string start = "create table t (a int);\n-- é漢\n";
  const auto [sql, place] = GENERATE(values<Case>({
      {"select 'é', nope;", ":3:13"},
      {"create function f() returns int language plpgsql as $$\nbegin\n  iff;\nend $$;", ":5:3"},
      {"create function f() returns int language plpgsql as 'begin ''é''; end';", ":3:60"},
      {"create function f() returns int language sql as $$\n select nope from t $$;", ":4:9"},
      {"do $é$ begin\n  perform 'é' from nope;\nend $é$;", ":4:20"},
      {"do $$ begin\n if nope > 1 then null; end if;\nend $$;", ":4:5"},
      {"do $$ begin\n execute 'select ' || 'nope';\nend $$;", ":4:2"},
      {"do $$ begin\n\n  raise 'no';\nend $$;", ":5:3"},
      {"do $$ declare x nope;\nbegin end $$;", ":3:17"},
      {"create function f() returns int language plpgsql as $$ begin return 1/0; end $$;\n"
       "select 1,\n f();", ":4:1"},
      {"insert into t values (1);\ninsert into t\nvalues ('é', 'x');", ":5:14"},
      {"alter table t add check (nope > 0);", ":3:1"},
      {"create table u (a int primary key, b int references u deferrable initially deferred);\n"
       "insert into u values (1, 2);", "0001_x.sql"},
  }));
  INFO(sql);
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/0001_x.sql", start + sql);

  const Finished failed = workspace.run({"up"});

  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err, ContainsSubstring("at:     migrations/0001_x.sql"));
  CHECK_THAT(failed.err, ContainsSubstring(place));
}
