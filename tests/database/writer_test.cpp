// What a bulk writer refuses, compares and names.

#include <chrono>
#include <limits>

#include "database/database.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/rows.hpp"
#include "support/test_database.hpp"

using namespace seedbed::host;
using namespace seedbed::test;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<Database> open(const TestDatabase& database) {
  return connect(parse_url(database.url(), "/"), {});
}

/// Writes one row of an id and a text into `table`, whose columns are id and v.
WriterCounts write_text(Database& database, const std::string& table, const char* text,
                        int mode = SEEDBED_UPDATE_CHANGED) {
  const std::vector<seedbed_value> row{integer_value(1), text_value(text)};
  const auto writer = WriterTo(table, {"id", "v"}, {"id"}, mode).open(database);
  writer->write(row.data(), 1);
  return writer->counts();
}

seedbed_value of_type(int type, std::int64_t integer) {
  seedbed_value value = integer_value(integer);
  value.type = type;
  return value;
}

}  // namespace

TEST_CASE("a writer cuts no text to the length of a column", "[database]") {
  struct Case {
    const char* type;
    const char* text;
  };
  const Case given = GENERATE(values<Case>(
      {{"code", "abcdef"}, {"inner_code", "abcdef"}, {"varchar(3)[]", "{abc,abcd}"}, {"codes", "{abcdef}"},
       {"code[]", "{abcdef}"}, {"bit(3)[]", "{1111}"}}));
  TestDatabase database(Engine::postgres);
  database.execute("CREATE DOMAIN code AS varchar(5); CREATE DOMAIN inner_code AS code; CREATE DOMAIN codes AS varchar(5)[]");
  database.execute(std::string("CREATE TABLE t (id int PRIMARY KEY, v ") + given.type + ")");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { write_text(*connection, "t", given.text); });

  CHECK(error.code() == ExitCode::failed);
  CHECK(error.sqlstate().starts_with("22"));
}

TEST_CASE("a writer cuts no text to the length of a name", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (id int PRIMARY KEY, v name)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::string longest(63, 'x');

  CHECK(write_text(*connection, "t", longest.c_str()).written == 1);
  const Error error = failure_of([&] { write_text(*connection, "t", (longest + "x").c_str()); });

  CHECK_THAT(error.message(), ContainsSubstring("value too long for column \"v\" of type name"));
  CHECK_THAT(error.detail(), ContainsSubstring("It was row 1"));
}

TEST_CASE("a writer checks the constraint of a domain", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE DOMAIN price AS numeric(5, 2) CHECK (VALUE > 0); CREATE TABLE t (id int PRIMARY KEY, v price)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  CHECK(write_text(*connection, "t", "1.239").written == 1);
  CHECK(write_text(*connection, "t", "1.239").written == 0);
  const Error error = failure_of([&] { write_text(*connection, "t", "-1"); });

  CHECK(error.sqlstate() == "23514");
}

TEST_CASE("update_changed compares types without equality wherever they are", "[database]") {
  const auto [type, before, after] = GENERATE(table<const char*, const char*, const char*>(
      {{"json[]", "{1}", "{2}"}, {"pair", "(1,2)", "(1,3)"}, {"outer_doc", "1", "2"}, {"pair[]", "{}", "{\"(1,2)\"}"},
       {"point", "(1,2)", "(1,3)"}, {"box", "(1,1),(0,0)", "(2,2),(1,1)"}, {"xml", "<a/>", "<b/>"}}));
  TestDatabase database(Engine::postgres);
  database.execute("CREATE DOMAIN doc AS json; CREATE DOMAIN outer_doc AS doc; CREATE TYPE pair AS (a int, b outer_doc)");
  database.execute(std::string("CREATE TABLE t (id int PRIMARY KEY, v ") + type + ")");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  CHECK(write_text(*connection, "t", before).written == 1);
  CHECK(write_text(*connection, "t", before).written == 0);
  CHECK(write_text(*connection, "t", after).written == 1);
}

