// insert_once: what somebody deleted stays deleted, and nobody is locked out by accident.

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

constexpr const char* kToml =
    "name = \"people\"\nversion = \"1.0.0\"\n[[table]]\nfile = \"people.csv\"\nname = \"customer\"\nkey = \"email\"\nmode = \"insert_once\"\n";
constexpr const char* kThree = "email,name\na,Ada\nb,Bea\nc,Cy\n";

/// A project whose seeder "people" inserts the rows of one file into customer once.
class OnceProject : public Workspace {
 public:
  explicit OnceProject(Engine engine, std::string_view csv = kThree) : Workspace(engine) {
    write_customer_migration();
    write("plugins/people/seeder.toml", kToml);
    write_rows(csv);
  }

  void write_rows(std::string_view csv) const { write("plugins/people/people.csv", csv); }

  void erase(const std::string& email) { database().execute("DELETE FROM customer WHERE email = '" + email + "'"); }

  std::string emails() {
    std::string all;
    for (const auto& row : database().rows("SELECT email FROM customer ORDER BY email")) all += row[0];
    return all;
  }

  /// Everything that is remembered, with what only a write would change.
  std::vector<std::vector<std::string>> remembered() {
    const std::string number = engine() == Engine::postgres ? "xmin" : "1";
    return database().rows(fmt::format("SELECT {0}, list, hash, declared FROM {1} ORDER BY list, hash", number, ledger("rows")));
  }
};

}  // namespace

TEST_CASE("a row stays deleted whose key is given in another form that its index takes for the same", "[once]") {
  Workspace workspace(Engine::sqlite);
  const std::string table = GENERATE("email text collate nocase PRIMARY KEY NOT NULL, name text",
                                     "email text NOT NULL, name text, UNIQUE (email COLLATE nocase)");
  workspace.write("migrations/20260101120000_customer.sql", "CREATE TABLE customer (" + table + ");\n");
  workspace.write("plugins/people/seeder.toml", kToml);
  workspace.write("plugins/people/people.csv", "email,name\na@x,Ada\nb@x,Bea\n");
  REQUIRE(workspace.run({"up"}).exit_code == 0);
  workspace.database().execute("DELETE FROM customer WHERE email = 'a@x'");
  workspace.write("plugins/people/people.csv", "email,name\nA@X,Ada\nB@X,Bea\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT group_concat(email) FROM customer") == "b@x");
}

TEST_CASE("a row that was inserted once stays deleted", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  const Finished first = project.run({"up"});
  project.erase("b");
  project.database().execute("UPDATE customer SET name = 'edited' WHERE email = 'a'");

  const Finished up = project.run({"up"});
  const Finished json = project.run({"up", "--format", "json"});
  const Finished markdown = project.run({"up", "--format", "markdown"});

  INFO(first.err << up.err);
  CHECK_THAT(first.out, ContainsSubstring("people    3 inserted"));
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("people    2 unchanged    1 kept deleted"));
  CHECK_THAT(json.out, ContainsSubstring("\"kept_deleted\": 1"));
  CHECK_THAT(markdown.out, ContainsSubstring("kept deleted"));
  CHECK(project.emails() == "ac");
  CHECK(project.value("SELECT name FROM customer WHERE email = 'a'") == "edited");
}

TEST_CASE("a row that was there before its seeder is remembered too", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up", "--no-seed"});
  project.database().execute("INSERT INTO customer VALUES ('b', 'before')");
  project.run({"up"});
  project.erase("b");

  project.run({"up"});

  CHECK(project.emails() == "ac");
}

TEST_CASE("a run that changes nothing leaves what is remembered as it is", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,name\na,Ada\nb,Bea\nc,Cy\na,Ada again\n");
  project.run({"up"});
  project.erase("b");
  project.run({"up"});
  const auto before = project.remembered();
  const auto seeds = project.database().rows("SELECT * FROM " + project.ledger("seeds"));

  const Finished up = project.run({"up"});

  CHECK_THAT(up.out, ContainsSubstring("nothing changed"));
  CHECK(before.size() == 3);
  CHECK(project.remembered() == before);
  CHECK(project.database().rows("SELECT * FROM " + project.ledger("seeds")) == seeds);
}

TEST_CASE("deleted rows come back when they are revived and are remembered as ever", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up"});
  project.erase("b");

  const Finished revived = project.run({"seed", "--revive", "customer"});
  const std::string after_revival = project.emails();
  project.erase("c");
  project.run({"up"});

  CHECK(revived.exit_code == 0);
  CHECK_THAT(revived.out, ContainsSubstring("people    1 inserted    2 unchanged"));
  CHECK(after_revival == "abc");
  CHECK(project.emails() == "ab");
}

