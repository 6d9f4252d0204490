// Bulk writers: many rows, in order, exactly once, and what is said of the one that is refused.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "database/database.hpp"
#include "database/seen_keys.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/rows.hpp"
#include "support/test_database.hpp"

using namespace seedbed::host;
using namespace seedbed::test;
using namespace std::chrono_literals;

namespace {

std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::unique_ptr<Database> open(const TestDatabase& database) { return connect(parse_url(database.url(), "/"), {}); }

/// Rows (id, v) with ids from `first` on, a step apart.
std::vector<seedbed_value> rows(int first, int count, int step = 1, const char* text = "a") {
  std::vector<seedbed_value> values;
  for (int i = 0; i < count; ++i) values.insert(values.end(), {integer_value(first + i * step), text_value(text)});
  return values;
}

WriterCounts write(Database& database, const std::vector<seedbed_value>& values, int mode = SEEDBED_INSERT_MISSING) {
  const auto writer = WriterTo("t", {"id", "v"}, {"id"}, mode).open(database);
  writer->write(values.data(), values.size() / 2);
  writer->finish();
  return writer->counts();
}

constexpr int kMany = 150'000;  // more than are looked up at once

const std::vector<std::string> kTexts = [] {
  std::vector<std::string> texts;
  for (int i = 0; i < kMany; ++i) texts.push_back(std::to_string(i));
  return texts;
}();

constexpr const char* kTable = "CREATE TABLE t (id integer NOT NULL PRIMARY KEY, v text)";

}  // namespace

