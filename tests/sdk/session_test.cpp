#include <cstddef>
#include <limits>
#include <optional>

#include "sdk/fake_host.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using seedbed::test::FakeHost;
using Calls = std::vector<std::string>;

TEST_CASE("a writer hands its rows to the host when it is flushed", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);

  auto customers = db.into("shop.customer").columns("email", "name").key("email").insert_missing();
  customers.row("ada", std::string("Ada Byron"));
  customers.row(std::string_view("alan"), nullptr);
  db.flush();

  CHECK(fake.calls == Calls{"open shop.customer(email*,name) insert_missing",
                            "write 0 [ada|Ada Byron] [alan|null]"});
}

TEST_CASE("a writer marks the columns that are not compared", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);

  db.into("t")
      .columns("id", "made", "changed")
      .key("id")
      .insert_only("made")
      .touch("changed")
      .update_changed();

  CHECK(fake.calls == Calls{"open t(id*,made insert_only,changed touch) update_changed"});
}

TEST_CASE("a writer of rows that are inserted once says so", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);

  db.into("t").columns("id").key("id").insert_once();

  CHECK(fake.calls == Calls{"open t(id*) insert_once"});
}

TEST_CASE("a column that is marked but not written is refused", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);
  auto columns = db.into("t").columns("id", "made").key("id");

  CHECK_THROWS_WITH(columns.touch("changed"),
                    "\"changed\" is not among the columns written into \"t\"");
}

TEST_CASE("every type of value reaches the host as what it is", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);
  const char* no_text = nullptr;
  const std::array<std::byte, 3> bytes{};

  auto rows = db.into("t").columns("a", "b", "c", "d", "e").key("a").insert_missing();
  rows.row(nullptr, std::nullopt, std::optional<int>(), no_text, std::optional<int>(4));
  rows.row(true, std::int8_t{-1}, 18u, std::numeric_limits<std::int64_t>::min(), 0.5);
  rows.row(bytes, seedbed::Bytes{1, 2}, seedbed::json("{}"), seedbed::Timestamp("1970-01-02"),
           seedbed::Uuid("AAAAAAAA-0001-0001-0001-000000000001"));
  db.flush();

  CHECK(fake.calls.back() ==
        "write 0 [null|null|null|null|4] [true|-1|18|-9223372036854775808|0.500000] "
        "[bytes:3|bytes:2|json:{}|@86400000000|aaaaaaaa-0001-0001-0001-000000000001]");
}

TEST_CASE("a whole number that no database holds is refused and its row left out", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);
  auto rows = db.into("t").columns("a", "b").key("a").insert_missing();

  CHECK_THROWS_WITH(rows.row(1, std::numeric_limits<std::uint64_t>::max()),
                    "18446744073709551615 exceeds the range of a database's integers");
  rows.row(2, 3);
  db.flush();

  CHECK(fake.calls.back() == "write 0 [2|3]");
}

TEST_CASE("rows keep their own copy of what they were given", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);
  auto rows = db.into("t").columns("a").key("a").insert_missing();
  std::string text = "first";

  rows.row(text);
  text = "later";
  rows.row(text);
  db.flush();

  CHECK(fake.calls.back() == "write 0 [first] [later]");
}

TEST_CASE("a full batch is sent and the parents before it", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);
  auto parents = db.into("parent").columns("id").key("id").insert_missing();
  auto children = db.into("child").columns("id").key("id").insert_missing();

  parents.row(1);
  for (int i = 0; i < 1025; ++i) children.row(i);
  db.flush();

  CHECK(fake.calls == Calls{"open parent(id*) insert_missing", "open child(id*) insert_missing",
                            "write 0 [1]", "write 1 1024 rows", "write 1 [1024]"});
}

TEST_CASE("a batch is full by its bytes too", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);
  auto rows = db.into("t").columns("a").key("a").insert_missing();

  for (int i = 0; i < 5; ++i) rows.row(std::string(16'000, 'x'));

  CHECK(fake.calls.back() == "write 0 5 rows");
}

TEST_CASE("statements and queries see the rows written before them", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);
  auto rows = db.into("t").columns("a").key("a").insert_missing();

  rows.row(1);
  const auto changed = db.exec("DELETE FROM t WHERE a = $1 OR b = $2", 5, "x");
  rows.row(2);
  db.query("SELECT 1");

  CHECK(changed == 7);
  CHECK(fake.calls == Calls{"open t(a*) insert_missing", "write 0 [1]",
                            "exec DELETE FROM t WHERE a = $1 OR b = $2 [5|x]", "write 0 [2]",
                            "query SELECT 1 []"});
}