TEST_CASE("a table without any of its remembered rows stops the run until somebody decides", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up"});
  project.database().execute("DELETE FROM customer");

  const Finished stopped = project.run({"up"});
  const Finished rehearsed = project.run({"up", "--dry-run"});

  CHECK(stopped.exit_code == 4);
  CHECK_THAT(stopped.err, ContainsSubstring("seeder \"people\" failed: none of the 3 rows that it once inserted into \"customer\" is left"));
  CHECK_THAT(stopped.err, ContainsSubstring("--revive customer") && ContainsSubstring("--accept-deleted customer"));
  CHECK(rehearsed.exit_code == 4);

  SECTION("they are inserted again") {
    const Finished up = project.run({"up", "--revive", "customer"});

    CHECK(up.exit_code == 0);
    CHECK(project.emails() == "abc");
  }
  SECTION("they stay deleted, which is asked once") {
    const Finished accepted = project.run({"up", "--accept-deleted", "customer"});
    const Finished up = project.run({"up"});

    CHECK(accepted.exit_code == 0);
    CHECK_THAT(accepted.out, ContainsSubstring("3 kept deleted"));
    CHECK(up.exit_code == 0);
    CHECK(project.emails().empty());
  }
  SECTION("a row that is new to the seeder does not hide it") {
    project.write_rows("email,name\na,Ada\nb,Bea\nc,Cy\nd,Dee\n");

    CHECK(project.run({"up"}).exit_code == 4);
    CHECK(project.emails().empty());
  }
}

TEST_CASE("a table that was made anew with some of its rows stops the run", "[once]") {
  OnceProject project(Engine::postgres);
  project.run({"up"});
  project.database().execute("DROP TABLE customer; CREATE TABLE customer (email TEXT NOT NULL PRIMARY KEY, name TEXT); INSERT INTO customer VALUES ('a', 'Ada')");

  const Finished stopped = project.run({"up"});
  const Finished accepted = project.run({"up", "--accept-deleted", "customer"});
  const Finished up = project.run({"up"});

  CHECK(stopped.exit_code == 4);
  CHECK_THAT(stopped.err, ContainsSubstring("2 of the 3 rows that it once inserted into \"customer\" are gone, and the table was made anew"));
  CHECK(accepted.exit_code == 0);
  CHECK(up.exit_code == 0);
  CHECK(project.emails() == "a");
}

TEST_CASE("a table that was made anew with all of its rows is the table it was", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up"});
  project.database().execute("CREATE TABLE new (email TEXT NOT NULL PRIMARY KEY, name TEXT, age int); INSERT INTO new (email, name) SELECT email, name FROM customer; "
                             "DROP TABLE customer; ALTER TABLE new RENAME TO customer");

  const Finished up = project.run({"up"});
  project.erase("b");
  const Finished again = project.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(again.exit_code == 0);
  CHECK(project.emails() == "ac");
}

TEST_CASE("a table of which nothing is remembered cannot be revived", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up"});

  const Finished unknown = project.run({"up", "--revive", "custmer"});
  const Finished both = project.run({"seed", "--revive", "customer", "--accept-deleted", "customer"});

  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, ContainsSubstring("--revive names table \"custmer\", of which nothing is remembered") &&
                              ContainsSubstring("Perhaps \"customer\" is meant."));
  CHECK(both.exit_code == 2);
  CHECK_THAT(both.err, ContainsSubstring("both name table \"customer\""));
}

TEST_CASE("rows of a seeder that does not run cannot be revived", "[once]") {
  const auto option = GENERATE(as<std::string>(), "--revive", "--accept-deleted");
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.write_seeder("others", "SELECT 1;\n", "writes = []\n");
  project.run({"up"});
  project.erase("b");

  const Finished refused = project.run({"seed", "others", option, "customer"});
  const Finished with_it = project.run({"seed", "others", "people", option, "customer"});

  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, ContainsSubstring(option + " names table \"customer\", of which this run's seeders have no rows"));
  CHECK_THAT(refused.err, ContainsSubstring("Its rows were inserted by people; this run has others."));
  CHECK(with_it.exit_code == 0);
  CHECK(project.emails() == (option == "--revive" ? "abc" : "ac"));
}

