// Migrations of SQLite: foreign keys, journal modes, and what its errors say.

#include <array>
#include <cstdint>
#include <fstream>

#include <fmt/format.h>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

constexpr const char* kShop =
    "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT UNIQUE);\n"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customer ON DELETE CASCADE);\n";

/// What a run says of the one migration with this text.
Finished run_migration(Workspace& workspace, std::string_view text) {
  workspace.write("migrations/20260102120000_test.sql", text);
  return workspace.run({"up"});
}

std::string file_of(Workspace& workspace) { return workspace.database().url().substr(std::string("sqlite:").size()); }

/// The file change counter of SQLite's file format, which a commit outside WAL raises by one.
std::uint32_t changes_of_file(Workspace& workspace) {
  std::ifstream file(file_of(workspace), std::ios::binary);
  std::array<char, 28> head{};
  file.read(head.data(), head.size());
  std::uint32_t count = 0;
  for (std::size_t i = 24; i < head.size(); ++i) count = count << 8 | static_cast<unsigned char>(head[i]);
  return count;
}

}  // namespace

TEST_CASE("a migration that leaves rows without their parents is refused with child and parent", "[run]") {
  Workspace workspace(Engine::sqlite);
  const std::string breaks = GENERATE(as<std::string>{}, "INSERT INTO orders VALUES (7, 1), (8, 3);\n",
                                      "INSERT INTO orders VALUES (8, 1);\nDELETE FROM customer;\nINSERT INTO customer VALUES (2, 'Alan');\n"
                                      "INSERT INTO orders VALUES (7, 2);\nUPDATE orders SET customer = 3 WHERE id = 8;\n",
                                      "PRAGMA foreign_keys = OFF;\nINSERT INTO orders VALUES (7, 1), (8, 3);\nALTER TABLE orders RENAME TO old;\n"
                                      "ALTER TABLE old RENAME TO orders;\n");

  const Finished up = run_migration(workspace, kShop + ("INSERT INTO customer VALUES (1, 'Ada');\n" + breaks));

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("1 row of table \"orders\" refers to a row of \"customer\" that does not exist"));
  CHECK_THAT(up.err, ContainsSubstring("at:     migrations/20260102120000_test.sql"));
  CHECK_THAT(up.err, ContainsSubstring("The first is the row with rowid 8: customer = 3."));
  CHECK_THROWS(workspace.value("SELECT count(*) FROM orders"));
}