TEST_CASE("each write mode counts what it wrote among rows that exist and rows that do not", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kTable);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  CHECK(write(*connection, rows(0, 5000, 2)).written == 5000);
  CHECK(write(*connection, rows(0, 5000, 2)).written == 0);
  CHECK(write(*connection, rows(0, 10'000)).written == 5000);
  CHECK(write(*connection, rows(0, 10'000), SEEDBED_UPDATE_CHANGED).written == 0);
  CHECK(write(*connection, rows(5000, 10'000, 1, "b"), SEEDBED_UPDATE_CHANGED).written == 10'000);
  CHECK(connection->query("SELECT count(*), sum(CASE WHEN v = 'b' THEN 1 ELSE 0 END) FROM t") == std::vector<Row>{{"15000", "10000"}});
}

TEST_CASE("rows that exist use no number of a sequence and fire no trigger", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (n serial, id int PRIMARY KEY, v text)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  write(*connection, rows(0, 3000));
  write(*connection, rows(0, 3000));
  write(*connection, rows(0, 3001));

  CHECK(connection->query("SELECT max(n), bool_and(n = id + 1) FROM t") == std::vector<Row>{{"3001", "t"}});
}

TEST_CASE("an unchanged second run of update_changed writes no WAL and leaves no dead row", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute(kTable);
  const auto connection = open(database);
  {
    Transaction first(*connection, {1s});
    write(*connection, rows(0, 20'000), SEEDBED_UPDATE_CHANGED);
    first.commit();
  }
  Transaction second(*connection, {1s});

  CHECK(write(*connection, rows(0, 20'000), SEEDBED_UPDATE_CHANGED).written == 0);
  // A transaction that has no number by now has logged nothing.
  CHECK(connection->query("SELECT txid_current_if_assigned()") == std::vector<Row>{{std::nullopt}});
  second.commit();

  CHECK(database.value("SELECT count(*) FROM t WHERE xmax <> 0") == "0");
}

TEST_CASE("a refused row is named by its number and key wherever it is in a batch", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, v text CHECK (v <> 'bad'))");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  std::vector<seedbed_value> values = rows(1, 3000);
  values[2 * 2777 + 1] = text_value("bad");

  const Error error = failure_of([&] { write(*connection, values); });

  CHECK_THAT(error.detail(), ContainsSubstring("It was row 2778 for table \"t\": id = 2778."));
}

TEST_CASE("rows that are held back are written by a call without rows and at the end", "[database]") {
  TestDatabase database(GENERATE(Engine::sqlite, Engine::postgres));
  database.execute(kTable);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const auto count = [&] { return connection->query("SELECT count(*) FROM t")[0][0]; };
  const auto writer = WriterTo("t", {"id", "v"}, {"id"}).open(*connection);

  writer->write(rows(0, 10).data(), 10);  // what the values point to is gone after the call
  writer->write(nullptr, 0);
  CHECK(count() == "10");
  writer->write(rows(5, 10).data(), 10);
  writer->write(nullptr, 0);
  CHECK(count() == "15");
  writer->write(rows(15, 1).data(), 1);
  writer->finish();

  CHECK(count() == "16");
  CHECK(writer->counts().rows == 21);
  CHECK(writer->counts().written == 16);
}

TEST_CASE("a row among thousands that exist is found missing or refused by its own number", "[database]") {
  TestDatabase database(GENERATE(Engine::sqlite, Engine::postgres));
  database.execute("CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, v text CHECK (v <> 'bad'))");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  write(*connection, rows(1, 20'000));
  connection->execute("DELETE FROM t WHERE id = 15777");
  const std::string bad = GENERATE("a", "bad");
  const auto writer = WriterTo("t", {"id", "v"}, {"id"}).open(*connection);
  const auto write_all = [&] {
    for (int first = 1; first <= 20'000; first += 400) {
      std::vector<seedbed_value> values = rows(first, 400);
      if (first == 15'601) values[2 * 176 + 1] = text_value(bad);
      writer->write(values.data(), 400);
    }
    writer->finish();
  };

  if (bad == "a") {
    write_all();
    CHECK(writer->counts().written == 1);
    CHECK(writer->counts().rows == 20'000);
  } else {
    CHECK_THAT(failure_of(write_all).detail(), ContainsSubstring("It was row 15777 for table \"t\": id = 15777."));
  }
}

TEST_CASE("the few rows that are missing among very many are inserted and no others", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  const auto [type, of] = GENERATE(table<const char*, seedbed_value (*)(int)>({
      {"bigint", [](int i) { return integer_value(i); }},
      {"text", [](int i) { return text_value(std::string_view(kTexts.at(static_cast<std::size_t>(i)))); }},
  }));
  TestDatabase database(engine);
  database.execute(fmt::format("CREATE TABLE t (id {} NOT NULL PRIMARY KEY, v text)", type));
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  std::vector<seedbed_value> values;
  for (int i = 0; i < kMany; ++i) values.insert(values.end(), {of(i), text_value("a")});
  std::ranges::reverse(values.begin(), values.end());
  for (std::size_t i = 0; i < values.size(); i += 2) std::swap(values[i], values[i + 1]);
  write(*connection, values);
  connection->execute("DELETE FROM t WHERE id IN ('0', '70000', '149999')");

  const WriterCounts counts = write(*connection, values);

  CHECK(counts.rows == kMany);
  CHECK(counts.written == 3);
  CHECK(connection->query("SELECT count(*) FROM t") == std::vector<Row>{{std::to_string(kMany)}});
}

TEST_CASE("a row that a trigger deletes while rows are held back is inserted again", "[database]") {
  TestDatabase database(Engine::sqlite);
  database.execute(kTable);
  database.execute("CREATE TRIGGER swap AFTER INSERT ON t WHEN NEW.id = 1500 BEGIN DELETE FROM t WHERE id = 2500; END");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  write(*connection, rows(0, 3000));
  connection->execute("DELETE FROM t WHERE id = 1500");

  const WriterCounts counts = write(*connection, rows(0, 3000));

  CHECK(counts.written == 2);
  CHECK(connection->query("SELECT count(*) FROM t") == std::vector<Row>{{"3000"}});
}

TEST_CASE("a key that an heir of the table has twice hides none that is missing", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute(kTable);
  database.execute("CREATE TABLE heir () INHERITS (t)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  write(*connection, rows(0, 3000));
  connection->execute("DELETE FROM t WHERE id = 2000");
  connection->execute("INSERT INTO heir VALUES (2500, 'heir')");

  CHECK(write(*connection, rows(0, 3000)).written == 1);
}

TEST_CASE("a key that cannot be stored is named among rows that are held back", "[database]") {
  TestDatabase database(Engine::sqlite);
  database.execute("CREATE TABLE t (id NOT NULL PRIMARY KEY, v text)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  write(*connection, rows(0, 2000));
  std::vector<seedbed_value> values = rows(0, 2000);
  values[2 * 1800].type = SEEDBED_DOUBLE;
  values[2 * 1800].as.real = std::nan("");

  const Error error = failure_of([&] { write(*connection, values); });

  CHECK_THAT(error.message(), ContainsSubstring("NaN"));
  CHECK_THAT(error.detail(), ContainsSubstring("It was row 1801 for table \"t\""));
}

TEST_CASE("a value of the wrong type is named with its row, column and type", "[database]") {
  const auto [type, value, state] = GENERATE(table<const char*, const char*, const char*>(
      {{"int", "x1", "22P02"}, {"timestamptz", "tomorrow week", "22007"}, {"varchar(3)", "abcd", "22001"},
       {"numeric(5,2)", "123456", "22003"}, {"jsonb", "{", "22P02"}, {"uuid", "12", "22P02"}}));
  TestDatabase database(Engine::postgres);
  database.execute(std::string("CREATE TABLE t (id int PRIMARY KEY, v ") + type + ")");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  std::vector<seedbed_value> values;
  for (int i = 1; i <= 1500; ++i) values.insert(values.end(), {integer_value(i), i == 1203 ? text_value(value) : null_value()});

  const Error error = failure_of([&] { write(*connection, values); });

  CHECK(error.sqlstate() == state);
  CHECK_THAT(error.detail(), ContainsSubstring("It was row 1203 for table \"t\": id = 1203."));
  CHECK_THAT(error.detail(), ContainsSubstring("Column \"v\" is of type ") && ContainsSubstring(std::string("was given ") + value));
}

TEST_CASE("a number too large for its column is named", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (id int PRIMARY KEY, v smallint)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::vector<seedbed_value> values{integer_value(1), integer_value(7), integer_value(2), integer_value(70'000)};

  const Error error = failure_of([&] { write(*connection, values); });

  CHECK_THAT(error.detail(), ContainsSubstring("It was row 2 ") && ContainsSubstring("Column \"v\" is of type smallint and was given 70000."));
}

TEST_CASE("a key too large for its column is named among rows that exist", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute(kTable);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  write(*connection, rows(1, 3000));
  std::vector<seedbed_value> values = rows(1, 3000);
  values[2 * 2500] = integer_value(3'000'000'000);

  const Error error = failure_of([&] { write(*connection, values); });

  CHECK(error.sqlstate() == "22003");
  CHECK_THAT(error.detail(), ContainsSubstring("It was row 2501 for table \"t\": id = 3000000000."));
}

TEST_CASE("a row without its parent is named with the key that is missing", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute("CREATE TABLE owner (id integer PRIMARY KEY)");
  database.execute("INSERT INTO owner VALUES (1)");
  database.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, v integer REFERENCES owner)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  std::vector<seedbed_value> values;
  for (int i = 1; i <= 500; ++i) values.insert(values.end(), {integer_value(i), integer_value(i == 400 ? 99 : 1)});

  const Error error = failure_of([&] { write(*connection, values); });

  CHECK_THAT(error.detail(), ContainsSubstring("It was row 400 "));
  CHECK_THAT(error.detail(), ContainsSubstring("Key (v)=(99) is not present in table \"owner\".") ||
                                 ContainsSubstring("Table \"owner\" has no row for v = 99."));
}

TEST_CASE("text that is not UTF-8 is refused with its row and column", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute(kTable);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  std::vector<seedbed_value> values = rows(1, 10);
  values[2 * 4 + 1] = text_value("ab\xff");

  const Error error = failure_of([&] { write(*connection, values); });

  CHECK(error.message() == "the text for column \"v\" is not UTF-8: byte 3 is 0xff");
  CHECK_THAT(error.detail(), ContainsSubstring("It was row 5 "));
}

TEST_CASE("a column that every row has to set is missed before the first row", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, v text, w text NOT NULL, x text NOT NULL DEFAULT '')");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  const Error error = failure_of([&] { WriterTo("t", {"id", "v"}, {"id"}).open(*connection); });

  CHECK(error.message() == "column \"w\" of table \"t\" is NOT NULL, has no default, and is not set");
  CHECK(WriterTo("t", {"id", "w"}, {"id"}).open(*connection) != nullptr);
}

TEST_CASE("columns that fill themselves need not be set", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(engine == Engine::sqlite
                       ? "CREATE TABLE t (n INTEGER NOT NULL PRIMARY KEY, id int NOT NULL UNIQUE, v text, d int NOT NULL AS (id * 2))"
                       : "CREATE TABLE t (n int GENERATED ALWAYS AS IDENTITY, id int PRIMARY KEY, v text, w text NOT NULL, d int NOT NULL "
                         "GENERATED ALWAYS AS (id * 2) STORED);"
                         "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.w := 1; RETURN NEW; END';"
                         "CREATE TRIGGER fill BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fill()");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  CHECK(write(*connection, rows(1, 10)).written == 10);
}

TEST_CASE("one key in two batches is refused where rows update and taken once where they insert", "[database]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  database.execute(kTable);
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::vector<seedbed_value> first = rows(1, 10), second = rows(10, 10, 1, "b");

  const auto updating = WriterTo("t", {"id", "v"}, {"id"}, SEEDBED_UPDATE_CHANGED).open(*connection);
  updating->write(first.data(), 10);
  const Error error = failure_of([&] { updating->write(second.data(), 10); });
  const auto inserting = WriterTo("t", {"id", "v"}, {"id"}).open(*connection);
  inserting->write(first.data(), 10);
  inserting->write(second.data(), 10);

  CHECK_THAT(error.message(), ContainsSubstring("rows 10 and 11 for table \"t\" have the same key: id = 10"));
  CHECK(connection->query("SELECT count(*), min(v) FROM t WHERE id = 10 OR id = 19") == std::vector<Row>{{"2", "a"}});
}

TEST_CASE("two rows of one key are found among more rows than fit into memory", "[database]") {
  SeenKeys seen, different;
  const std::int64_t before = resident_bytes();

  for (std::int64_t row = 1; row <= 2'000'000; ++row) {
    CHECK_FALSE(seen.add(std::to_string(row == 1'900'000 ? 5 : row), row).has_value());
    CHECK_FALSE(different.add(std::to_string(row), row).has_value());
  }

  // SQLite's cache needs most of what the host may have; sanitizers take their share.
  CHECK(resident_bytes() - before < 2 * (12 << 20));
  CHECK(seen.finish() == std::pair<std::int64_t, std::int64_t>(5, 1'900'000));
  CHECK_FALSE(different.finish().has_value());
}

TEST_CASE("every kind of value arrives as it was given", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (id uuid PRIMARY KEY, a bigint, b boolean, c double precision, d timestamptz, e timestamp, f bytea, "
                   "g jsonb, h varchar(5), i date, j int[], k numeric(6,2))");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const std::string uuid("\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef", 16), bytes("\0\xff", 2);
  const auto of = [](int type, std::string_view data) {
    seedbed_value value = text_value(data);
    value.type = type;
    return value;
  };
  seedbed_value yes = integer_value(1), real{};
  yes.type = SEEDBED_BOOL;
  real.type = SEEDBED_DOUBLE;
  real.as.real = -0.1;
  const std::vector<seedbed_value> row{of(SEEDBED_UUID, uuid), integer_value(-5), yes, real, timestamp_value(1'767'225'600'123'456),
                                       timestamp_value(1'767'225'600'000'000), of(SEEDBED_BYTES, bytes), of(SEEDBED_JSON, "{\"a\": 1}"),
                                       text_value("\xC3\xA9,\"\\{"), timestamp_value(1'767'225'600'000'000), text_value("{1,2}"),
                                       integer_value(7)};

  const auto writer = WriterTo("t", {"id", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}, {"id"}).open(*connection);
  writer->write(row.data(), 1);

  CHECK(connection->query("SELECT id, a, b, c, extract(epoch FROM d)::text, e, f, g, h, i, j, k FROM t") ==
        std::vector<Row>{{"01234567-89ab-cdef-0123-456789abcdef", "-5", "t", "-0.1", "1767225600.123456", "2026-01-01 00:00:00",
                          "\\x00ff", "{\"a\": 1}", "\xC3\xA9,\"\\{", "2026-01-01", "{1,2}", "7.00"}});
}

TEST_CASE("every kind of value reaches a new table as it was given", "[database]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (id uuid NOT NULL PRIMARY KEY, small smallint, whole integer, big bigint, yes boolean, real double precision, "
                   "at timestamptz(0), local timestamp, bytes bytea, js json, jsb jsonb, short varchar(3), long text)");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});
  const auto writer = WriterTo("t", {"id", "small", "whole", "big", "yes", "real", "at", "local", "bytes", "js", "jsb", "short", "long"}, {"id"}).open(*connection);
  const auto typed = [](int type, std::string_view data) {
    seedbed_value value = text_value(data);
    value.type = type;
    return value;
  };
  seedbed_value yes = integer_value(1), real = integer_value(0);
  yes.type = SEEDBED_BOOL;
  real.type = SEEDBED_DOUBLE;
  real.as.real = -0.1;
  const std::string_view zero("\0\xff", 2);
  std::vector<seedbed_value> values{typed(SEEDBED_UUID, "0123456789abcdef"), integer_value(-32768), integer_value(2147483647), integer_value(INT64_MIN),
                                    yes, real, timestamp_value(1'767'225'600'500'001), timestamp_value(0), typed(SEEDBED_BYTES, zero),
                                    typed(SEEDBED_JSON, "[1, {}]"), typed(SEEDBED_JSON, "[1,  {}]"), text_value("\xC3\xA9\xC3\xA9 "), text_value("")};
  values.push_back(typed(SEEDBED_UUID, "fedcba9876543210"));
  values.resize(26, null_value());

  writer->write(values.data(), 2);
  writer->finish();

  CHECK(connection->query("SELECT small, whole, big, yes, real, at AT TIME ZONE 'UTC', local, bytes, js, jsb, short, long FROM t ORDER BY id") ==
        std::vector<Row>{{"-32768", "2147483647", "-9223372036854775808", "t", "-0.1", "2026-01-01 00:00:01", "1970-01-01 00:00:00", "\\x00ff",
                          "[1, {}]", "[1, {}]", "\xC3\xA9\xC3\xA9 ", ""},
                         {std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt,
                          std::nullopt, std::nullopt, std::nullopt}});
}

TEST_CASE("a distributed table is written without what Citus cannot plan", "[database]") {
  TestDatabase database(Engine::postgres);
  // As Citus has it in its catalog; the statements then run on an ordinary table.
  database.execute("SET allow_system_table_mods = on; CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass)");
  database.execute(std::string(kTable) + "; INSERT INTO pg_catalog.pg_dist_partition VALUES ('t')");
  const auto connection = open(database);
  const Transaction transaction(*connection, {1s});

  CHECK(write(*connection, rows(0, 3000)).written == 3000);
  CHECK(write(*connection, rows(0, 3000)).written == 0);
  CHECK(write(*connection, rows(2000, 2000, 1, "b"), SEEDBED_UPDATE_CHANGED).updated == 1000);
  CHECK(write(*connection, rows(2000, 2000, 1, "b"), SEEDBED_UPDATE_CHANGED).written == 0);
}
