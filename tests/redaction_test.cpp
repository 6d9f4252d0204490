#include "log.hpp"
#include "redaction.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;

TEST_CASE("a secret is hidden as it is", "[log]") {
  log::redact("s3cr3t-one");

  CHECK(log::redacted("postgres://u:s3cr3t-one@h/db") == "postgres://u:***@h/db");
}

TEST_CASE("a secret is hidden percent-encoded in either case and in part", "[log]") {
  log::redact("p@ss:wörd/1");

  CHECK(log::redacted("u:p%40ss%3Aw%C3%B6rd%2F1@h") == "u:***@h");
  CHECK(log::redacted("u:p%40ss%3aw%c3%b6rd%2f1@h") == "u:***@h");
  CHECK(log::redacted("u:p@ss%3Awörd/1@h") == "u:***@h");
}

TEST_CASE("a secret is hidden in quotes of every kind", "[log]") {
  log::redact("it's \"two\" \\ words");

  CHECK(log::redacted(R"(password='it\'s "two" \\ words')") == "password='***'");
  CHECK(log::redacted(R"('it''s "two" \ words')") == "'***'");
  CHECK(log::redacted(R"("it's \"two\" \\ words")") == "\"***\"");
  CHECK(log::redacted(R"("it\u0027s \u0022two\u0022 \u005c words")") == "\"***\"");
}

TEST_CASE("a secret is hidden in a connection string that SQL has quoted once more", "[log]") {
  log::redact("let's meet");

  CHECK(log::redacted(R"(dblink('host=db pass=''let\''s meet''', 'SELECT 1'))") ==
        "dblink('host=db pass=''***''', 'SELECT 1')");
}

TEST_CASE("a password in a connection string is hidden whosever it is", "[log]") {
  CHECK(log::redacted("dsn 'postgresql://ada:foreign@db/shop', mysql://x:a:b@c@db") ==
        "dsn 'postgresql://ada:***@db/shop', mysql://x:***@db");
  CHECK(log::redacted("dblink('host=db password=foreign user=ada', sslpassword=foreign)") ==
        "dblink('host=db password=*** user=ada', sslpassword=***)");
  CHECK(log::redacted(R"(password='fo\'reign one' 'password=''foreign'' user=a')") ==
        "password='***' 'password=''***'' user=a'");
  CHECK(log::redacted("postgresql://db/shop?user=a&password=foreign&sslmode=require") ==
        "postgresql://db/shop?user=a&password=***&sslmode=require");
}

TEST_CASE("a connection string that shows how one is written stays", "[log]") {
  for (const char* text :
       {"postgresql://USER:PASSWORD@HOST:PORT/DATABASE", "https://db:80/x?mail=a@b",
        "postgresql://ada@db:5432/shop", "host=db password= user=ada", "SELECT '://a:b@c'", "password=''"}) {
    CHECK(log::redacted(text) == text);
  }
}

TEST_CASE("a short secret is hidden only where it stands alone", "[log]") {
  log::redact("zq");

  CHECK(log::redacted("u:zq@h zqa") == "u:***@h zqa");
}

TEST_CASE("the longer of two secrets that begin alike is hidden whole", "[log]") {
  log::redact("abcdefg");
  log::redact("abcdefghij");

  CHECK(log::redacted("abcdefghij abcdefg") == "*** ***");
}

TEST_CASE("words that every output is made of are not hidden", "[log]") {
  log::redact("postgres");
  log::redact("");

  CHECK(log::redacted("postgresql://postgres@h/postgres") == "postgresql://postgres@h/postgres");
}

TEST_CASE("the password that an SQL statement sets is hidden", "[log]") {
  CHECK(log::redacted("CREATE ROLE a PASSWORD 'hunter22' LOGIN") ==
        "CREATE ROLE a PASSWORD '***' LOGIN");
  CHECK(log::redacted("alter user a encrypted password\t'it''s' valid until 'infinity'") ==
        "alter user a encrypted password\t'***' valid until 'infinity'");
  CHECK(log::redacted(R"(PASSWORD E'a\'b' PASSWORD $$c$$ Password $q$d$q$ PASSWORD'e')") ==
        R"(PASSWORD E'***' PASSWORD $$***$$ Password $q$***$q$ PASSWORD'***')");
}

TEST_CASE("the password of a statement that was cut off is hidden to the end of its line", "[log]") {
  CHECK(log::redacted("CREATE ROLE a PASSWORD 'hunt") == "CREATE ROLE a PASSWORD '***");
  CHECK(log::redacted("PASSWORD 'hunt\n  hint: it's there") == "PASSWORD '***\n  hint: it's there");
}

TEST_CASE("the word password hides nothing by itself", "[log]") {
  for (const char* text : {"ALTER ROLE a PASSWORD NULL", "PASSWORD ''", "password", "password ",
                           "password authentication failed for user 'ada'",
                           "SELECT old_password 'alias'"}) {
    CHECK(log::redacted(text) == text);
  }
}

TEST_CASE("what looks like a password in a connection string is hidden before anybody parses it", "[log]") {
  log::redact_credentials_in("postgresql://ada:planted%2Done@db/shop");
  log::redact_credentials_in("mysql://ada:planted@two/x@db/shop");
  log::redact_credentials_in("host=db password = 'planted \\'three' user=ada");
  log::redact_credentials_in("host=db sslpassword=planted-four");

  CHECK(log::redacted("planted%2Done planted-one") == "*** ***");
  CHECK(log::redacted("it is planted@two/x") == "it is ***");
  CHECK(log::redacted("planted 'three") == "***");
  CHECK(log::redacted("planted-four") == "***");
}

TEST_CASE("a connection string without a password hides nothing", "[log]") {
  for (const char* text : {"postgresql://ada@db:5432/shop?application_name=a", "postgresql://db/shop", "host=db user=ada", "password", "https://db:80/"}) {
    log::redact_credentials_in(text);
    CHECK(log::redacted(text) == text);
  }
}