TEST_CASE("rows that had no parents before a migration are no fault of it", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.database().execute(kShop);
  workspace.database().execute("INSERT INTO orders VALUES (1, 1), (2, 2)");
  workspace.write("migrations/20260101120000_insert.sql", "INSERT INTO customer VALUES (3, 'Grace'); INSERT INTO orders VALUES (3, 3);\n");
  workspace.write("migrations/20260102120000_rename.sql",
                  "ALTER TABLE orders RENAME TO purchase;\nALTER TABLE customer RENAME TO person;\n");
  workspace.write("migrations/20260103120000_rebuild.sql",
                  "CREATE TABLE purchase_new (id INTEGER PRIMARY KEY, person INTEGER REFERENCES person);\n"
                  "INSERT INTO purchase_new SELECT * FROM purchase;\nDROP TABLE purchase;\n"
                  "ALTER TABLE purchase_new RENAME TO purchase;\n");

  const Finished up = workspace.run({"up", "--accept-nonempty"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM purchase") == "3");
}

TEST_CASE("a parameter in a migration is NULL as it is to sqlite3", "[run]") {
  Workspace workspace(Engine::sqlite);

  const Finished up = run_migration(workspace, "CREATE TABLE t (a, b);\nINSERT INTO t VALUES (:name, ?);\n");

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM t WHERE a IS NULL AND b IS NULL") == "1");
}

TEST_CASE("foreign keys that a file switches on are enforced at the statement", "[run]") {
  Workspace workspace(Engine::sqlite);

  const Finished up = run_migration(workspace, std::string(kShop) + "PRAGMA foreign_keys = ON;\nINSERT INTO orders VALUES (1, 1);\n");

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("FOREIGN KEY constraint failed"));
  CHECK_THAT(up.err, ContainsSubstring("20260102120000_test.sql:4:1"));
}

TEST_CASE("seeders have their foreign keys enforced after migrations that switched them off", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260102120000_test.sql", "PRAGMA foreign_keys = OFF;\n" + std::string(kShop));
  workspace.write_seeder("orders", "INSERT INTO orders VALUES (1, 1);\n", "writes = [\"orders\"]\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("FOREIGN KEY constraint failed"));
}

TEST_CASE("a seed file that switches foreign keys off has them checked at its end", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260102120000_test.sql", kShop);
  workspace.write("seed.sql", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nINSERT INTO orders VALUES (1, 1);\n"
                              "INSERT INTO customer VALUES (1, 'Ada');\nCOMMIT;\n");
  workspace.write("broken.sql", "PRAGMA foreign_keys=OFF;\nINSERT INTO orders VALUES (2, 2);\n");

  const Finished seeded = workspace.run({"up", "--sql", workspace.path("seed.sql").string()});
  const Finished broken = workspace.run({"up", "--sql", workspace.path("broken.sql").string()});

  CHECK(seeded.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM orders") == "1");
  CHECK(broken.exit_code == 1);
  CHECK_THAT(broken.err, ContainsSubstring("1 row of table \"orders\" refers to a row of \"customer\" that does not exist"));
}

TEST_CASE("seeders cannot take a name in double quotes for a string", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260102120000_test.sql", std::string(kShop) + "INSERT INTO customer VALUES (1, \"Ada\");\n");
  workspace.write_seeder("customer", "INSERT INTO customer VALUES (2, \"Alan\");\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("no such column: "));
  CHECK_THAT(up.err, ContainsSubstring("01_rows.sql:1:33"));
  CHECK(workspace.value("SELECT name FROM customer") == "Ada");
}

TEST_CASE("seeders write tables whose triggers and indexes need what seeders may not do", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260102120000_test.sql",
                  std::string(kShop) + "CREATE INDEX c ON customer (json_extract(name, '$.a'));\n"
                  "CREATE TRIGGER t AFTER INSERT ON customer BEGIN UPDATE customer SET name = json_quote(\"Ada\"); END;\n");
  workspace.write_seeder("customer", "INSERT INTO customer VALUES (2, '{\"a\": 1}') ON CONFLICT DO NOTHING;\n");

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT name FROM customer") == "\"Ada\"");
}

TEST_CASE("a failed run is recorded where the schema that was rolled back uses JSON functions", "[run]") {
  Workspace workspace(Engine::sqlite);
  const std::string json = GENERATE("json_type(body) = 'array'", "body ->> 'a' = '1'");
  workspace.write("migrations/20260101130000_note.sql", "CREATE TABLE note (body TEXT CHECK (" + json + "));\n");
  workspace.write_customer_migration();
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  const bool migration = GENERATE(false, true);
  if (migration) workspace.write("migrations/20260102120000_test.sql", "CREATE TABLE half (a INTEGER);\nINSERT INTO nowhere VALUES (1);\n");
  else workspace.write_seeder("customers", "CREATE TEMP TABLE half (a INTEGER);\nINSERT INTO nowhere VALUES (1);\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("no such table: nowhere"));
  CHECK(workspace.value("SELECT outcome FROM seedbed_runs ORDER BY started_at DESC LIMIT 1") == "failed");
}

TEST_CASE("seeders cannot write SQLite's schema table", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260102120000_test.sql", kShop);
  workspace.write_seeder("customer", "PRAGMA writable_schema = ON;\nDELETE FROM sqlite_schema;\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("table sqlite_master may not be modified"));
}

TEST_CASE("a file that seedbed makes is in WAL and leaves no files beside it", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_FALSE(std::filesystem::exists(file_of(workspace) + "-wal"));
  CHECK_FALSE(std::filesystem::exists(file_of(workspace) + "-shm"));
  CHECK(workspace.value("PRAGMA journal_mode") == "wal");
}

TEST_CASE("the first migration of a new file says how it is laid out", "[run]") {
  Workspace workspace(Engine::sqlite);
  if (GENERATE(false, true)) std::ofstream(file_of(workspace)).flush();

  const Finished up = run_migration(workspace, "-- how\nPRAGMA page_size = 8192;\nPRAGMA auto_vacuum = INCREMENTAL;\nPRAGMA encoding = 'UTF-16le';\n"
                                               "CREATE TABLE a (x TEXT);\nPRAGMA page_size = 512;\n");

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT page_size FROM pragma_page_size") == "8192");
  CHECK(workspace.value("SELECT auto_vacuum FROM pragma_auto_vacuum") == "2");
  CHECK(workspace.value("SELECT encoding FROM pragma_encoding") == "UTF-16le");
}

TEST_CASE("a ledger is made in a database that has indexes over JSON", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.database().execute("CREATE TABLE note (body TEXT); CREATE INDEX note_tag ON note (json_extract(body, '$.tag'));");
  workspace.write_customer_migration();

  const Finished up = workspace.run({"up", "--accept-nonempty"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM seedbed_migrations") == "1");
}

TEST_CASE("a first run on SQLite commits once for each migration", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.database().execute("PRAGMA user_version = 1");  // makes the file
  for (const char* name : {"a", "b", "c"}) {
    workspace.write(fmt::format("migrations/2026010112000{}_{}.sql", name[0] - 'a', name), fmt::format("CREATE TABLE {} (x INTEGER);\n", name));
  }

  const std::uint32_t before = changes_of_file(workspace);
  CHECK(workspace.run({"up"}).exit_code == 0);

  CHECK(changes_of_file(workspace) - before == 3);
  CHECK(workspace.value("SELECT count(*) FROM seedbed_migrations") == "3");
  CHECK(workspace.value("SELECT migrations FROM seedbed_runs") == "3");
}

TEST_CASE("the journal mode of a file is its owners affair", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();

  SECTION("one that exists keeps its own") {
    workspace.database().execute("PRAGMA user_version = 1");
    CHECK(workspace.run({"up"}).exit_code == 0);
    CHECK(workspace.value("PRAGMA journal_mode") == "delete");
  }
  SECTION("seedbed.toml can ask for the one that SQLite has by itself") {
    workspace.write("seedbed.toml", "default_environment = \"local\"\n[sqlite]\njournal = \"delete\"\n"
                                    "[environments.local]\nurl = \"sqlite:unused.db\"\n");
    CHECK(workspace.run({"up"}).exit_code == 0);
    CHECK(workspace.value("PRAGMA journal_mode") == "delete");
  }
  SECTION("a migration can change it") {
    workspace.write("migrations/20260103120000_wal.sql", "PRAGMA journal_mode = DELETE;\nCREATE TABLE a (x INTEGER);\n");
    CHECK(workspace.run({"up"}).exit_code == 0);
    CHECK(workspace.value("PRAGMA journal_mode") == "delete");
  }
}

TEST_CASE("a dry run leaves the journal mode alone", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.database().execute("PRAGMA user_version = 1");
  workspace.write("migrations/20260103120000_wal.sql", "PRAGMA journal_mode = WAL;\nCREATE TABLE a (x INTEGER);\n");

  const Finished dry = workspace.run({"up", "--dry-run"});

  CHECK(dry.exit_code == 0);
  CHECK(workspace.value("PRAGMA journal_mode") == "delete");
}

TEST_CASE("errors of SQLite stand at their place in the file", "[run]") {
  struct Case {
    const char* text;
    const char* place;
    const char* message;
  };
  const Case error = GENERATE(
      Case{"CREATE TABLE a (x);\n-- grüße\nSELECT 'köln', nope FROM a;\n", ":3:16", "no such column: nope"},
      Case{"CREATE TABLE a (x);\nINSERT INTO a\n  VALUES ('ä', 1);\n", ":2:1", "table a has 1 columns but 2 values"},
      Case{"CREATE TABLE a (x UNIQUE);\nINSERT INTO a VALUES ('ü'); INSERT INTO\n a VALUES ('ü');\n", ":2:29",
           "UNIQUE constraint failed: a.x"},
      Case{"CREATE TABLE a (x CHECK (x > 1));\nCREATE TABLE b (y);\nCREATE TRIGGER t AFTER INSERT ON b BEGIN\n  INSERT INTO a VALUES (new.y);\n"
           "END;\n  INSERT INTO b VALUES (0);\n", ":6:3", "CHECK constraint failed: x > 1"},
      Case{"CREATE TABLE b (y);\nCREATE TRIGGER t AFTER INSERT ON b BEGIN SELECT RAISE(ABORT, 'told so'); END;\nINSERT INTO b VALUES (0);\n",
           ":3:1", "told so"},
      Case{"CREATE TABLE a (x);\r\n-- here\r\nSELECT\r\n  'a\r\nb', nope FROM a;\r\n", ":5:5", "no such column: nope"},
      Case{"CREATE TABLE a (x INT) STRICT;\nINSERT INTO a VALUES ('text');\n", ":2:1", "cannot store TEXT value in INT column a.x"});
  Workspace workspace(Engine::sqlite);

  const Finished up = run_migration(workspace, error.text);

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring(std::string("migrations/20260102120000_test.sql") + error.place));
  CHECK_THAT(up.err, ContainsSubstring(error.message));
}

TEST_CASE("what only the sqlite3 program has is named as such", "[run]") {
  Workspace workspace(Engine::sqlite);

  const Finished function = run_migration(workspace, "CREATE TABLE a AS SELECT sha3('x');\n");
  const Finished table = run_migration(workspace, "CREATE TABLE a AS SELECT value FROM generate_series(1, 3);\n");

  CHECK(function.exit_code == 1);
  CHECK_THAT(function.err, ContainsSubstring("no such function: sha3"));
  CHECK_THAT(function.err, ContainsSubstring("an extension of the sqlite3 program, not part of SQLite"));
  CHECK_THAT(table.err, ContainsSubstring("an extension of the sqlite3 program, not part of SQLite"));
}

TEST_CASE("extensions of SQLite are not loaded", "[run]") {
  Workspace workspace(Engine::sqlite);

  const Finished up = run_migration(workspace, "SELECT load_extension('any.so');\n");

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("not authorized"));
}

TEST_CASE("a database that is full leaves the migration undone and says what to do", "[run]") {
  Workspace workspace(Engine::sqlite);

  const Finished up = run_migration(workspace, "PRAGMA max_page_count = 30;\nCREATE TABLE a (x);\nINSERT INTO a VALUES (zeroblob(1000000));\n");
  const Finished mended = run_migration(workspace, "CREATE TABLE a (x);\nINSERT INTO a VALUES (zeroblob(1000000));\n");

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("database or disk is full"));
  CHECK_THAT(up.err, ContainsSubstring("20260102120000_test.sql:3:1"));
  CHECK_THAT(up.err, ContainsSubstring("Make room on the disk"));
  CHECK(mended.exit_code == 0);
}

TEST_CASE("a file that cannot be made says which folder refused it", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260101120000_a.sql", "CREATE TABLE a (x integer);\n");

  const Finished up = workspace.program().run({"up", "--url", "sqlite:/proc/seedbed.db"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("could not open database \"sqlite:/proc/seedbed.db\""));
  CHECK_THAT(up.err, ContainsSubstring("it could not be made in the folder /proc."));
}

TEST_CASE("a damaged file is named as such", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.database().execute("CREATE TABLE a (x); INSERT INTO a VALUES (zeroblob(100000))");
  std::fstream(file_of(workspace), std::ios::in | std::ios::out | std::ios::binary).seekp(100) << std::string(1000, '\xff');

  const Finished up = run_migration(workspace, "CREATE TABLE b (x);\n");

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("database disk image is malformed"));
  CHECK_THAT(up.err, ContainsSubstring("PRAGMA integrity_check"));
}

TEST_CASE("a file that is no database is named as such", "[run]") {
  Workspace workspace(Engine::sqlite);
  std::ofstream(file_of(workspace)) << std::string(5000, 'x');

  const Finished up = run_migration(workspace, "CREATE TABLE b (x);\n");

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("file is not a database"));
  CHECK_THAT(up.err, ContainsSubstring("choose another path"));
}

TEST_CASE("a seeder on SQLite may do nothing that a schema or a file of another could abuse", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_trigger.sql",
                  "CREATE TABLE untrusted (a TEXT);\n"
                  "CREATE TRIGGER reads AFTER INSERT ON untrusted BEGIN SELECT count(*) FROM pragma_compile_options; END;\n");
  const auto [sql, words] = GENERATE(table<std::string, std::string>({
      {"SELECT load_extension('any.so');", "not authorized"},                                          // extension loading is off
      {"INSERT INTO untrusted VALUES ('a');", "unsafe use of virtual table \"pragma_compile_options\""},  // the schema is not trusted
      {"PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '';", "sqlite_master may not be modified"},  // defensive
      {"INSERT INTO customer VALUES (\"a\", 'b');", "no such column"},                                  // no strings in double quotes
      {"CREATE INDEX quoted ON customer (\"a\");", "no such column"},                                   // nor in what makes objects
  }));
  const std::string file = GENERATE("plugins/customers/01_rows.sql", "seed.sql");
  workspace.write_seeder("customers", "SELECT 1;\n", "writes = [\"customer\", \"untrusted\"]\n");
  workspace.write("seed.sql", "SELECT 1;\n");
  workspace.write(file, sql);

  const Finished up = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring(words));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}
