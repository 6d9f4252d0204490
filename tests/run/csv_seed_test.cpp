// Seeders that are folders with .csv files.

#include <string>
#include <vector>

#include <fmt/format.h>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kCustomers =
    "writes = [\"customer\"]\n[[table]]\nfile = \"customers.csv\"\nname = \"customer\"\nkey = \"email\"\n";

/// A project whose seeder "customers" has the one file customers.csv.
class CsvProject : public Workspace {
 public:
  CsvProject(Engine engine, std::string_view csv, const std::string& declaration = kCustomers) : Workspace(engine) {
    write_customer_migration();
    write("plugins/customers/seeder.toml", "name = \"customers\"\nversion = \"1.0.0\"\n" + declaration);
    write_rows(csv);
  }

  void write_rows(std::string_view csv) const { write("plugins/customers/customers.csv", csv); }
};

/// One table with a column of each kind that CSV knows.
void write_typed_migration(const Workspace& workspace) {
  workspace.write("migrations/20260102120000_thing.postgres.sql",
                  "CREATE TABLE thing (id integer PRIMARY KEY, small smallint, flag boolean, ratio double precision, "
                  "price numeric(12, 2), code uuid, payload bytea, seen timestamptz, note text);\n");
  workspace.write("migrations/20260102120000_thing.sqlite.sql",
                  "CREATE TABLE thing (id INTEGER NOT NULL PRIMARY KEY, small INT, flag BOOLEAN, ratio REAL, "
                  "price NUMERIC(12, 2), code UUID, payload BLOB, seen TEXT, note TEXT);\n");
}

constexpr const char* kThings =
    "[[table]]\nfile = \"customers.csv\"\nname = \"thing\"\nkey = \"id\"\n";

}  // namespace

TEST_CASE("a csv file fills its table and changes nothing the second time", "[run]") {
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres),
                     "\xEF\xBB\xBF" "email,name\r\na@b.c,\"Byron, Ada\"\r\nd@e.f,\"two\nlines \"\"quoted\"\"\"\r\ng@h.i,\r\nj@k.l,\"\"\r\n");

  const Finished first = project.run({"up"});
  const Finished second = project.run({"up"});

  INFO(first.err);
  CHECK(first.exit_code == 0);
  CHECK_THAT(first.out, ContainsSubstring("customers    4 inserted"));
  CHECK_THAT(second.out, ContainsSubstring("customers    4 unchanged"));
  CHECK(project.database().rows("SELECT email, name FROM customer ORDER BY email") ==
        Rows{{"a@b.c", "Byron, Ada"}, {"d@e.f", "two\nlines \"quoted\""}, {"g@h.i", "NULL"}, {"j@k.l", ""}});
}

TEST_CASE("numbers of a csv file may be larger and smaller than a double holds", "[run]") {
  CsvProject project(Engine::postgres, "id,price\n1,1e400\n2,-1e-400\n3,NaN\n", "[[table]]\nfile = \"customers.csv\"\nname = \"thing\"\nkey = \"id\"\n");
  project.write("migrations/20260102120000_thing.sql", "CREATE TABLE thing (id integer PRIMARY KEY, price numeric);\n");

  const Finished up = project.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(project.value("SELECT bool_and(price = CASE id WHEN 1 THEN 1e400 WHEN 2 THEN -1e-400 ELSE 'NaN' END) FROM thing") == "t");
}

TEST_CASE("csv rows converge or stay as their mode says", "[run]") {
  const bool update = GENERATE(false, true);
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,name\na,Ada\nb,Bea\n",
                     std::string(kCustomers) + (update ? "mode = \"update_changed\"\n" : ""));
  project.run({"up"});
  project.database().execute("UPDATE customer SET name = 'edited' WHERE email = 'a'");

  const Finished up = project.run({"up"});

  CHECK_THAT(up.out, ContainsSubstring(update ? "1 updated    1 unchanged" : "2 unchanged"));
  CHECK(project.value("SELECT name FROM customer WHERE email = 'a'") == (update ? "Ada" : "edited"));
}

TEST_CASE("a declared text stands for NULL only without quotes", "[run]") {
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,name\na,\\N\nb,\"\\N\"\nc,\n",
                     std::string(kCustomers) + "null = \"\\\\N\"\n");

  project.run({"up"});

  CHECK(project.database().rows("SELECT email, name FROM customer ORDER BY email") == Rows{{"a", "NULL"}, {"b", "\\N"}, {"c", ""}});
}

TEST_CASE("csv and sql files of a folder run by name", "[run]") {
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,name\na,Ada\n");
  project.write("plugins/customers/a_first.sql", insert_customer("b", "Bea"));
  project.write("plugins/customers/z_last.sql", "UPDATE customer SET name = name || '!' WHERE name NOT LIKE '%!';\n");

  const Finished up = project.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(project.database().rows("SELECT email, name FROM customer ORDER BY email") == Rows{{"a", "Ada!"}, {"b", "Bea!"}});
}

