// history = "supabase": both tools on one project, and what they tell each other in the database.

#include <fmt/format.h>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
using Rows = std::vector<std::vector<std::string>>;

namespace {

constexpr const char* kHistory = "supabase_migrations.schema_migrations";

/// A Supabase project with an empty database.
struct Project : Workspace {
  explicit Project(const std::string& tier = "development", Engine engine = Engine::postgres) : Workspace(engine) {
    write("seedbed.toml", fmt::format("default_environment = \"here\"\n[migrations]\ndirectory = \"supabase/migrations\"\n"
                                      "history = \"supabase\"\n[environments.here]\ntier = \"{}\"\nurl = \"sqlite:unused.db\"\n", tier));
    write("supabase/migrations/20260101120000_customer.sql", "-- Who buys.\nCREATE TABLE customer (a integer);\n");
    write("supabase/migrations/20260102120000_product.sql", "CREATE TABLE product (a integer);\n");
    write("supabase/migrations/20260103120000_order.sql", "CREATE TABLE \"order\" (a integer);\n");
  }

  Rows history() { return database().rows(fmt::format("SELECT version, name FROM {} ORDER BY version", kHistory)); }
  Rows migrations() { return database().rows("SELECT version, origin, sha256 <> '' FROM seedbed.migrations ORDER BY version"); }

  /// What Supabase's tool does with a file: its statements and its row, in one transaction.
  void push(const std::string& version, const std::string& name, const std::string& statement) {
    database().execute(statement);
    database().execute(fmt::format("INSERT INTO {}(version, name, statements) VALUES('{}', '{}', ARRAY['{}'])", kHistory, version,
                                   name, statement));
  }
};

const Rows kAllThree{{"20260101120000", "customer"}, {"20260102120000", "product"}, {"20260103120000", "order"}};

/// Lets everybody who connects be a role that owns nothing.
void limit_role(Project& project, const std::string& role) {
  project.database().execute(fmt::format(
      "DO $$ BEGIN CREATE ROLE {0}; EXCEPTION WHEN duplicate_object THEN END $$; GRANT ALL ON SCHEMA public TO {0};"
      "GRANT ALL ON SCHEMA seedbed TO {0}; GRANT ALL ON ALL TABLES IN SCHEMA seedbed TO {0};"
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET role = {0}', current_database()); END $$", role));
}

}  // namespace

TEST_CASE("a migration is recorded in Supabase's history as its own tool would", "[history]") {
  Project project;
  project.write("supabase/migrations/20260104120000_two words.sql",
                "-- first\nCREATE TABLE a (t text); -- after it\n"
                "INSERT INTO a VALUES ('it''s; \\ here') /* a ; in a comment */ ;;\n"
                "DO $$ BEGIN PERFORM 1; END $$;\n-- the end\n");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 0);
  Rows expected = kAllThree;
  expected.push_back({"20260104120000", "two words"});
  CHECK(project.history() == expected);
  CHECK(project.database().rows("SELECT unnest(statements) FROM supabase_migrations.schema_migrations WHERE version = '20260104120000'") ==
        Rows{{"-- first\nCREATE TABLE a (t text)"},
             {"-- after it\nINSERT INTO a VALUES ('it''s; \\ here') /* a ; in a comment */"},
             {"DO $$ BEGIN PERFORM 1; END $$"},
             {"-- the end"}});
  CHECK(project.database().rows("SELECT column_name, data_type, is_nullable FROM information_schema.columns "
                                "WHERE table_schema = 'supabase_migrations' ORDER BY ordinal_position") ==
        Rows{{"version", "text", "NO"}, {"statements", "ARRAY", "YES"}, {"name", "text", "YES"}});
}

TEST_CASE("a history table of an older or newer Supabase is filled as far as it goes", "[history]") {
  Project project;
  project.database().execute("CREATE SCHEMA supabase_migrations");
  const auto [columns, filled] = GENERATE(
      std::pair<const char*, const char*>{"version text NOT NULL PRIMARY KEY", "version = '20260101120000'"},
      std::pair<const char*, const char*>{"version text NOT NULL PRIMARY KEY, statements text[]", "cardinality(statements) = 1"},
      std::pair<const char*, const char*>{"version text NOT NULL PRIMARY KEY, statements text[], name text, created_by text, "
                                          "idempotency_key text UNIQUE, rollback text[]",
                                          "name = 'customer' AND cardinality(statements) = 1 AND idempotency_key IS NULL"});
  project.database().execute(fmt::format("CREATE TABLE {} ({})", kHistory, columns));

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(project.value(fmt::format("SELECT count(*) FROM {}", kHistory)) == "3");
  CHECK(project.value(fmt::format("SELECT count(*) FROM {} WHERE version = '20260101120000' AND {}", kHistory, filled)) == "1");
}

TEST_CASE("a preview branch whose replay stopped half way is completed", "[history]") {
  Project project(GENERATE("development", "production"));
  project.database().execute(read_file(SEEDBED_SOURCE_DIR "/tests/fixtures/history/supabase.sql"));
  project.push("20260101120000", "customer", "-- Who buys.\nCREATE TABLE customer (a integer)");
  project.push("20260103120000", "order", "CREATE TABLE \"order\" (a integer)");
  project.push("20260105120000", "elsewhere", "CREATE TABLE elsewhere (a integer)");

  const Finished before = project.run({"status"});
  const std::string ledger_before = project.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'seedbed'");
  const Finished up = project.run({"up"});
  const Finished again = project.run({"up"});

  CHECK(ledger_before == "0");
  CHECK_THAT(before.out, ContainsSubstring("20260102120000_product.sql   out of order"));
  CHECK_THAT(before.out, ContainsSubstring("20260105120000_elsewhere was applied; there is no such file here."));
  CHECK_THAT(before.out, ContainsSubstring("1 migration pending."));
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 applied    2 up to date"));
  CHECK_THAT(up.out, ContainsSubstring("20260102120000_product.sql is older than what was already applied; it is applied out of order."));
  CHECK_THAT(up.out, ContainsSubstring("The database has a migration that this folder has not: 20260105120000_elsewhere."));
  CHECK_THAT(up.out, ContainsSubstring("Applied by Supabase's tool, and in seedbed's ledger from now on: "
                                       "20260101120000_customer.sql, 20260103120000_order.sql."));
  CHECK(project.value("SELECT count(*) FROM product") == "0");
  CHECK(project.migrations() == Rows{{"20260101120000", "adopted", "t"}, {"20260102120000", "applied", "t"}, {"20260103120000", "adopted", "t"}});
  CHECK(project.value(fmt::format("SELECT count(*) FROM {}", kHistory)) == "4");
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("3 up to date"));
  CHECK_THAT(again.out, !ContainsSubstring("from now on"));
  CHECK(project.value("SELECT count(*) FROM seedbed.runs") == "1");
}

