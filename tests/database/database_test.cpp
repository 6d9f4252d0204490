// What both engines promise behind Database.

#include <chrono>

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

constexpr const char* kPeople =
    "CREATE TABLE people (id integer NOT NULL PRIMARY KEY, name text NOT NULL, note text, made text)";

std::vector<seedbed_value> person(int id, const char* name, const char* note = "", const char* made = "") {
  return {integer_value(id), text_value(name), text_value(note), text_value(made)};
}

WriterTo people(int mode) { return {"people", {"id", "name", "note", "made"}, {"id"}, mode}; }

}  // namespace

TEST_CASE("a transaction that is not committed leaves nothing", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  const auto connection = open(database);

  {
    const Transaction transaction(*connection, {1s});
    connection->execute("INSERT INTO people (id, name) VALUES (1, 'Ada')");
  }

  CHECK(database.value("SELECT count(*) FROM people") == "0");
  CHECK_FALSE(connection->in_transaction());
}

TEST_CASE("parameters keep their text whatever it holds", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  const auto connection = open(database);
  const std::string odd = "it's \"quoted\", {braced}, back\\slashed, $1 and ünïcode";
  const std::vector<seedbed_value> params{text_value(odd), null_value()};

  const std::vector<Row> rows = connection->query("SELECT CAST($1 AS text), CAST($2 AS text)", params);

  CHECK(rows.at(0).at(0) == odd);
  CHECK_FALSE(rows.at(0).at(1).has_value());
}

TEST_CASE("of two transactions begun alone the second one waits and then gives up", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  const auto first = open(database);
  const auto second = open(database);
  const Transaction held(*first, {1s, true});

  const Error error = failure_of([&] { const Transaction wanted(*second, {150ms, true}); });

  CHECK(error.code() == ExitCode::locked);
  CHECK_THAT(error.message(), ContainsSubstring("within 150 ms"));
  CHECK_FALSE(second->in_transaction());
}

TEST_CASE("insert_missing keeps rows whose key exists", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  database.execute("INSERT INTO people VALUES (1, 'edited', 'by hand', '')");
  const auto connection = open(database);
  Transaction transaction(*connection, {1s});
  const auto writer = people(SEEDBED_INSERT_MISSING).open(*connection);

  writer->write(person(1, "Ada").data(), 1);
  writer->write(person(2, "Alan").data(), 1);
  transaction.commit();

  CHECK(writer->counts().rows == 2);
  CHECK(writer->counts().written == 1);
  CHECK(database.value("SELECT name FROM people WHERE id = 1") == "edited");
}

TEST_CASE("update_changed writes only rows that differ", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  database.execute("INSERT INTO people VALUES (1, 'Ada', '', 'then'), (2, 'Al', '', 'then')");
  const auto connection = open(database);
  Transaction transaction(*connection, {1s});
  connection->start_counting();
  const auto writer = people(SEEDBED_UPDATE_CHANGED).kind("made", SEEDBED_COLUMN_INSERT_ONLY).open(*connection);
  std::vector<seedbed_value> rows = person(1, "Ada", "", "now");
  const std::vector<seedbed_value> second = person(2, "Alan", "", "now");
  rows.insert(rows.end(), second.begin(), second.end());

  writer->write(rows.data(), 2);

  CHECK(writer->counts().written == 1);
  CHECK(connection->changes() == std::vector<TableCounts>{{"people", 0, 1, 0}});
  transaction.commit();
  CHECK(database.value("SELECT name || ' ' || made FROM people WHERE id = 2") == "Alan then");
}

TEST_CASE("a touched column is written only beside another that differs", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  database.execute("INSERT INTO people VALUES (1, 'Ada', '', 'then'), (2, 'Al', '', 'then')");
  const auto connection = open(database);
  Transaction transaction(*connection, {1s});
  const auto writer = people(SEEDBED_UPDATE_CHANGED).kind("made", SEEDBED_COLUMN_TOUCH).open(*connection);

  writer->write(person(1, "Ada", "", "now").data(), 1);
  writer->write(person(2, "Alan", "", "now").data(), 1);
  transaction.commit();

  CHECK(database.value("SELECT made FROM people WHERE id = 1") == "then");
  CHECK(database.value("SELECT made FROM people WHERE id = 2") == "now");
}