TEST_CASE("csv values become what their columns hold", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_typed_migration(workspace);
  workspace.write("plugins/things/seeder.toml", std::string("name = \"things\"\nversion = \"1\"\n") + kThings);
  workspace.write("plugins/things/customers.csv",
                  "id,small,flag,ratio,price,code,payload,seen,note\n"
                  "1,-7,true,2.5,19.90,2F6B0C1E-0000-4000-8000-00000000000a,\\x00ff,2026-01-01T00:00:00Z,007\n"
                  " 2 ,,no,1e3,+5,{2f6b0c1e-0000-4000-8000-00000000000b},,,\n");

  const Finished up = workspace.run({"up"});

  INFO(up.err);
  REQUIRE(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM thing WHERE flag = (1 = 1) AND id = 1 AND small = -7") == "1");
  CHECK(workspace.value("SELECT count(*) FROM thing WHERE flag = (1 = 0) AND id = 2 AND small IS NULL") == "1");
  CHECK(workspace.value("SELECT sum(ratio) FROM thing") == "1002.5");
  CHECK(workspace.value("SELECT count(*) FROM thing WHERE price IN (19.9, 5)") == "2");
  CHECK(workspace.value("SELECT code FROM thing WHERE id = 1") == "2f6b0c1e-0000-4000-8000-00000000000a");
  CHECK(workspace.value("SELECT code FROM thing WHERE id = 2") == "2f6b0c1e-0000-4000-8000-00000000000b");
  CHECK(workspace.value("SELECT length(payload) FROM thing WHERE id = 1") == "2");
  CHECK(workspace.value("SELECT note FROM thing WHERE id = 1") == "007");
}

TEST_CASE("a csv value of the wrong type is named with row and column and value", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_typed_migration(workspace);
  workspace.write("plugins/things/seeder.toml", std::string("name = \"things\"\nversion = \"1\"\n") + kThings);
  const auto failure = [&](const std::string& csv) {
    workspace.write("plugins/things/customers.csv", csv);
    const Finished up = workspace.run({"up"});
    CHECK(up.exit_code == 1);
    CHECK(workspace.value("SELECT count(*) FROM thing") == "0");
    return up.err;
  };
  workspace.run({"up", "--no-seed"});

  const std::string word = failure("id,note\n1,x\n\"2\",y\nthree,z\n");
  CHECK_THAT(word, ContainsSubstring("row 3 has \"three\" for column \"id\", which is of type integer") ||
                       ContainsSubstring("row 3 has \"three\" for column \"id\", which is of type INTEGER"));
  CHECK_THAT(word, ContainsSubstring("customers.csv:4:1"));
  CHECK_THAT(failure("id,ratio\n1,\"\"\n"), ContainsSubstring("row 1 has an empty text for column \"ratio\"") &&
                                               ContainsSubstring("customers.csv:2:3"));
  CHECK_THAT(failure("id,flag\n1,perhaps\n"), ContainsSubstring("\"perhaps\" for column \"flag\""));
  CHECK_THAT(failure("id,code\n1,2f6b\n"), ContainsSubstring("\"2f6b\" for column \"code\""));
  CHECK_THAT(failure("id,price\n1,12 EUR\n"), ContainsSubstring("\"12 EUR\" for column \"price\""));
}

TEST_CASE("a whole number beyond its column is a value of the wrong type", "[run]") {
  Workspace workspace(Engine::postgres);
  write_typed_migration(workspace);
  workspace.write("plugins/things/seeder.toml", std::string("name = \"things\"\nversion = \"1\"\n") + kThings);
  workspace.write("plugins/things/customers.csv", "id,small\n1,40000\n");

  const Finished up = workspace.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("row 1 has \"40000\" for column \"small\", which is of type smallint"));
}