TEST_CASE("both tools take turns", "[history]") {
  Project project;
  project.run({"up"});
  project.push("20260104120000", "invoice", "CREATE TABLE invoice (a integer)");
  project.write("supabase/migrations/20260104120000_invoice.sql", "CREATE TABLE invoice (\n  a integer\n);\n");
  project.write("supabase/migrations/20260105120000_payment.sql", "CREATE TABLE payment (a integer);\n");

  const Finished up = project.run({"up"});
  const Finished status = project.run({"status", "--exit-code"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 applied    4 up to date"));
  CHECK(project.value("SELECT origin FROM seedbed.migrations WHERE version = '20260104120000' AND sha256 <> ''") == "adopted");
  CHECK(project.value(fmt::format("SELECT name FROM {} WHERE version = '20260105120000'", kHistory)) == "payment");
  CHECK(status.exit_code == 0);
}

TEST_CASE("what Supabase's tool alone applied is taken over when nothing else is to do", "[history]") {
  Project project;
  project.run({"up"});
  project.push("20260104120000", "invoice", "CREATE TABLE invoice (a integer)");
  project.write("supabase/migrations/20260104120000_invoice.sql", "CREATE TABLE invoice (a integer);\n");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("in seedbed's ledger from now on: 20260104120000_invoice.sql."));
  CHECK(project.value("SELECT count(*) FROM seedbed.migrations") == "4");
}

TEST_CASE("a file that Supabase's history cannot vouch for is taken over without a hash", "[history]") {
  Project project;
  project.database().execute(read_file(SEEDBED_SOURCE_DIR "/tests/fixtures/history/supabase.sql"));
  project.push("20260101120000", "customer", "CREATE TABLE customer (b integer)");
  project.database().execute(fmt::format("CREATE TABLE product (a integer); INSERT INTO {} (version) VALUES ('20260102120000')", kHistory));

  const Finished up = project.run({"up"});
  project.write("supabase/migrations/20260102120000_product.sql", "CREATE TABLE product (a integer, b integer);\n");
  const Finished later = project.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("Supabase's history does not hold the text of 20260101120000_customer.sql, "
                                       "20260102120000_product.sql as it is now; edits before today are not noticed."));
  CHECK(project.migrations() == Rows{{"20260101120000", "adopted", "f"}, {"20260102120000", "adopted", "f"}, {"20260103120000", "applied", "t"}});
  CHECK(later.exit_code == 0);
}

