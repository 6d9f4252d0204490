#include "splitting.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::host::sql;
using namespace seedbed::host::sql::test;

using Texts = std::vector<std::string>;

TEST_CASE("statements end at semicolons and carry none", "[sql]") {
  CHECK(postgres("select 1; select 2 ;\nselect 3") == Texts{"select 1", "select 2", "select 3"});
}

TEST_CASE("empty and comment-only files have no statements", "[sql]") {
  CHECK(postgres("").empty());
  CHECK(postgres(" \r\n\t\f").empty());
  CHECK(postgres("\xEF\xBB\xBF").empty());
  CHECK(postgres("-- nothing").empty());
  CHECK(postgres("/* nothing; */ -- at all;\n").empty());
  CHECK(postgres(";;\n;").empty());
}

TEST_CASE("comments around a statement are left out and those inside stay", "[sql]") {
  CHECK(postgres("-- a;\nselect /* b; */ 1 -- c;\n+ 2 -- d;\n; /* e */") ==
        Texts{"select /* b; */ 1 -- c;\n+ 2"});
}

TEST_CASE("a byte order mark is skipped and takes no column", "[sql]") {
  const auto statements = split("\xEF\xBB\xBFselect 1", Engine::postgres, kFile);

  REQUIRE(statements.size() == 1);
  CHECK(statements[0].offset == 3);
  CHECK(statements[0].line == 1);
  CHECK(statements[0].column == 1);
}

TEST_CASE("lines and columns count characters and CR LF is one line end", "[sql]") {
  const auto statements =
      split("select 'ä';\r\n/* ☃ */ select 'é€𝄞'; select 3;\r\nselect 4", Engine::postgres, kFile);

  REQUIRE(statements.size() == 4);
  CHECK((statements[0].line == 1 && statements[0].column == 1));
  CHECK((statements[1].line == 2 && statements[1].column == 9));
  CHECK((statements[2].line == 2 && statements[2].column == 23));
  CHECK((statements[3].line == 3 && statements[3].column == 1));
}

TEST_CASE("a semicolon inside a quote ends nothing", "[sql]") {
  CHECK(postgres("select ';'; select \";\"; select 'it''s;'; select \"a\"\";\"").size() == 4);
  CHECK(postgres("select b';', x';', n';', u&';', U&\";\"; select 2").size() == 2);
}

TEST_CASE("a backslash escapes in E strings only", "[sql]") {
  CHECK(postgres(R"(select 'a\'; select 'b')") == Texts{R"(select 'a\')", "select 'b'"});
  CHECK(postgres(R"(select E'a\'; select 1'; select 2)").size() == 2);
  CHECK(postgres(R"(select e'a\\'; select 2)").size() == 2);
  CHECK(postgres(R"(select U&'a\'; select 2)").size() == 2);
  CHECK(postgres(R"(select B'\'; select X'\'; select N'\'; select 2)").size() == 4);
}

TEST_CASE("a name that ends in e before a quote is no E string", "[sql]") {
  CHECK(postgres(R"(select date'a\'; select type'b\'; select 3)").size() == 3);
}

TEST_CASE("a string that goes on after a line end keeps its escapes", "[sql]") {
  CHECK(postgres("select E'a'\n'b\\'; select 1'; select 2").size() == 2);
  CHECK(postgres("select E'a' -- c\n -- d\r 'b\\'; select 1'; select 2").size() == 2);
  CHECK(postgres("select 'a'\n'b\\'; select 2").size() == 2);
  CHECK(postgres("select E'a' /* c\n */ 'b\\'; select 2").size() == 2);
}

TEST_CASE("standard_conforming_strings is followed through the file", "[sql]") {
  CHECK(postgres(R"(set standard_conforming_strings = off; select 'a\'; select 1'; select 2)")
            .size() == 3);
  CHECK(postgres(R"(SET SESSION standard_conforming_strings TO 'of'; select 'a\';'; select 2)")
            .size() == 3);
  CHECK(postgres(R"(set "standard_conforming_strings" = 0; reset all; select 'a\'; select 2)")
            .size() == 4);
  CHECK(
      postgres(
          R"(set standard_conforming_strings = off; set standard_conforming_strings to default; select '\'; select 2)")
          .size() == 4);
  CHECK(
      postgres(
          R"(select pg_catalog.set_config('standard_conforming_strings', 'off', false); select 'a\';'; select 2)")
          .size() == 3);
  CHECK(postgres(R"(set standard_conforming_strings = off; discard all; select '\'; select 2)")
            .size() == 4);
}

TEST_CASE("standard_conforming_strings goes back with its transaction", "[sql]") {
  CHECK(
      postgres(
          R"(begin; set standard_conforming_strings = off; select '\';'; rollback; select '\'; select 2)")
          .size() == 6);
  CHECK(postgres(R"(begin; set standard_conforming_strings = off; commit; select '\';'; select 2)")
            .size() == 5);
  CHECK(
      postgres(
          R"(begin; set local standard_conforming_strings = off; select '\';'; commit; select '\'; select 2)")
          .size() == 6);
}

TEST_CASE("dollar quotes end at their own tag", "[sql]") {
  CHECK(postgres("select $$;$$; select 2").size() == 2);
  CHECK(postgres("select $a$ $$;$$ $b$;$b$ $ $a;$a$; select 2").size() == 2);
  CHECK(postgres("select $a$x$b$a$; select 2").size() == 2);
  CHECK(postgres("select $ä_1$;$$;$ä_1$; select 2").size() == 2);
  CHECK(postgres("do $$ begin execute 'x'; -- it's\n end $$; select 2").size() == 2);
}