TEST_CASE("rows that a seeder declares no more are left alone and shown as orphaned", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up"});
  project.write_rows("email,name\na,Ada\n");

  const Finished up = project.run({"up"});
  const auto remembered = project.remembered();
  const Finished again = project.run({"up"});
  const Finished status = project.run({"status"});
  const Finished json = project.run({"status", "--format", "json"});

  CHECK(up.exit_code == 0);
  CHECK(project.emails() == "abc");
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
  CHECK(project.remembered() == remembered);
  CHECK_THAT(status.out, ContainsSubstring("2 rows of customer are orphaned: seeder people inserted them and declares them no more."));
  CHECK_THAT(json.out, ContainsSubstring("\"rows\": 2"));

  SECTION("until somebody deletes them") {
    project.erase("b");
    CHECK_THAT(project.run({"status"}).out, ContainsSubstring("1 row of customer is orphaned"));
    project.erase("c");
    CHECK_THAT(project.run({"status"}).out, !ContainsSubstring("orphaned"));
  }
  SECTION("until they are declared again, deleted ones as ever") {
    project.erase("b");
    project.write_rows(kThree);

    const Finished back = project.run({"up"});

    CHECK_THAT(back.out, ContainsSubstring("2 unchanged    1 kept deleted"));
    CHECK_THAT(project.run({"status"}).out, !ContainsSubstring("orphaned"));
  }
  SECTION("also when the seeder writes the table no more") {
    project.write("plugins/people/seeder.toml", "name = \"people\"\nversion = \"2\"\nwrites = [\"customer\"]\n");
    std::filesystem::remove(project.path("plugins/people/people.csv"));

    CHECK(project.run({"up"}).exit_code == 0);
    CHECK_THAT(project.run({"status"}).out, ContainsSubstring("3 rows of customer are orphaned"));
  }
}

TEST_CASE("clearing and resetting forget what was deleted", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up"});
  project.erase("b");

  const std::string command = GENERATE("seed --clear", "reset", "down");
  const Finished first = command == "seed --clear" ? project.run({"seed", "--clear"})
                         : command == "reset"      ? project.run({"reset"})
                                                   : (project.write("migrations/20260101120000_create_customer.down.sql", "DROP TABLE customer;\n"), project.run({"down"}));
  const Finished up = project.run({"up"});

  INFO(command << first.err << up.err);
  CHECK(first.exit_code == 0);
  CHECK(up.exit_code == 0);
  CHECK(project.emails() == "abc");
}

TEST_CASE("a table that another seeder declares too keeps its deletions when it is not cleared", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.write_seeder("other", "SELECT 1;\n");
  project.run({"up"});
  project.erase("b");

  const Finished seed = project.run({"seed", "people", "--clear"});

  CHECK(seed.exit_code == 0);
  CHECK(project.emails() == "ac");
}

TEST_CASE("a seeder that fails remembers nothing", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.write("plugins/people/02_fails.sql", "SELECT 1/0 FROM nothing;\n");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK(project.remembered().empty());
  CHECK(project.emails().empty());
}

TEST_CASE("a dry run counts deleted rows and remembers nothing new", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up"});
  project.erase("b");
  project.write_rows("email,name\na,Ada\nb,Bea\nd,Dee\n");
  const auto remembered = project.remembered();

  const Finished up = project.run({"up", "--dry-run"});

  CHECK_THAT(up.out, ContainsSubstring("1 inserted    1 unchanged    1 kept deleted"));
  CHECK(project.remembered() == remembered);
}