TEST_CASE("a csv row with another number of values is named with its line", "[run]") {
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,name\na,Ada\nb,\"Bea\nB.\"\nc\n");

  const Finished few = project.run({"up"});
  project.write_rows("email,name\na,Byron, Ada\n");
  const Finished many = project.run({"up"});

  CHECK(few.exit_code == 1);
  CHECK_THAT(few.err, ContainsSubstring("seeder \"customers\" failed: row 3 has 1 value, and the first line names 2 columns"));
  CHECK_THAT(few.err, ContainsSubstring("customers.csv:5:1"));
  CHECK_THAT(many.err, ContainsSubstring("row 1 has 3 values"));
  CHECK_THAT(many.err, ContainsSubstring("A value with a comma in it needs quotes around it."));
  CHECK(project.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a csv header is checked against table and key", "[run]") {
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,nmae\na,Ada\n");
  const auto failure = [&](std::string_view csv) {
    project.write_rows(csv);
    const Finished up = project.run({"up"});
    CHECK(up.exit_code == 1);
    return up.err;
  };

  const std::string unknown = failure("email,nmae\na,Ada\n");
  CHECK_THAT(unknown, ContainsSubstring("table \"customer\" has no column \"nmae\""));
  CHECK_THAT(unknown, ContainsSubstring("Its columns are email, name."));
  CHECK_THAT(unknown, ContainsSubstring("Perhaps \"name\" is meant."));
  CHECK_THAT(unknown, ContainsSubstring("customers.csv:1:7"));
  CHECK_THAT(failure("email,name,email\n"), ContainsSubstring("column \"email\" is named twice") &&
                                                ContainsSubstring("customers.csv:1:12"));
  CHECK_THAT(failure("name\nAda\n"), ContainsSubstring("the first line does not name key column \"email\""));
  CHECK_THAT(failure("email,\na,b\n"), ContainsSubstring("a column has no name"));
  CHECK_THAT(failure(""), ContainsSubstring("customers.csv\" is empty"));
}

TEST_CASE("a broken quote in a csv file is named with its line", "[run]") {
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,name\na,Ada\nb,\"Bea\n");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("the quote that begins a value is never closed"));
  CHECK_THAT(up.err, ContainsSubstring("customers.csv:3:3"));
  CHECK(project.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a csv row that the database refuses is named with its line and leaves nothing", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_line.sql",
                  "CREATE TABLE item (sku TEXT NOT NULL PRIMARY KEY);\n"
                  "CREATE TABLE line (id INTEGER NOT NULL PRIMARY KEY, sku TEXT NOT NULL REFERENCES item, "
                  "amount INTEGER NOT NULL CHECK (amount > 0));\n");
  workspace.write("plugins/lines/seeder.toml", "name = \"lines\"\nversion = \"1\"\n"
                  "[[table]]\nfile = \"lines.csv\"\nname = \"line\"\nkey = [\"id\"]\n"
                  "[[table]]\nfile = \"items.csv\"\nname = \"item\"\nkey = [\"sku\"]\n");
  workspace.write("plugins/lines/items.csv", "sku\nx\n");
  workspace.run({"up", "--no-seed"});

  workspace.write("plugins/lines/lines.csv", "id,sku,amount\n1,x,0\n");
  const Finished check = workspace.run({"up"});
  workspace.write("plugins/lines/lines.csv", "id,sku,amount\n,x,1\n");
  const Finished null_key = workspace.run({"up"});
  workspace.write("plugins/lines/lines.csv", "id,sku,amount\n1,nowhere,1\n");
  const Finished orphan = workspace.run({"up"});

  CHECK(check.exit_code == 1);
  CHECK_THAT(check.err, ContainsSubstring("lines.csv:2:1"));
  CHECK_THAT(null_key.err, ContainsSubstring("has NULL in key column \"id\""));
  CHECK_THAT(null_key.err, ContainsSubstring("lines.csv:2:1"));
  CHECK(orphan.exit_code == 1);
  CHECK(workspace.value("SELECT count(*) FROM item") == "0");
  CHECK(workspace.value("SELECT count(*) FROM line") == "0");
}

TEST_CASE("the line is right beyond the first batch of csv rows", "[run]") {
  std::string csv = "email,name\n";
  for (int i = 1; i <= 3000; ++i) csv += fmt::format("c{},name {}\n", i, i);
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), csv + ",nobody\n");

  const Finished refused = project.run({"up"});
  project.write_rows(csv);
  const Finished up = project.run({"up"});

  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, ContainsSubstring("row 3001 for table \"customer\" has NULL in key column \"email\""));
  CHECK_THAT(refused.err, ContainsSubstring("customers.csv:3002:1"));
  CHECK_THAT(up.out, ContainsSubstring("customers    3000 inserted"));
}

TEST_CASE("of two csv rows of one key far apart the later one is the place", "[run]") {
  std::string csv = "email,name\n";
  for (int i = 1; i <= 3000; ++i) csv += fmt::format("c{},name {}\n", i, i);
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), csv + "c7,another\n",
                     std::string(kCustomers) + "mode = \"update_changed\"\n");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("rows 7 and 3001 for table \"customer\" have the same key"));
  CHECK_THAT(up.err, ContainsSubstring("customers.csv:3002:1"));
}