TEST_CASE("update_changed leaves an identity that is always generated as it is", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (number int GENERATED ALWAYS AS IDENTITY, id int PRIMARY KEY, v text)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const WriterTo table("t", {"number", "id", "v"}, {"id"}, SEEDBED_UPDATE_CHANGED);
  const std::vector<seedbed_value> first{integer_value(7), integer_value(1), text_value("a")};
  const std::vector<seedbed_value> second{integer_value(8), integer_value(1), text_value("b")};

  table.open(*connection)->write(first.data(), 1);
  table.open(*connection)->write(second.data(), 1);

  CHECK(connection->query("SELECT number, v FROM t") == std::vector<Row>{{"7", "b"}});
}

TEST_CASE("update_changed sees a change of case that a collation of SQLite hides", "[database]") {
  TestDatabase database(Engine::sqlite);
  database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT COLLATE NOCASE)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  CHECK(write_text(*connection, "t", "ada").written == 1);
  CHECK(write_text(*connection, "t", "Ada").written == 1);
  CHECK(write_text(*connection, "t", "Ada").written == 0);
}

TEST_CASE("update_changed sees a change of case that a type or collation of PostgreSQL hides", "[database]") {
  const char* type = GENERATE("citext", "citext[]", "folded_text", "text COLLATE folded");
  TestDatabase database(Engine::postgres);
  database.execute("CREATE EXTENSION citext; CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', "
                   "deterministic = false); CREATE DOMAIN folded_text AS text COLLATE folded");
  database.execute(std::string("CREATE TABLE t (id int PRIMARY KEY, v ") + type + ")");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  CHECK(write_text(*connection, "t", "{ada}").written == 1);
  CHECK(write_text(*connection, "t", "{Ada}").written == 1);
  CHECK(write_text(*connection, "t", "{Ada}").written == 0);
}

TEST_CASE("update_changed refuses one key twice in a batch and insert_missing keeps the first", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, v text)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::vector<seedbed_value> rows{integer_value(1), text_value("a"), integer_value(2),
                                        text_value("b"),  integer_value(1), text_value("c")};

  const auto updating = WriterTo("t", {"id", "v"}, {"id"}, SEEDBED_UPDATE_CHANGED).open(*connection);
  const Error error = failure_of([&] { updating->write(rows.data(), 3); });
  WriterTo("t", {"id", "v"}, {"id"}).open(*connection)->write(rows.data(), 3);

  CHECK(error.code() == ExitCode::failed);
  CHECK_THAT(error.message(), ContainsSubstring("rows 1 and 3 for table \"t\" have the same key: id = 1"));
  CHECK(connection->query("SELECT v FROM t ORDER BY id") == std::vector<Row>{{"a"}, {"b"}});
}