TEST_CASE("a key is the same however it is spelled", "[once]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  OnceProject project(engine);
  project.write("migrations/20260102120000_thing.sql",
                engine == Engine::postgres
                    ? "CREATE TABLE thing (code uuid, seen timestamptz, price numeric, n int, ratio float8, label char(5), day date, PRIMARY KEY (code, seen, price, n, ratio, label, day));\n"
                    : "CREATE TABLE thing (code UUID NOT NULL, seen TIMESTAMPTZ NOT NULL, price NUMERIC NOT NULL, n INT NOT NULL, ratio REAL NOT NULL, label TEXT COLLATE NOCASE NOT NULL, "
                      "day DATE NOT NULL, PRIMARY KEY (code, seen, price, n, ratio, label, day));\n");
  const std::string declaration = "name = \"people\"\nversion = \"1.0.0\"\n[[table]]\nfile = \"people.csv\"\nname = \"thing\"\nmode = \"insert_once\"\n";
  project.write("plugins/people/seeder.toml", declaration + "key = [\"code\", \"seen\", \"price\", \"n\", \"ratio\", \"label\", \"day\"]\n");
  project.write_rows("code,seen,price,n,ratio,label,day\n1B4E28BA-2FA1-11D2-883F-0016D3CCA427,2026-01-01T12:00:00Z,1.50,7,0.5,AB,2026-01-01\n"
                     "1b4e28ba-2fa1-11d2-883f-0016d3cca427,2026-01-01T12:00:00Z,9,9,9,x,2026-01-01\n");
  const Finished first = project.run({"up"});
  project.database().execute("DELETE FROM thing WHERE n = 7");
  project.write("plugins/people/seeder.toml", declaration + "key = [\"day\", \"code\", \"seen\", \"price\", \"n\", \"ratio\", \"label\"]\n");
  // Times are texts to SQLite, and lengths are nothing.
  const bool postgres = engine == Engine::postgres;
  project.write_rows(fmt::format("day,ratio,code,seen,price,n,label\n2026-01-01,5e-1,1b4e28ba-2fa1-11d2-883f-0016d3cca427,{},1.5,7,{}\n"
                                 "2026-01-01,9.0,1b4e28ba-2fa1-11d2-883f-0016d3cca427,{},9.00,9,x\n",
                                 postgres ? "2026-01-01T14:00:00+02:00" : "2026-01-01T12:00:00Z", postgres ? "AB  " : "ab",
                                 postgres ? "2026-01-01 12:00:00+00" : "2026-01-01T12:00:00Z"));

  const Finished up = project.run({"up"});

  INFO(first.err << up.err);
  CHECK_THAT(first.out, ContainsSubstring("2 inserted"));
  CHECK_THAT(up.out, ContainsSubstring("1 unchanged    1 kept deleted"));
  CHECK(project.value("SELECT count(*) FROM thing") == "1");
}

TEST_CASE("a session with other settings finds the same keys", "[once]") {
  OnceProject project(Engine::postgres);
  project.write("migrations/20260102120000_thing.sql", "CREATE TABLE thing (seen timestamptz, day date, span interval, raw bytea, ratio float8, PRIMARY KEY (seen, day, span, raw, ratio));\n");
  project.write("plugins/people/seeder.toml",
                "name = \"people\"\nversion = \"1.0.0\"\n[[table]]\nfile = \"people.csv\"\nname = \"thing\"\nkey = [\"seen\", \"day\", \"span\", \"raw\", \"ratio\"]\nmode = \"insert_once\"\n");
  project.write_rows("seen,day,span,raw,ratio\n2026-01-01T12:00:00Z,2026-01-02,P1D,\\x00ff,0.1\n2026-01-01T12:00:00Z,2026-01-03,P1D,\\x00ff,0.1\n");
  const Finished first = project.run({"up"});
  project.database().execute("DELETE FROM thing WHERE day = '2026-01-02'");
  project.database().execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Tokyo''', current_database()); "
                             "EXECUTE format('ALTER DATABASE %I SET DateStyle = ''SQL, DMY''', current_database()); "
                             "EXECUTE format('ALTER DATABASE %I SET IntervalStyle = ''iso_8601''', current_database()); "
                             "EXECUTE format('ALTER DATABASE %I SET bytea_output = ''escape''', current_database()); "
                             "EXECUTE format('ALTER DATABASE %I SET extra_float_digits = -3', current_database()); END $$");

  const Finished up = project.run({"up"});

  INFO(first.err << up.err);
  CHECK_THAT(up.out, ContainsSubstring("1 unchanged    1 kept deleted"));
}

TEST_CASE("a table is remembered under its full name whatever the search path", "[once]") {
  OnceProject project(Engine::postgres);
  project.run({"up"});
  project.erase("b");
  project.database().execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = pg_catalog', current_database()); END $$");
  project.write("plugins/people/seeder.toml",
                "name = \"people\"\nversion = \"1.0.0\"\n[[table]]\nfile = \"people.csv\"\nname = \"public.customer\"\nkey = \"email\"\nmode = \"insert_once\"\n");

  const Finished up = project.run({"seed"});

  INFO(up.err);
  CHECK_THAT(up.out, ContainsSubstring("2 unchanged    1 kept deleted"));
}

