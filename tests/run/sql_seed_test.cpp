// Plain seed files: the seeder sql, given with --sql or sql_paths.

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;

namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kEmails = "SELECT email FROM customer ORDER BY email";

/// A file that could not run twice.
std::string plain_insert(const std::string& email) {
  return "INSERT INTO customer (email, name) VALUES ('" + email + "', 'x');\n";
}

}  // namespace

TEST_CASE("a seed file runs when it is new or edited and not otherwise", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seed.sql", plain_insert("a"));

  const Finished first = workspace.run({"up", "--sql", "seed.sql"});
  const Finished second = workspace.run({"up", "--sql", "seed.sql"});
  workspace.write("seed.sql", plain_insert("b"));
  const Finished edited = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(first.exit_code == 0);
  CHECK_THAT(first.out, ContainsSubstring("sql    1 inserted"));
  CHECK(second.exit_code == 0);
  CHECK_THAT(second.out, ContainsSubstring("nothing changed"));
  CHECK(edited.exit_code == 0);
  CHECK(workspace.database().rows(kEmails) == Rows{{"a"}, {"b"}});
}

TEST_CASE("a folder of seed files runs by name without hidden and underscored ones", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seeds/02_rename.sql", "UPDATE customer SET name = 'second' WHERE email = 'a';\n");
  workspace.write("seeds/01_insert.sql", plain_insert("a"));
  workspace.write("seeds/_truncate.sql", "DELETE FROM customer;\n");
  workspace.write("seeds/.hidden.sql", "DELETE FROM customer;\n");
  workspace.write("seeds/notes.txt", "Not SQL.\n");

  const Finished up = workspace.run({"up", "--sql", "seeds"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT name FROM customer") == "second");
}

TEST_CASE("an sql file for one engine stands in for the one for both", "[run]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  const auto place = GENERATE(as<std::string>(), "plugins/customers/", "seeds/");
  const auto given = GENERATE(as<std::string>(), "seeds", "seeds/[0-9]*.sql");
  Workspace workspace(engine);
  workspace.write_customer_migration();
  workspace.write("plugins/customers/seeder.toml", "name = \"customers\"\nversion = \"1\"\nwrites = [\"customer\"]\n");
  workspace.write("seeds/0_nothing.sql", "SELECT 1;\n");
  workspace.write(place + "1.sql", "INSERT INTO customer VALUES ('a', 'both');\n");
  workspace.write(place + "1.postgres.sql", "INSERT INTO customer VALUES ('a', 'postgres');\n");
  workspace.write(place + "2.sqlite.sql", "INSERT INTO customer SELECT 'b', name FROM customer;\n");
  workspace.write(place + "3.sql", "UPDATE customer SET name = name || '!';\n");

  const Finished up = workspace.run({"up", "--sql", given});

  INFO(up.err);
  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows("SELECT email, name FROM customer ORDER BY email") ==
        (engine == Engine::postgres ? Rows{{"a", "postgres!"}} : Rows{{"a", "both!"}, {"b", "both!"}}));
}

TEST_CASE("a pattern of sql_paths chooses seed files", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seeds/01_a.sql", plain_insert("a"));
  workspace.write("seeds/02_b.sql", plain_insert("b"));
  workspace.write("seeds/extra.sql", plain_insert("extra"));
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[seeders]\nsql_paths = [\"seeds/[0-9]*.sql\"]\n"
                                  "[environments.local]\nurl = \"sqlite:unused.db\"\n");

  const Finished up = workspace.run({"up"});
  const Finished status = workspace.run({"status", "--exit-code"});
  workspace.write("seeds/02_b.sql", plain_insert("c"));
  const Finished edited = workspace.run({"status", "--exit-code"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows(kEmails) == Rows{{"a"}, {"b"}});
  CHECK(status.exit_code == 0);
  CHECK(edited.exit_code == 3);
}

TEST_CASE("a named seed file that does not exist is refused", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();

  const Finished up = workspace.run({"up", "--sql", "sead.sql"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("no seed file matches \""));
  CHECK_THAT(up.err, ContainsSubstring("sead.sql\""));
  CHECK(workspace.untouched());
}

TEST_CASE("a seed file runs again when the columns of a table that it wrote have changed", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seed.sql", insert_customer("a") + "UPDATE customer SET name = 'seeded' WHERE name IS NULL;\n");
  workspace.run({"up", "--sql", "seed.sql"});
  workspace.database().execute("UPDATE customer SET name = NULL");
  const Finished unchanged = workspace.run({"up", "--sql", "seed.sql"});
  workspace.write("migrations/20260102120000_phone.sql", "ALTER TABLE customer ADD COLUMN phone TEXT;\n");

  const Finished up = workspace.run({"up", "--sql", "seed.sql"});

  CHECK_THAT(unchanged.out, ContainsSubstring("nothing changed"));
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT name FROM customer") == "seeded");
}

TEST_CASE("a seed file that cannot run twice names the key and what to write", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seed.sql", plain_insert("a"));
  workspace.run({"up", "--sql", "seed.sql"});
  workspace.write("seed.sql", plain_insert("b") + plain_insert("a"));

  const Finished up = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("seeder \"sql\" failed: "));
  CHECK_THAT(up.err, ContainsSubstring("at:     seed.sql:2:1"));
  CHECK_THAT(up.err, ContainsSubstring("email"));
  CHECK_THAT(up.err, ContainsSubstring("ON CONFLICT (email) DO NOTHING or DO UPDATE"));
  CHECK(workspace.database().rows(kEmails) == Rows{{"a"}});
}

TEST_CASE("BEGIN and COMMIT around a whole seed file are its savepoint", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seeds/01.sql", "BEGIN;\n" + plain_insert("a") + "COMMIT;\n");
  workspace.write("seeds/02.sql", plain_insert("b") + "INSERT INTO nowhere VALUES (1);\n");

  const Finished failed = workspace.run({"up", "--sql", "seeds"});
  const std::string rows_after_failure = workspace.value("SELECT count(*) FROM customer");
  workspace.write("seeds/02.sql", plain_insert("b"));
  const Finished up = workspace.run({"up", "--sql", "seeds"});

  CHECK(failed.exit_code == 1);
  CHECK(rows_after_failure == "0");
  CHECK(up.exit_code == 0);
  CHECK(workspace.database().rows(kEmails) == Rows{{"a"}, {"b"}});
}

TEST_CASE("other transaction control in a seed file is refused with its line", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seed.sql", plain_insert("a") + "COMMIT;\n" + plain_insert("b"));

  const Finished up = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("a seed file cannot control transactions itself"));
  CHECK_THAT(up.err, ContainsSubstring("at:     seed.sql:2:1"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("a statement that cannot run in a transaction is refused in a seed file", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seed.sql", plain_insert("a") + "VACUUM;\n");

  const Finished up = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("a seed file cannot hold a statement that must run outside a transaction"));
  CHECK_THAT(up.err, ContainsSubstring("at:     seed.sql:2:1"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "0");
}

TEST_CASE("COPY with its data works in a seed file and names the line that fails", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();
  workspace.write("seed.sql", "COPY customer (email, name) FROM stdin;\na\tAda\nb\t\\N\n\\.\n" + plain_insert("c"));

  const Finished up = workspace.run({"up", "--sql", "seed.sql"});
  workspace.write("seed.sql", "COPY customer (email, name) FROM stdin;\nd\tDora\ne\ttoo\tmany\n\\.\n");
  const Finished broken = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("3 inserted"));
  CHECK(broken.exit_code == 1);
  CHECK_THAT(broken.err, ContainsSubstring("COPY customer, line 2"));
  CHECK(workspace.database().rows(kEmails) == Rows{{"a"}, {"b"}, {"c"}});
}

TEST_CASE("plain seed files run after all seeders", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("zebra", insert_customer("a"));
  workspace.write("seed.sql", "UPDATE customer SET name = 'last' WHERE email = 'a';\n");

  const Finished up = workspace.run({"up", "--sql", "seed.sql"});

  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT name FROM customer") == "last");
}

TEST_CASE("plain seed files given on the command line run whatever the environment selects", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("people", insert_customer("a"));
  workspace.write("seed.sql", insert_customer("b"));
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\ntier = \"development\"\n"
                                  "url = \"sqlite:unused.db\"\nseeders = [\"people\"]\n");

  const Finished up = workspace.run({"up", "--sql", "seed.sql"});
  workspace.database().execute("DELETE FROM customer");
  workspace.write("seed.sql", insert_customer("c"));
  const Finished named = workspace.run({"seed", "people", "--sql", "seed.sql"});

  INFO(up.err << named.err);
  CHECK_THAT(up.out, ContainsSubstring("people    1 inserted") && ContainsSubstring("sql       1 inserted"));
  CHECK_THAT(named.out, ContainsSubstring("people    1 inserted") && ContainsSubstring("sql       1 inserted"));
}

TEST_CASE("a dry run runs the seed files that the run after it would run", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write("seed.sql", insert_customer("a") + "UPDATE customer SET name = name || '!';\n");

  const Finished first = workspace.run({"up", "--dry-run", "--sql", "seed.sql"});
  workspace.run({"up", "--sql", "seed.sql"});
  const Finished second = workspace.run({"up", "--dry-run", "--sql", "seed.sql"});

  CHECK_THAT(first.out, ContainsSubstring("1 inserted") && ContainsSubstring("1 updated"));
  CHECK(second.exit_code == 0);
  CHECK_THAT(second.out, ContainsSubstring("a run would change nothing"));
  CHECK(workspace.value("SELECT name FROM customer") == "Ada!");
}

TEST_CASE("the log has the rows that each statement of a seed file changed", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write_customer_migration();
  workspace.write_seeder("people", "INSERT INTO customer\nVALUES ('a', 'Ada'), ('b', $name);\nSELECT 1;\n\nUPDATE customer SET name = 'B' WHERE email = 'b';\nDELETE FROM customer WHERE email = 'z';\n",
                         "writes = [\"customer\"]\n[parameters.name]\ndefault = \"two\\nlines\"\n");

  const Finished up = workspace.run({"up", "-v"});

  INFO(up.err);
  CHECK_THAT(up.err, ContainsSubstring("statement_completed at=plugins/people/01_rows.sql:1 rows=2"));
  CHECK_THAT(up.err, ContainsSubstring("statement_completed at=plugins/people/01_rows.sql:5 rows=1"));
  CHECK_THAT(up.err, ContainsSubstring("statement_completed at=plugins/people/01_rows.sql:6 rows=0"));
  CHECK_THAT(up.err, !ContainsSubstring("01_rows.sql:3"));
}