TEST_CASE("update_changed refuses keys that only the database takes for one", "[database]") {
  struct Alike {
    Engine engine;
    const char* type;
    const char *first, *second;
  };
  const auto alike = GENERATE(Alike{Engine::sqlite, "text COLLATE NOCASE", "Ada", "aDA"}, Alike{Engine::sqlite, "text COLLATE RTRIM", "a", "a  "},
                              Alike{Engine::sqlite, "text collate nocase", "Ada", "aDA"}, Alike{Engine::sqlite, "text collate rtrim", "a", "a  "},
                              Alike{Engine::postgres, "citext", "Ada", "aDA"}, Alike{Engine::postgres, "numeric", "1.5", "1.50"},
                              Alike{Engine::postgres, "char(5)", "a", "a  "}, Alike{Engine::postgres, "date", "2026-01-31", "20260131"});
  TestDatabase database(alike.engine);
  if (alike.engine == Engine::postgres) database.execute("CREATE EXTENSION citext");
  database.execute(std::string("CREATE TABLE t (id ") + alike.type + " NOT NULL PRIMARY KEY, v text)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::vector<seedbed_value> rows{text_value(alike.first), text_value("1"), text_value(alike.second), text_value("2")};

  const auto writer = WriterTo("t", {"id", "v"}, {"id"}, SEEDBED_UPDATE_CHANGED).open(*connection);
  const Error error = failure_of([&] { writer->write(rows.data(), 2); });

  INFO(alike.type);
  CHECK_THAT(error.message(), ContainsSubstring("rows 1 and 2 for table \"t\" have the same key: id = "));
}

TEST_CASE("keys are compared as their index compares them and not as their column", "[database]") {
  TestDatabase database(Engine::sqlite);
  database.execute("CREATE TABLE t (id text NOT NULL, v text); CREATE UNIQUE INDEX folded ON t (id COLLATE nocase); INSERT INTO t VALUES ('ADA', 'old')");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::vector<seedbed_value> rows{text_value("Ada"), text_value("1"), text_value("aDA"), text_value("2")};

  const auto missing = WriterTo("t", {"id", "v"}, {"id"}, SEEDBED_INSERT_MISSING).open(*connection);
  missing->write(rows.data(), 2);
  missing->finish();
  const auto changed = WriterTo("t", {"id", "v"}, {"id"}, SEEDBED_UPDATE_CHANGED).open(*connection);
  const Error error = failure_of([&] { changed->write(rows.data(), 2); });

  CHECK(missing->counts().written == 0);
  CHECK_THAT(error.message(), ContainsSubstring("rows 1 and 2 for table \"t\" have the same key: id = "));
}

TEST_CASE("keys in another form than the stored ones change nothing the second time", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (id numeric NOT NULL PRIMARY KEY, v text)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::vector<seedbed_value> rows{text_value("1.50"), text_value("a"), text_value("2"), text_value("b")};

  const auto first = WriterTo("t", {"id", "v"}, {"id"}, SEEDBED_UPDATE_CHANGED).open(*connection);
  first->write(rows.data(), 2);
  const auto second = WriterTo("t", {"id", "v"}, {"id"}, SEEDBED_UPDATE_CHANGED).open(*connection);
  second->write(rows.data(), 2);

  CHECK(first->counts().written == 2);
  CHECK(second->counts().written == 0);
}

TEST_CASE("one key far apart in a large batch is refused as well", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, v text)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  std::vector<seedbed_value> rows;
  for (int i = 0; i < 6000; ++i) rows.insert(rows.end(), {integer_value(i % 5999), text_value("a")});

  const auto writer = WriterTo("t", {"id", "v"}, {"id"}, SEEDBED_UPDATE_CHANGED).open(*connection);
  const Error error = failure_of([&] { writer->write(rows.data(), 6000); });

  CHECK_THAT(error.message(), ContainsSubstring("rows 1 and 6000 "));
}

TEST_CASE("values that the ABI does not allow are refused in rows and in parameters", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  const seedbed_value value = GENERATE(of_type(-1, 0), of_type(9, 0), of_type(SEEDBED_BOOL, 2), of_type(SEEDBED_UUID, 0));
  TestDatabase database(engine);
  database.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, v text)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::vector<seedbed_value> rows{integer_value(1), text_value("a"), integer_value(2), value};
  const auto writer = WriterTo("t", {"id", "v"}, {"id"}).open(*connection);

  const Error in_row = failure_of([&] { writer->write(rows.data(), 2); });
  const Error in_parameter = failure_of([&] { connection->execute("DELETE FROM t WHERE v = $1", {&value, 1}); });

  CHECK(in_row.code() == ExitCode::plugin);
  CHECK(in_row.detail() == "It is in row 2 for table \"t\", column \"v\".");
  CHECK(in_parameter.code() == ExitCode::plugin);
}

TEST_CASE("SQLite is given no NaN which it would store as NULL", "[database]") {
  TestDatabase database(Engine::sqlite);
  database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v REAL)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  seedbed_value nan = of_type(SEEDBED_DOUBLE, 0);
  nan.as.real = std::numeric_limits<double>::quiet_NaN();
  const std::vector<seedbed_value> row{integer_value(1), nan};
  const auto writer = WriterTo("t", {"id", "v"}, {"id"}).open(*connection);

  const Error in_row = failure_of([&] { writer->write(row.data(), 1); });
  const Error in_parameter = failure_of([&] { connection->execute("UPDATE t SET v = $1", {&nan, 1}); });

  CHECK_THAT(in_row.message(), ContainsSubstring("SQLite cannot store NaN"));
  CHECK_THAT(in_row.detail(), ContainsSubstring("It was row 1 for table \"t\""));
  CHECK_THAT(in_parameter.message(), ContainsSubstring("SQLite cannot store NaN"));
}