TEST_CASE("a dollar sign inside a name or a parameter opens no quote", "[sql]") {
  CHECK(postgres("select a$b$; select c$b$; select 3").size() == 3);
  CHECK(postgres("select $1; select $2; select $3+$1").size() == 3);
  CHECK(postgres("select 1$$;$$; select 2").size() == 2);
}

TEST_CASE("block comments nest", "[sql]") {
  CHECK(postgres("/* a /* b; */ c; */ select 1; select 2").size() == 2);
  CHECK(postgres("/*/* ; */ ; */ select 1; /**/ select 2; /***/ select 3").size() == 3);
  CHECK(postgres("select 1 +/* ; */ 2; select 3 *-- ;\n 4").size() == 2);
}

TEST_CASE("a line comment ends at a carriage return too", "[sql]") {
  CHECK(postgres("-- a\rselect 1; select 2") == Texts{"select 1", "select 2"});
}

TEST_CASE("a BEGIN ATOMIC body is one statement", "[sql]") {
  const std::string body =
      "create or replace function f(a int, b begin) returns int\n"
      "begin atomic\n"
      "  select case when a > 1 then 2 else (case a when 1 then 3 end) end;\n"
      "  select 1 as end, 2 case, t.end from t;\n"
      "  ;\n"
      "  insert into u values (1);\n"
      "end";

  CHECK(postgres(body + "; select 2;") == Texts{body, "select 2"});
  CHECK(postgres("CREATE PROCEDURE p() BEGIN ATOMIC END; SELECT 2").size() == 2);
  CHECK(postgres("create procedure p() begin atomic select 1 end; end; select 2").size() == 2);
}

TEST_CASE("begin and atomic mean nothing outside of a routine", "[sql]") {
  CHECK(postgres("create view v as select begin atomic from t; select 2; end").size() == 3);
  CHECK(
      postgres("create function begin() returns int language sql as 'select 1'; select 2").size() ==
      2);
  CHECK(
      postgres("create function \"begin\"() returns int language sql return 1; select 2").size() ==
      2);
  CHECK(postgres("create table function (begin int); begin; end").size() == 3);
}

TEST_CASE("a rule with actions in parentheses is one statement", "[sql]") {
  CHECK(postgres("create rule r as on insert to t do also (insert into a values (1); "
                 "delete from b where c in (select 1); ); select 2")
            .size() == 2);
}

TEST_CASE("a closing parenthesis too many does not hide a semicolon", "[sql]") {
  CHECK(postgres("select 1); select (2); select 3").size() == 3);
}

TEST_CASE("COPY takes its data with it", "[sql]") {
  const std::string sql =
      "COPY public.t (a, \"from\") FROM stdin; -- go\n1\tit's;\n\\.x\n\\N\t$$\n\\.\nselect 2;\n";
  const auto statements = split(sql, Engine::postgres, kFile);

  REQUIRE(statements.size() == 2);
  CHECK(sql.substr(statements[0].offset, statements[0].size) ==
        "COPY public.t (a, \"from\") FROM stdin");
  CHECK(sql.substr(statements[0].data_offset, statements[0].data_size) ==
        "1\tit's;\n\\.x\n\\N\t$$\n");
  CHECK(statements[0].kind == Kind::copy_in);
  CHECK(statements[1].line == 6);
}

TEST_CASE("COPY data may be empty and end with CR LF or with the file", "[sql]") {
  CHECK(postgres("copy t from stdin;\n\\.\nselect 2").size() == 2);
  CHECK(postgres("copy t from stdin with (format csv);\r\n1;'\r\n\\.\r\nselect 2").size() == 2);
  CHECK(postgres("copy t from stdin;\n1\n\\.").size() == 1);
  CHECK(postgres("copy t from stdout;\n';\n\\.\nselect 2").size() == 2);
}

TEST_CASE("COPY that is not from stdin has no data", "[sql]") {
  CHECK(postgres_kinds("copy t to stdout; copy (select 1 from stdin) to stdout; select 3") ==
        "ordinary ordinary ordinary");
  CHECK(postgres_kinds("copy t from '/tmp/stdin'; copy t from program 'stdin'; select 3") ==
        "ordinary ordinary ordinary");
}

TEST_CASE("restrict and unrestrict lines of dumps are skipped", "[sql]") {
  CHECK(postgres("--\n\\restrict a';$$\n\nselect 1;\n\\unrestrict a';$$\n") == Texts{"select 1"});
  CHECK(postgres("\\restrict abc") == Texts{});
}

TEST_CASE("colons and brackets are left to the server", "[sql]") {
  CHECK(postgres("select a[1:2], :x, ${y}, '{}'::int[]; select 2").size() == 2);
}

TEST_CASE("text after SET client_encoding may be in that encoding", "[sql]") {
  CHECK(postgres("set client_encoding = 'LATIN1'; select 'caf\xE9'; select 2").size() == 3);
  CHECK(postgres("set names 'win1252'; select '\xE9'").size() == 2);
  CHECK(postgres("begin; set local client_encoding to latin1; select '\xE9'; commit").size() == 4);
}