TEST_CASE("values of every type arrive as both engines write them", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(engine == Engine::postgres
                       ? "CREATE TABLE v (id int PRIMARY KEY, flag bool, big bigint, real float8, raw bytea, u uuid, j jsonb, t timestamptz)"
                       : "CREATE TABLE v (id INTEGER PRIMARY KEY, flag INTEGER, big INTEGER, real REAL, raw BLOB, u TEXT, j TEXT, t TEXT)");
  const auto connection = open(database);
  std::vector<seedbed_value> row{integer_value(1),           integer_value(1),
                                 integer_value(INT64_MIN),   null_value(),
                                 text_value({"\0\xff\"\\", 4}), text_value("0123456789abcdef"),
                                 text_value("{\"a\": [1]}"), timestamp_value(1767268800123000)};
  row[1].type = SEEDBED_BOOL;
  row[3].type = SEEDBED_DOUBLE;
  row[3].as.real = 0.1;
  row[4].type = SEEDBED_BYTES;
  row[5].type = SEEDBED_UUID;
  row[6].type = SEEDBED_JSON;
  Transaction transaction(*connection, {1s});

  WriterTo("v", {"id", "flag", "big", "real", "raw", "u", "j", "t"}, {"id"}).open(*connection)->write(row.data(), 1);

  std::vector<seedbed_value> read;
  std::string bytes;
  connection->query_typed("SELECT raw, real, big FROM v", {}, [&](const seedbed_value* values, std::size_t count) {
    read.assign(values, values + count);
    bytes = std::string(data_of(values[0]));
    return true;
  });
  CHECK(bytes == std::string("\0\xff\"\\", 4));
  CHECK(read.at(1).as.real == 0.1);
  CHECK(read.at(2).as.integer == INT64_MIN);
  transaction.commit();
  CHECK(database.value("SELECT u FROM v") == "30313233-3435-3637-3839-616263646566");
  CHECK(database.value(engine == Engine::postgres ? "SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') FROM v"
                                                  : "SELECT t FROM v") == "2026-01-01T12:00:00.123Z");
}

TEST_CASE("changes are counted whoever makes them", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  database.execute("CREATE TABLE audit (id integer, what text)");
  database.execute(engine == Engine::postgres
                       ? "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit VALUES (NEW.id, NEW.name); RETURN NEW; END'; "
                         "CREATE TRIGGER noted AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION note()"
                       : "CREATE TRIGGER noted AFTER INSERT ON people BEGIN INSERT INTO audit VALUES (NEW.id, NEW.name); END");
  const auto connection = open(database);
  Transaction transaction(*connection, {1s});
  connection->execute("INSERT INTO people (id, name) VALUES (9, 'before')");
  connection->start_counting();

  connection->execute("INSERT INTO people (id, name) VALUES (1, 'Ada'), (2, 'Alan')");
  connection->execute("DELETE FROM people WHERE id = 9");

  CHECK(connection->changes() == std::vector<TableCounts>{{"audit", 2, 0, 0}, {"people", 2, 0, 1}});
}

TEST_CASE("a writer refuses a key without a unique index and names the index to create", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { WriterTo("people", {"id", "name"}, {"name"}).open(*connection); });

  CHECK(error.code() == ExitCode::failed);
  CHECK_THAT(error.message(), ContainsSubstring("table \"people\" has no unique index over its key (name)"));
  CHECK_THAT(error.hint(), ContainsSubstring("CREATE UNIQUE INDEX \"people_name_key\" ON \"people\" (\"name\");"));
}