TEST_CASE("a writer takes tables with odd names", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  const std::string name = GENERATE("Odd Name", "Weird.Dot", "quo\"te", "a.b.c");
  std::string quoted = name;
  if (const auto quote = quoted.find('"'); quote != quoted.npos) quoted.insert(quote, 1, '"');
  TestDatabase database(engine);
  database.execute("CREATE TABLE \"" + quoted + "\" (id integer NOT NULL PRIMARY KEY, v text, w text NOT NULL DEFAULT '')");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  connection->start_counting();

  CHECK(write_text(*connection, name, "a").written == 1);
  CHECK(write_text(*connection, name, "b").written == 1);
  CHECK(connection->changes().at(0).table == connection->canonical_table(name));
  const Error error = failure_of([&] { WriterTo(name, {"id", "w"}, {"w"}).open(*connection); });
  CHECK_THAT(error.message(), ContainsSubstring("table \"" + name + "\" has no unique index"));
  connection->execute(error.hint().substr(error.hint().find("CREATE")));
  CHECK(WriterTo(name, {"id", "w"}, {"w"}).open(*connection) != nullptr);
}

TEST_CASE("the hint for a key that may be NULL can be run on PostgreSQL", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE \"Odd Name\" (id int, v text UNIQUE)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { WriterTo("Odd Name", {"id", "v"}, {"v"}).open(*connection); });
  connection->execute(error.hint().substr(error.hint().find("ALTER")));

  CHECK(WriterTo("Odd Name", {"id", "v"}, {"v"}).open(*connection) != nullptr);
}

TEST_CASE("a name that SQL could not read is a table that does not exist", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  const std::string name = GENERATE("odd name", "a.b.c", "half\"", "a..b");
  TestDatabase database(engine);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { WriterTo(name, {"id"}, {"id"}).open(*connection); });

  CHECK(error.message() == "table \"" + name + "\" does not exist");
}

TEST_CASE("a writer refuses a view without asking for an index on it", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, v text)");
  database.execute("CREATE VIEW seen AS SELECT * FROM t");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { write_text(*connection, "seen", "a"); });

  CHECK(error.code() == ExitCode::failed);
  CHECK(error.message() == "cannot write rows into \"seen\": it is not a table");
  CHECK_THAT(error.hint(), !ContainsSubstring("INDEX"));
}

TEST_CASE("a writer refuses a virtual table without asking for an index on it", "[database]") {
  TestDatabase database(Engine::sqlite);
  database.execute("CREATE VIRTUAL TABLE pages USING fts5(id, v)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { write_text(*connection, "pages", "a"); });

  CHECK(error.message() == "cannot write rows into \"pages\": it is not a table");
}

TEST_CASE("a unique index that ON CONFLICT cannot use is named with the reason", "[database]") {
  struct Unfit {
    Engine engine;
    const char* table;
    const char* reason;
  };
  const auto unfit = GENERATE(
      Unfit{Engine::sqlite, "CREATE TABLE t (id int NOT NULL, v text); CREATE UNIQUE INDEX part ON t (id) WHERE v IS NOT NULL",
            "Index \"part\" will not do: it covers only some rows."},
      Unfit{Engine::postgres, "CREATE TABLE t (id int NOT NULL, v text); CREATE UNIQUE INDEX part ON t (id) WHERE v IS NOT NULL",
            "Index \"part\" will not do: it covers only some rows."},
      Unfit{Engine::postgres, "CREATE TABLE t (id int NOT NULL CONSTRAINT late UNIQUE DEFERRABLE, v text)",
            "Index \"late\" will not do: it belongs to a constraint that is deferrable."},
      Unfit{Engine::postgres,
            "CREATE TABLE t (id int NOT NULL, v text); CREATE UNIQUE INDEX half ON t (id); "
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half'::regclass",
            "Index \"half\" will not do: it is not valid, since making it failed."});
  TestDatabase database(unfit.engine);
  database.execute(unfit.table);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { write_text(*connection, "t", "a"); });

  CHECK(error.message() == "table \"t\" has no unique index over its key (id)");
  CHECK_THAT(error.detail(), ContainsSubstring(unfit.reason));
}

TEST_CASE("a partition goes by the name under which its changes are reported", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE events (id int NOT NULL, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id)");
  database.execute("CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM (0) TO (100)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  connection->start_counting();

  write_text(*connection, "events_2026", "a");

  CHECK(connection->canonical_table("events_2026") == "events");
  CHECK(connection->changes() == std::vector<TableCounts>{{"events", 1, 0, 0}});
}