TEST_CASE("a key of other columns stops the run until somebody decides", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.write("migrations/20260102120000_more.sqlite.sql", "DROP TABLE customer; CREATE TABLE customer (email TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE);\n");
  project.write("migrations/20260102120000_more.postgres.sql", "ALTER TABLE customer ALTER name SET NOT NULL, ADD UNIQUE (name);\n");
  project.run({"up"});
  project.erase("b");
  project.write("plugins/people/seeder.toml",
                "name = \"people\"\nversion = \"2\"\n[[table]]\nfile = \"people.csv\"\nname = \"customer\"\nkey = \"name\"\nmode = \"insert_once\"\n");

  const Finished stopped = project.run({"up"});

  CHECK(stopped.exit_code == 4);
  CHECK_THAT(stopped.err, ContainsSubstring("the key of table \"customer\" has changed") && ContainsSubstring("It was (email) and is (name)."));
  SECTION("what is gone stays deleted") {
    CHECK(project.run({"up", "--accept-deleted", "customer"}).exit_code == 0);
    CHECK_THAT(project.run({"up"}).out, ContainsSubstring("2 unchanged    1 kept deleted"));
  }
  SECTION("what is gone is inserted") {
    CHECK(project.run({"up", "--revive", "customer"}).exit_code == 0);
    CHECK(project.emails() == "abc");
    CHECK(project.remembered().size() == 3);
  }
}

TEST_CASE("a table that a migration has renamed stops the run until somebody decides", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up"});
  project.erase("b");
  project.write("migrations/20260102120000_rename.sql", "ALTER TABLE customer RENAME TO person;\n");
  std::string toml(kToml);
  project.write("plugins/people/seeder.toml", toml.replace(toml.find("customer"), 8, "person"));

  const Finished stopped = project.run({"up"});

  CHECK(stopped.exit_code == 4);
  CHECK_THAT(stopped.err, ContainsSubstring("table \"person\" seems to be ") && ContainsSubstring("customer\" under another name"));
  CHECK_THAT(stopped.err, ContainsSubstring("--accept-deleted person"));
  CHECK(project.value("SELECT count(*) FROM person") == "2");
  SECTION("what is gone stays deleted") {
    CHECK(project.run({"up", "--accept-deleted", "person"}).exit_code == 0);
    CHECK_THAT(project.run({"up"}).out, ContainsSubstring("2 unchanged    1 kept deleted"));
  }
  SECTION("what is gone is inserted") {
    CHECK(project.run({"up", "--revive", "person"}).exit_code == 0);
    CHECK_THAT(project.run({"up"}).out, ContainsSubstring("3 unchanged"));
    CHECK(project.remembered().size() == 3);
  }
}

TEST_CASE("a table beside one that rows were inserted into once is a new one", "[once]") {
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres));
  project.run({"up"});
  project.write("migrations/20260102120000_person.sql", "CREATE TABLE person (email TEXT NOT NULL PRIMARY KEY, name TEXT);\n");
  std::string toml(kToml);
  project.write("plugins/people/seeder.toml", toml.replace(toml.find("customer"), 8, "person"));

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("3 inserted"));
}

TEST_CASE("many rows are inserted once in batches", "[once]") {
  std::string csv = "email,name\n";
  for (int i = 0; i < 5000; ++i) csv += fmt::format("{},x\n", i);
  OnceProject project(GENERATE(Engine::sqlite, Engine::postgres), csv);
  const Finished first = project.run({"up"});
  project.database().execute("DELETE FROM customer WHERE email LIKE '%7'");

  const Finished up = project.run({"up"});
  project.write_rows("email,name\n0,x\n4999,x\n");
  project.run({"up"});

  CHECK_THAT(first.out, ContainsSubstring("5000 inserted"));
  CHECK_THAT(up.out, ContainsSubstring("4500 unchanged    500 kept deleted"));
  CHECK_THAT(project.run({"status"}).out, ContainsSubstring("4498 rows of customer are orphaned"));
}

TEST_CASE("a row that a trigger would not have is offered again", "[once]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  OnceProject project(engine);
  project.write("migrations/20260102120000_more.sql",
                engine == Engine::sqlite
                    ? "CREATE TRIGGER choosy BEFORE INSERT ON customer WHEN NEW.email = 'b' BEGIN SELECT RAISE(IGNORE); END;\n"
                    : "CREATE FUNCTION choosy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.email = ''b'' THEN RETURN NULL; END IF; RETURN NEW; END';\n"
                      "CREATE TRIGGER choosy BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION choosy();\n");
  const Finished first = project.run({"up"});
  project.database().execute(engine == Engine::sqlite ? "DROP TRIGGER choosy" : "DROP TRIGGER choosy ON customer");

  const Finished up = project.run({"up"});

  CHECK_THAT(first.out, ContainsSubstring("2 inserted"));
  CHECK_THAT(up.out, ContainsSubstring("1 inserted"));
  CHECK(project.emails() == "abc");
}
