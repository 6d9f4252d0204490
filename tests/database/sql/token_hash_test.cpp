#include "splitting.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::host::sql;

namespace {

std::string hash(std::string_view sql) { return token_hash(sql, Engine::postgres); }
std::string sqlite_hash(std::string_view sql) { return token_hash(sql, Engine::sqlite); }

}  // namespace

TEST_CASE("sha256 is the one that everybody knows", "[sql]") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("layout and comments do not change the token hash", "[sql]") {
  const std::string expected = hash("create table t (a int default -1, b text);\nselect 'x', 2;\n");

  CHECK(hash("\xEF\xBB\xBF"
             "create  table t(a int default - 1,b text) ;;\r\n-- why\r\nselect 'x',/* and */2") ==
        expected);
  CHECK(hash("create table t (a int default-1, b text); select 'x', 2 -- seed\n") == expected);
}

TEST_CASE("line ends do not change the token hash even inside quotes", "[sql]") {
  CHECK(hash("do $$\nbegin\n  null;\nend\n$$;\n") ==
        hash("do $$\r\nbegin\r\n  null;\r\nend\r\n$$;\r\n"));
  CHECK(sqlite_hash("select 'a\nb'") == sqlite_hash("select 'a\r\nb'"));
  CHECK(hash("select 'a\rb'") != hash("select 'ab'"));
}

TEST_CASE("what the server sees changes the token hash", "[sql]") {
  CHECK(hash("select 1") != hash("select 2"));
  CHECK(hash("select a") != hash("select A"));
  CHECK(hash("select ab") != hash("select a b"));
  CHECK(hash("select 'a  b'") != hash("select 'a b'"));
  CHECK(hash("select a; b") != hash("select a b"));
  CHECK(hash("select a <= b") != hash("select a < = b"));
  CHECK(hash("select 1.5") != hash("select 1 .5"));
  CHECK(hash("select 'a'\n'b'") != hash("select 'a' 'b'"));
  CHECK(hash("do $$ -- x\n$$") != hash("do $$ -- y\n$$"));
  CHECK(hash("select 1") != hash(""));
}

TEST_CASE("directives change the token hash and other comments do not", "[sql]") {
  CHECK(hash("-- seedbed: no-transaction\nselect 1") != hash("select 1"));
  CHECK(hash("--migrate:up transaction:false\nselect 1") != hash("-- migrate:up\nselect 1"));
  CHECK(hash("-- +GOOSE Up\nselect 1") != hash("-- goose Up\nselect 1"));
  CHECK(hash("select 1\n/* SEEDBED: down */") != hash("select 1"));
  CHECK(hash("-- seedbed: up  \r\nselect 1") == hash("--   seedbed: up\nselect 1"));
  CHECK(hash("-- seedbed up\nselect 1") == hash("select 1"));
}

TEST_CASE("COPY data count by their bytes", "[sql]") {
  const std::string expected = hash("copy t from stdin;\n1\t2\n\\.\n");

  CHECK(hash("COPY t from stdin;\n1\t2\n\\.\n") != expected);
  CHECK(hash("copy  t from stdin ; -- x\n1\t2\n\\.\r\n") == expected);
  CHECK(hash("copy t from stdin;\n1\t2\r\n\\.\n") != expected);
  CHECK(hash("copy t from stdin;\n1 2\n\\.\n") != expected);
}

TEST_CASE("text that cannot be split is hashed by its bytes", "[sql]") {
  CHECK(hash("select 'a") == sha256("select 'a"));
  CHECK(hash("\\d") == sha256("\\d"));
}

TEST_CASE("the dialects read the same text with different tokens", "[sql]") {
  CHECK(sqlite_hash("select [a b]") != sqlite_hash("select [a  b]"));
  CHECK(sqlite_hash("select a->>b") != sqlite_hash("select a-> >b"));
  CHECK(sqlite_hash("select a=-1") == sqlite_hash("select a = - 1"));
}

TEST_CASE("a token longer than the hash's buffer counts in full", "[sql]") {
  const std::string body(200000, 'x');

  CHECK(hash("select '" + body + "a'") != hash("select '" + body + "b'"));
  CHECK(hash("select '" + body + "'") == hash("select  '" + body + "' ;"));
}

TEST_CASE("algorithm 1 means what it always meant", "[sql]") {
  const std::string_view text =
      "-- seedbed: up\r\nCREATE TABLE t (a int default -1);\r\ndo $$\r\n;$$;\nselect 'a'\n'b', "
      "E'\\'', \"C\"::text;\n"
      "copy t from stdin;\n1\n\\.\n";

  CHECK(hash(text) == sha256("#11:seedbed: up"
                             "t6:CREATEt5:TABLEt1:tt1:(t1:at3:intt7:defaultt1:-t1:1t1:);"
                             "t2:dot6:$$\n;$$;"
                             "t6:selectt3:'a'c3:'b't1:,t5:E'\\''t1:,t3:\"C\"t2:::t4:text;"
                             "t4:copyt1:tt4:fromt5:stdind2:1\n;"));
  CHECK(hash("") == sha256(""));
}