TEST_CASE("a trigger that speaks of a row does not name the line of a csv file", "[run]") {
  CsvProject project(Engine::postgres, "email,name\na,Ada\nb,Bea\n");
  project.run({"up", "--no-seed"});
  project.database().execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.email = 'b' THEN "
                  "RAISE 'row 1 of customer was first'; END IF; RETURN NEW; END $$;"
                  "CREATE TRIGGER refuse BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION refuse()");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("row 1 of customer was first"));
  CHECK_THAT(up.err, ContainsSubstring("customers.csv:3:1"));
}

TEST_CASE("a csv folder that runs once is a load that is recorded and not repeated", "[run]") {
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,name\na,Ada\n", std::string("run = \"once\"\n") + kCustomers);
  project.run({"up"});
  project.write_rows("email,name\na,Ada\nb,Bea\n");

  const Finished again = project.run({"up"});

  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("nothing to do"));
  CHECK(project.value("SELECT count(*) FROM customer") == "1");
  CHECK(project.value("SELECT count(*) FROM " + project.ledger("seeds") + " WHERE seeder = 'customers'") == "1");
}

TEST_CASE("an edited csv file is a pending seeder", "[run]") {
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,name\na,Ada\n");
  project.run({"up"});
  project.write_rows("email,name\na,Ada\nb,Bea\n");

  const Finished status = project.run({"status", "--exit-code"});
  const Finished up = project.run({"up"});

  CHECK(status.exit_code == 3);
  CHECK_THAT(up.out, ContainsSubstring("1 inserted    1 unchanged"));
}

TEST_CASE("a csv file that nothing declares and a declared one that is missing are refused", "[run]") {
  CsvProject project(Engine::sqlite, "email,name\na,Ada\n");
  project.write("plugins/customers/more.csv", "email,name\nb,Bea\n");

  const Finished extra = project.run({"up"});
  project.write("plugins/customers/seeder.toml",
                "name = \"customers\"\nversion = \"1\"\n[[table]]\nfile = \"nowhere.csv\"\nname = \"customer\"\nkey = \"email\"\n");
  const Finished missing = project.run({"up"});

  CHECK(extra.exit_code == 6);
  CHECK_THAT(extra.err, ContainsSubstring("no [[table]] names file \"more.csv\""));
  CHECK(missing.exit_code == 6);
  CHECK_THAT(missing.err, ContainsSubstring("file \"nowhere.csv\" does not exist"));
  CHECK_THAT(missing.err, ContainsSubstring("at:     plugins/customers/seeder.toml:3:"));
  CHECK(project.untouched());
}

TEST_CASE("a csv file for a table that does not exist names the nearest", "[run]") {
  CsvProject project(GENERATE(Engine::sqlite, Engine::postgres), "email,name\na,Ada\n",
                     "[[table]]\nfile = \"customers.csv\"\nname = \"custmer\"\nkey = \"email\"\n");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("table \"custmer\" does not exist"));
  CHECK_THAT(up.err, ContainsSubstring("Perhaps \"customer\" is meant."));
  CHECK_THAT(up.err, ContainsSubstring("at:     plugins/customers/seeder.toml:3:"));
}

TEST_CASE("an insert of a folder that cannot run twice says what to write and how to run it once", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/20260101120000_price.sql",
                  "CREATE TABLE price (sku TEXT NOT NULL, currency TEXT NOT NULL, PRIMARY KEY (sku, currency));\n");
  workspace.write_seeder("prices", "INSERT INTO price VALUES ('x', 'EUR');\n", "writes = [\"price\"]\n");
  const Finished first = workspace.run({"up"});

  const Finished second = workspace.run({"up"});

  CHECK(first.exit_code == 0);
  CHECK(second.exit_code == 1);
  CHECK_THAT(second.err, ContainsSubstring("01_rows.sql:1:1"));
  CHECK_THAT(second.err, ContainsSubstring("end its INSERT with ON CONFLICT (sku, currency) DO NOTHING or DO UPDATE."));
  CHECK_THAT(second.err, ContainsSubstring("say run = \"once\" in its seeder.toml"));
}

TEST_CASE("a csv file for one engine stands in for the one for both", "[run]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  CsvProject project(engine, "email,name\na,both\n");
  project.write("plugins/customers/customers.postgres.csv", "email,name\na,postgres\n");
  project.write("plugins/customers/seeder.toml", "name = \"customers\"\nversion = \"1.0.0\"\n" + std::string(kCustomers) +
                                                     "[[table]]\nfile = \"more.sqlite.csv\"\nname = \"customer\"\nkey = \"email\"\n");
  project.write("plugins/customers/more.sqlite.csv", "email,name\nb,sqlite\n");

  const Finished up = project.run({"up"});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(project.database().rows("SELECT email, name FROM customer ORDER BY email") ==
        (engine == Engine::postgres ? Rows{{"a", "postgres"}} : Rows{{"a", "both"}, {"b", "sqlite"}}));
}
