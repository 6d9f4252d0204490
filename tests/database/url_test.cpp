#include "database/url.hpp"

#include <cstdlib>
#include <optional>
#include <string>

#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

using namespace seedbed::host;
using seedbed::test::failure_of;

namespace {

DatabaseUrl parse(const std::string& text) { return parse_url(text, "/srv/shop"); }

Error refusal(const std::string& text) {
  return failure_of([&] { parse(text); });
}

std::string everything(const Error& error) {
  return error.message() + "\n" + error.detail() + "\n" + error.hint() + "\n" + error.place().text;
}

/// An environment variable for the length of a scope.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_)
      setenv(name_, before_->c_str(), 1);
    else
      unsetenv(name_);
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("a sqlite url is a path that counts from the base", "[database]") {
  const DatabaseUrl url = parse("sqlite:data/app.db");

  CHECK(url.engine == Engine::sqlite);
  CHECK(url.file == "/srv/shop/data/app.db");
  CHECK(url.display == "sqlite:data/app.db");
  CHECK(url.local);
  CHECK(url.secrets.empty());
}

TEST_CASE("a bare path with a SQLite ending is a sqlite url", "[database]") {
  CHECK(parse("../app.db").file == "/srv/app.db");
  CHECK(parse("app.sqlite").display == "sqlite:app.sqlite");
  CHECK(parse("/var/app.sqlite3").file == "/var/app.sqlite3");
  CHECK(parse(" app.db\n").file == "/srv/shop/app.db");
}

TEST_CASE("an absolute sqlite url may have three slashes", "[database]") {
  CHECK(parse("sqlite:/var/app.db").file == "/var/app.db");
  CHECK(parse("sqlite:///var/app.db").file == "/var/app.db");
}

TEST_CASE("a sqlite database in memory has no file", "[database]") {
  const DatabaseUrl url = parse("sqlite::memory:");

  CHECK(url.file.empty());
  CHECK(url.display == "sqlite::memory:");
}

TEST_CASE("sqlite urls that mean something else elsewhere are refused", "[database]") {
  CHECK_THAT(refusal("sqlite:").what(), ContainsSubstring("not followed by a path"));
  CHECK_THAT(refusal("sqlite://app.db").what(), ContainsSubstring("has no host to name"));
  CHECK_THAT(refusal("sqlite:app.db?mode=ro").what(), ContainsSubstring("takes no options"));
}

TEST_CASE("a postgresql url is shown with user host port and database but no password",
          "[database]") {
  const DatabaseUrl url = parse("postgres://app:s3cret@db.example.com:6432/shop?sslmode=require");

  CHECK(url.engine == Engine::postgres);
  CHECK(url.display == "postgresql://app@db.example.com:6432/shop");
  CHECK(url.tls == "sslmode=require");
  CHECK(url.secrets == std::vector<std::string>{"s3cret"});
  CHECK(url.conninfo == "postgres://app:s3cret@db.example.com:6432/shop?sslmode=require");
  CHECK_FALSE(url.local);
}

TEST_CASE("key and value pairs of libpq are understood", "[database]") {
  const DatabaseUrl url =
      parse("host=db.example.com user=app dbname=shop password='it\\'s a/@:%\"b'");

  CHECK(url.display == "postgresql://app@db.example.com:5432/shop");
  CHECK(url.secrets == std::vector<std::string>{"it's a/@:%\"b"});
}

TEST_CASE("a dbname that ends like a SQLite file stays a dbname", "[database]") {
  CHECK(parse("host=localhost user=app dbname=app.db").engine == Engine::postgres);
}

TEST_CASE("a password with every awkward character is decoded and kept out of sight",
          "[database]") {
  const DatabaseUrl url = parse("postgresql://app:p%40s%3As%2Fw%25o%27r%22d%20x@localhost/shop");

  CHECK(url.secrets == std::vector<std::string>{"p@s:s/w%o'r\"d x"});
  CHECK(url.display == "postgresql://app@localhost:5432/shop");
}

TEST_CASE("the password of the client key is a secret too", "[database]") {
  const DatabaseUrl url =
      parse("host=h.example user=app dbname=d sslpassword=keypw password=pw sslkey=/k");

  CHECK(url.secrets == std::vector<std::string>{"pw", "keypw"});
  CHECK(url.tls == "sslmode=prefer sslkey=/k");
}

TEST_CASE("a password with an at sign or a slash that is not encoded is refused unseen",
          "[database]") {
  const std::string text = GENERATE(
      as<std::string>{}, "postgres://app:hun@ter2@db/shop", "postgres://app:hun/ter2@db/shop",
      "postgres://app:hun/t@er2@db/shop", "postgres://db/shop?user=app@x&password=hun@ter2");

  const Error error = refusal(text);

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "could not parse the database url: an \"@\" stands where none can be");
  CHECK_THAT(error.hint(), ContainsSubstring("write @ as %40"));
  CHECK(everything(error).find("hun") == std::string::npos);
  CHECK(everything(error).find("er2") == std::string::npos);
}

TEST_CASE("what libpq cannot parse is refused unseen", "[database]") {
  const std::string text =
      GENERATE(as<std::string>{}, "postgres://app:hunter2%zz@db/shop",
               "postgres://app:hunter2@db/shop?schema=hunter2", "host=db password=hun ter2",
               "password='hunter2", "password=hun ter2 dbname=x.db");

  const Error error = refusal(text);

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() ==
        "could not parse the database url: it is not a connection string that libpq understands");
  CHECK(everything(error).find("hun") == std::string::npos);
  CHECK(everything(error).find("ter2") == std::string::npos);
}