TEST_CASE("a history that begins to be shared gets what seedbed has applied", "[history]") {
  Project project;
  const std::string settings = read_file(project.path("seedbed.toml"));
  project.write("seedbed.toml", "default_environment = \"here\"\n[environments.here]\nurl = \"sqlite:unused.db\"\n");
  project.run({"up", "--migrations", "supabase/migrations", "--to", "20260102120000"});
  project.write("seedbed.toml", settings);

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("Applied by seedbed, and in Supabase's history from now on: "
                                       "20260101120000_customer.sql, 20260102120000_product.sql."));
  CHECK(project.history() == kAllThree);
}

TEST_CASE("what Supabase's tool takes back is pending again", "[history]") {
  Project project;
  project.run({"up"});
  project.database().execute(fmt::format("DROP TABLE product; DELETE FROM {} WHERE version = '20260102120000'", kHistory));

  const Finished status = project.run({"status"});
  const Finished up = project.run({"up"});

  CHECK_THAT(status.out, ContainsSubstring("20260102120000_product.sql   out of order"));
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("Taken back by Supabase's tool, and applied no more: 20260102120000_product.sql."));
  CHECK_THAT(up.out, ContainsSubstring("1 applied    2 up to date"));
  CHECK(project.value("SELECT count(*) FROM product") == "0");
  CHECK(project.history() == kAllThree);
}

TEST_CASE("a reset by Supabase's tool that stopped half way is completed", "[history]") {
  Project project;
  project.run({"up"});
  project.database().execute(fmt::format("DROP TABLE customer, product, \"order\"; TRUNCATE {}", kHistory));
  project.push("20260101120000", "customer", "CREATE TABLE customer (a integer)");

  const Finished up = project.run({"up"});
  const Finished again = project.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("2 applied    1 up to date"));
  CHECK(project.value("SELECT count(*) FROM \"order\"") == "0");
  CHECK(project.history() == kAllThree);
  CHECK_THAT(again.out, ContainsSubstring("nothing changed"));
}

TEST_CASE("a history table that is gone is made again with what seedbed knows", "[history]") {
  Project project;
  project.run({"up"});
  project.database().execute("DROP SCHEMA supabase_migrations CASCADE");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("3 up to date"));
  CHECK(project.history() == kAllThree);
}

TEST_CASE("a history that was squashed stays so", "[history]") {
  Project project;
  project.run({"up"});
  project.database().execute(fmt::format("DELETE FROM {} WHERE version < '20260103'", kHistory));
  std::filesystem::remove(project.path("supabase/migrations/20260101120000_customer.sql"));
  std::filesystem::remove(project.path("supabase/migrations/20260102120000_product.sql"));

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 0);
  CHECK(project.history() == Rows{{"20260103120000", "order"}});
  CHECK(project.value("SELECT string_agg(version, ' ') FROM seedbed.migrations") == "20260103120000");
}

TEST_CASE("a migration that fails is in neither history", "[history]") {
  Project project;
  project.write("supabase/migrations/20260104120000_broken.sql", "CREATE TABLE fine (a integer);\nCREATE TABEL broken (a integer);\n");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK(project.history() == kAllThree);
  CHECK(project.value("SELECT count(*) FROM seedbed.migrations") == "3");
}

TEST_CASE("a migration that Supabase's tool applied in the same moment is not applied twice", "[history]") {
  Project project;
  project.write("supabase/migrations/20260104120000_race.sql",
                fmt::format("INSERT INTO {} (version) VALUES ('20260104120000');\n", kHistory));

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 1);
  CHECK_THAT(up.err, ContainsSubstring("20260104120000"));
  CHECK(project.history() == kAllThree);
  CHECK(project.value("SELECT count(*) FROM seedbed.migrations") == "3");
}

TEST_CASE("a migration that runs outside a transaction is recorded in Supabase's history when it has ended", "[history]") {
  Project project;
  project.write("supabase/migrations/20260104120000_index.sql",
                "CREATE INDEX CONCURRENTLY i ON customer (a);\nCREATE INDEX CONCURRENTLY j ON customer (missing);\n");

  const Finished failed = project.run({"up"});
  const Rows then = project.history();
  project.write("supabase/migrations/20260104120000_index.sql",
                "CREATE INDEX CONCURRENTLY i ON customer (a);\nCREATE INDEX CONCURRENTLY j ON product (a);\n");
  const Finished up = project.run({"up"});

  CHECK(failed.exit_code == 1);
  CHECK(then == kAllThree);
  CHECK(up.exit_code == 0);
  CHECK(project.value(fmt::format("SELECT cardinality(statements) FROM {} WHERE version = '20260104120000'", kHistory)) == "2");
}