TEST_CASE("a writer refuses a partial unique index and one over an expression", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  database.execute("CREATE UNIQUE INDEX a ON people (name) WHERE id > 1");
  database.execute("CREATE UNIQUE INDEX b ON people (lower(name))");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { WriterTo("people", {"id", "name"}, {"name"}).open(*connection); });

  CHECK_THAT(error.message(), ContainsSubstring("has no unique index"));
}

TEST_CASE("a writer refuses a key column that may be NULL", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  database.execute("CREATE UNIQUE INDEX people_note ON people (note)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { WriterTo("people", {"id", "note"}, {"note"}).open(*connection); });

  CHECK(error.code() == ExitCode::failed);
  CHECK_THAT(error.message(), ContainsSubstring("key column \"note\" of table \"people\" may be NULL"));
}

TEST_CASE("a row with NULL in its key is refused with its number", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const auto writer = people(SEEDBED_INSERT_MISSING).open(*connection);
  writer->write(person(1, "Ada").data(), 1);
  std::vector<seedbed_value> row = person(2, "Alan");
  row[0] = null_value();

  const Error error = failure_of([&] { writer->write(row.data(), 1); });

  CHECK(error.code() == ExitCode::failed);
  CHECK_THAT(error.message(), ContainsSubstring("row 2 for table \"people\" has NULL in key column \"id\""));
}

TEST_CASE("a writer names the nearest table and the columns that exist", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error table = failure_of([&] { WriterTo("peple", {"id"}, {"id"}).open(*connection); });
  const Error column = failure_of([&] { WriterTo("people", {"id", "nme"}, {"id"}).open(*connection); });

  CHECK_THAT(table.message(), ContainsSubstring("table \"peple\" does not exist"));
  CHECK_THAT(table.hint(), ContainsSubstring("\"people\""));
  CHECK_THAT(column.message(), ContainsSubstring("table \"people\" has no column \"nme\""));
  CHECK_THAT(column.detail(), ContainsSubstring("id, name, note, made"));
}

TEST_CASE("many rows go through in batches", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  const auto connection = open(database);
  Transaction transaction(*connection, {1s});
  const auto writer = people(SEEDBED_UPDATE_CHANGED).open(*connection);
  std::vector<seedbed_value> rows;
  for (int i = 0; i < 12'345; ++i) {
    const std::vector<seedbed_value> row = person(i, "somebody");
    rows.insert(rows.end(), row.begin(), row.end());
  }

  const auto again = people(SEEDBED_UPDATE_CHANGED).open(*connection);
  writer->write(rows.data(), 12'345);
  again->write(rows.data(), 12'345);
  transaction.commit();

  CHECK(writer->counts().written == 12'345);
  CHECK(again->counts().written == 0);
  CHECK(database.value("SELECT count(*) FROM people") == "12345");
}

TEST_CASE("the error of a script is at the statement's place", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  const auto connection = open(database);
  const std::string text = "CREATE TABLE a (id integer);\n\n  SELECT 'ü', nope FROM a;\n";
  const auto statements = sql::split(text, engine, "x.sql");
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] {
    connection->run_script(text, statements, [&](std::size_t offset) { return sql::place_at("x.sql", text, offset); });
  });

  CHECK(error.place().line == 3);
  CHECK(error.place().column == 15);
}

TEST_CASE("dropping the connection leaves temporary objects to nobody", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  const auto connection = open(database);
  Transaction transaction(*connection, {1s});
  connection->execute("CREATE TEMP TABLE passing (id integer)");

  connection->reset_session();

  CHECK_THROWS_AS(connection->query("SELECT * FROM passing"), Error);
}

TEST_CASE("tables of its own are told from those of seedbed", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kPeople);
  database.execute(engine == Engine::postgres ? "CREATE SCHEMA seedbed; CREATE TABLE seedbed.identity (id int)"
                                              : "CREATE TABLE seedbed_identity (id integer)");
  const auto connection = open(database);

  CHECK(connection->user_tables() == std::vector<std::string>{"people"});
}