TEST_CASE("a text that is no database url is refused with the forms there are", "[database]") {
  const std::string text =
      GENERATE(as<std::string>{}, "mysql://app:hunter2@db/x", "hunter2", "", " ", ":memory:");

  const Error error = refusal(text);

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("could not parse the database url"));
  CHECK_THAT(error.detail(), ContainsSubstring("sqlite:PATH, sqlite::memory:"));
  CHECK(everything(error).find("hunter2") == std::string::npos);
}

TEST_CASE("a path that may be a url without its beginning is refused unseen", "[database]") {
  const Error error = refusal("app:hunter2@db/shop.db");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.hint(), ContainsSubstring("Write sqlite:PATH, or postgresql://"));
  CHECK(everything(error).find("hunter2") == std::string::npos);
  CHECK(parse("sqlite:a:b@c.db").display == "sqlite:a:b@c.db");
  CHECK(parse("a:b.db").display == "sqlite:a:b.db");
}

TEST_CASE("a url with a zero byte is refused", "[database]") {
  CHECK_THAT(refusal(std::string("sqlite:a\0b.db", 13)).what(), ContainsSubstring("a zero byte"));
}

TEST_CASE("parts that would be shown and may hold a password are refused", "[database]") {
  CHECK_THAT(refusal("postgres://app:hunter2/shop").what(),
             ContainsSubstring("its port is not a number"));
  CHECK_THAT(refusal("host=app:hunter2@db dbname=x").what(), ContainsSubstring("in its host name"));
  CHECK_THAT(refusal("dbname=postgres://app:hunter2@db/x").what(),
             ContainsSubstring("its dbname is itself a url"));
}

TEST_CASE("a password may look like a url", "[database]") {
  CHECK(parse("host=db user=app dbname=x password=a://b").secrets ==
        std::vector<std::string>{"a://b"});
}

TEST_CASE("sockets and loopback addresses are this machine", "[database]") {
  CHECK(parse("postgresql:///shop").local);
  CHECK(parse("host=/run/postgresql dbname=x").local);
  CHECK(parse("host=@abstract dbname=x").local);
  CHECK(parse("postgres://app@LocalHost/x").local);
  CHECK(parse("postgres://app@127.3.2.1/x").local);
  CHECK(parse("postgres://app@[::1]/x").local);
  CHECK(parse("host=localhost,127.0.0.1,/tmp dbname=x").local);
}

TEST_CASE("other hosts are not this machine", "[database]") {
  CHECK_FALSE(parse("postgres://app@10.0.0.1/x").local);
  CHECK_FALSE(parse("postgres://app@127.0.0.1.example.com/x").local);
  CHECK_FALSE(parse("postgres://app@localhost,db.example.com/x").local);
  CHECK_FALSE(parse("host=localhost hostaddr=10.0.0.1 dbname=x").local);
  CHECK(parse("host=db.example.com hostaddr=127.0.0.1 dbname=x").local);
}

TEST_CASE("a display names several hosts sockets and addresses of version 6", "[database]") {
  CHECK(parse("postgres://app@a:1,b:2/x").display == "postgresql://app@a:1,b:2/x");
  CHECK(parse("postgres://app@a,b/x").display == "postgresql://app@a:5432,b:5432/x");
  CHECK(parse("postgres://app@[::1]:6000/x").display == "postgresql://app@[::1]:6000/x");
  CHECK(parse("host=/tmp port=6000 user=app dbname=x").display ==
        "postgresql://app@/x?host=/tmp&port=6000");
  CHECK(parse("host=h user=a@b dbname='x y'").display == "postgresql://a%40b@h:5432/x%20y");
}

TEST_CASE("the environment of libpq fills in what a url leaves out", "[database]") {
  const Variable host("PGHOST", "db.example.com");
  const Variable user("PGUSER", "ada");
  const Variable password("PGPASSWORD", "from-env");

  const DatabaseUrl url = parse("postgresql:///shop");

  CHECK(url.display == "postgresql://ada@db.example.com:5432/shop");
  CHECK(url.secrets == std::vector<std::string>{"from-env"});
  CHECK_FALSE(url.local);
}

TEST_CASE("an address in the environment decides where a url goes", "[database]") {
  const Variable address("PGHOSTADDR", "10.1.2.3");

  CHECK_FALSE(parse("postgresql://app@localhost/shop").local);
}

TEST_CASE("a service counts as what its file says", "[database]") {
  const seedbed::test::TempDir folder;
  seedbed::test::write_file(
      folder / "services", "[shop]\nhost=db.example.com\nuser=svc\npassword=svc-pw\ndbname=prod\n");
  const Variable file("PGSERVICEFILE", (folder / "services").string());

  const DatabaseUrl url = parse("service=shop");

  CHECK(url.display == "postgresql://svc@db.example.com:5432/prod");
  CHECK(url.secrets == std::vector<std::string>{"svc-pw"});
  CHECK_FALSE(url.local);
}

TEST_CASE("a service that is in no file is an error of the url", "[database]") {
  const Variable file("PGSERVICEFILE", "/dev/null");

  const Error error = refusal("service=nowhere");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(),
             ContainsSubstring("could not resolve the database url: definition of service"));
}

TEST_CASE("hosts and ports that do not match are an error of the url", "[database]") {
  const Error error = refusal("host=a,b port=1,2,3 dbname=x");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("3 port numbers to 2 hosts"));
}