TEST_CASE("an edit that is accepted is what Supabase's history holds from then on", "[history]") {
  Project project;
  project.run({"up"});
  project.write("supabase/migrations/20260102120000_goods.sql", "CREATE TABLE product (a integer);\nSELECT 'more';\n");
  std::filesystem::remove(project.path("supabase/migrations/20260102120000_product.sql"));

  const Finished repair = project.run({"repair", "--accept", "20260102120000"});

  INFO(repair.err);
  CHECK(repair.exit_code == 0);
  CHECK(project.value(fmt::format("SELECT name || ' ' || array_to_string(statements, '/') FROM {} WHERE version = '20260102120000'", kHistory)) ==
        "goods CREATE TABLE product (a integer)/SELECT 'more'");
  CHECK(project.value(fmt::format("SELECT count(*) FROM {}", kHistory)) == "3");
}

TEST_CASE("a dry run leaves neither history behind", "[history]") {
  Project project;

  const Finished dry_run = project.run({"up", "--dry-run"});

  CHECK(dry_run.exit_code == 0);
  CHECK_THAT(dry_run.out, ContainsSubstring("3 applied"));
  CHECK(project.value("SELECT count(*) FROM pg_namespace WHERE nspname IN ('seedbed', 'supabase_migrations')") == "0");
}

TEST_CASE("Supabase's history makes a database known only where it is shared", "[history]") {
  Project project("production");
  project.database().execute(read_file(SEEDBED_SOURCE_DIR "/tests/fixtures/history/supabase.sql"));
  project.push("20260101120000", "customer", "CREATE TABLE customer (a integer)");

  const Finished shared = project.run({"up", "--dry-run", "--execute"});
  project.write("seedbed.toml", "default_environment = \"here\"\n[migrations]\ndirectory = \"supabase/migrations\"\n"
                                "[environments.here]\nurl = \"sqlite:unused.db\"\n");
  const Finished alone = project.run({"up"});

  CHECK(shared.exit_code == 0);
  CHECK(alone.exit_code == 4);
  CHECK_THAT(alone.err, ContainsSubstring("the database has tables of its own"));
  CHECK_THAT(alone.err, ContainsSubstring("supabase_migrations.schema_migrations is a history of supabase."));
  CHECK_THAT(alone.err, ContainsSubstring("history = \"supabase\" under [migrations] lets both tools keep it."));
}

TEST_CASE("a role that may not make Supabase's table is told so before anything is applied", "[history]") {
  Project project;
  project.run({"up", "--to", "20260101120000"});
  project.database().execute("DROP SCHEMA supabase_migrations CASCADE");
  limit_role(project, "seedbed_test_without_create");

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("role \"seedbed_test_without_create\" may not make supabase_migrations.schema_migrations"));
  CHECK_THAT(up.err, ContainsSubstring("permission denied for database"));
  CHECK_THAT(up.err, ContainsSubstring("remove \"history\" from [migrations]"));
  CHECK(project.value("SELECT to_regclass('product') IS NULL") == "t");
}

TEST_CASE("a role that may not write or read Supabase's table is told so before anything is applied", "[history]") {
  Project project;
  project.run({"up", "--to", "20260101120000"});
  limit_role(project, "seedbed_test_reader");

  const Finished unread = project.run({"up"});
  project.database().execute("GRANT USAGE ON SCHEMA supabase_migrations TO seedbed_test_reader;"
                             "GRANT SELECT ON supabase_migrations.schema_migrations TO seedbed_test_reader");
  const Finished unwritten = project.run({"up"});

  CHECK(unread.exit_code == 4);
  CHECK_THAT(unread.err, ContainsSubstring("role \"seedbed_test_reader\" may not read supabase_migrations.schema_migrations"));
  CHECK_THAT(unread.err, ContainsSubstring("GRANT USAGE ON SCHEMA supabase_migrations TO seedbed_test_reader"));
  CHECK(unwritten.exit_code == 4);
  CHECK_THAT(unwritten.err, ContainsSubstring("role \"seedbed_test_reader\" may not write to supabase_migrations.schema_migrations"));
  CHECK(project.value("SELECT to_regclass('product') IS NULL") == "t");
}

TEST_CASE("Supabase's history is refused on SQLite", "[history]") {
  Project project("development", Engine::sqlite);

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("Supabase's history is kept on PostgreSQL alone, and this database is SQLite"));
  CHECK(project.untouched());
}

TEST_CASE("Supabase's history is refused for a folder of another tool's format", "[history]") {
  Project project;
  project.write("numbered/001_first.sql", "CREATE TABLE first (a integer);\n");

  const Finished up = project.run({"up", "--migrations", "numbered"});
  const Finished as_supabase = project.run({"up", "--migrations", "numbered", "--migrations-format", "supabase"});

  CHECK(up.exit_code == 2);
  CHECK_THAT(up.err, ContainsSubstring("Supabase's history cannot be kept for a folder of the format plain"));
  CHECK_THAT(up.err, ContainsSubstring("set format = \"supabase\" under [migrations]"));
  CHECK(as_supabase.exit_code == 0);
  CHECK(project.history() == Rows{{"001", "first"}});
}