TEST_CASE("a query hands out typed values", "[sdk]") {
  FakeHost fake;
  fake.result = {{seedbed::detail::to_value(5), seedbed::detail::to_value("five"),
                  seedbed::detail::to_value(nullptr)},
                 {seedbed::detail::to_value(6), seedbed::detail::to_value("six"),
                  seedbed::detail::to_value(1)}};
  seedbed::Session db(fake.run, fake.host);

  const seedbed::Rows rows = db.query("SELECT");

  REQUIRE(rows.size() == 2);
  CHECK(rows[0].get<int>(0) == 5);
  CHECK(rows[0].get<double>(0) == 5.0);
  CHECK(rows[0].get<std::string>(1) == "five");
  CHECK(rows[0].is_null(2));
  CHECK(rows[0].get<std::optional<bool>>(2) == std::nullopt);
  CHECK(rows[1].get<std::optional<bool>>(2) == true);
}

TEST_CASE("a query reads the types that SQLite does not have from those it has", "[sdk]") {
  FakeHost fake;
  fake.result = {{seedbed::detail::to_value("aaaaaaaa-0001-0001-0001-000000000001"),
                  seedbed::detail::to_value("2026-01-31 09:30:00"),
                  seedbed::detail::to_value("[1]")}};
  seedbed::Session db(fake.run, fake.host);

  const seedbed::Rows rows = db.query("SELECT");

  CHECK(rows[0].get<seedbed::Uuid>(0) == seedbed::Uuid("aaaaaaaa-0001-0001-0001-000000000001"));
  CHECK(rows[0].get<seedbed::Timestamp>(1).text() == "2026-01-31T09:30:00Z");
  CHECK(rows[0].get<seedbed::Json>(2).text == "[1]");
}

TEST_CASE("a query names the column that cannot be read as asked", "[sdk]") {
  FakeHost fake;
  fake.result = {{seedbed::detail::to_value("five"), seedbed::detail::to_value(nullptr),
                  seedbed::detail::to_value(300)}};
  seedbed::Session db(fake.run, fake.host);

  const seedbed::Rows rows = db.query("SELECT");

  CHECK_THROWS_WITH(rows[0].get<int>(0),
                    "column 0 of the query is of type text and cannot be read as an integer");
  CHECK_THROWS_WITH(rows[0].get<int>(1), "column 1 of the query is null; read it as std::optional");
  CHECK_THROWS_WITH(rows[0].get<std::uint8_t>(2),
                    "column 2 of the query is 300, which exceeds the range of the type it is read "
                    "as");
  CHECK_THROWS_WITH(rows[0].get<int>(3), "the query has no column 3; it has columns 0 to 2");
  CHECK_THROWS_WITH(rows[1], "the query returned 1 rows, not 2");
}

TEST_CASE("a session tells the run", "[sdk]") {
  FakeHost fake;
  fake.run.tier = SEEDBED_TIER_STAGING;
  fake.run.engine = SEEDBED_ENGINE_POSTGRES;
  fake.run.dry_run = 1;
  fake.run.now = 1'769'844'600'000'000;
  const seedbed::Session db(fake.run, fake.host);

  CHECK(db.environment() == "local");
  CHECK(db.tier() == seedbed::Tier::staging);
  CHECK(db.engine() == seedbed::Engine::postgres);
  CHECK(db.dry_run());
  CHECK((db.now() - 3h).text() == "2026-01-31T04:30:00Z");
}

TEST_CASE("a parameter is read in its type", "[sdk]") {
  FakeHost fake;
  fake.parameters = {{seedbed::detail::text("count"), seedbed::detail::to_value(5)},
                     {seedbed::detail::text("title"), seedbed::detail::to_value("Demo")}};
  fake.set_parameters();
  const seedbed::Session db(fake.run, fake.host);

  CHECK(db.param<int>("count") == 5);
  CHECK(db.param<std::string>("title") == "Demo");
  CHECK_THROWS_WITH(db.param<int>("title"),
                    "parameter \"title\" is of type text and cannot be read as an integer");
  CHECK_THROWS_WITH(db.param<int>("number"), "the seeder declares no parameter \"number\"");
}

TEST_CASE("a password is hashed with a salt that repeats itself", "[sdk]") {
  FakeHost first, second;
  seedbed::Session db(first.run, first.host), again(second.run, second.host);

  const std::string hash = db.bcrypt("secret"), other = db.bcrypt("secret", 10);

  CHECK(hash == again.bcrypt("secret"));
  CHECK(hash != other);
  CHECK(first.calls == Calls{"bcrypt secret 6", "bcrypt secret 10"});
}

TEST_CASE("events and progress reach the host", "[sdk]") {
  FakeHost fake;
  seedbed::Session db(fake.run, fake.host);

  db.log("users_made", {{"count", 5}, {"why", std::string("demo")}});
  db.log("slow", {}, seedbed::LogLevel::warning);
  db.progress(3, 10);

  CHECK(fake.calls == Calls{"log 1 users_made count=5 why=demo", "log 2 slow", "progress 3/10"});
}
