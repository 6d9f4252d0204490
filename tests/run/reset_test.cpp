// reset: everything dropped, migrated and seeded again.

#include <algorithm>
#include <csignal>
#include <thread>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
using Rows = std::vector<std::vector<std::string>>;

namespace {

/// customer with a seeder, and product.
void write_shop(const Workspace& workspace) {
  workspace.write_customer_migration();
  workspace.write("migrations/20260102120000_product.sql", "CREATE TABLE product (id integer PRIMARY KEY);\n");
  workspace.write_seeder("customers", insert_customer("a"));
}

std::string schema_of(Workspace& workspace) {
  std::string text;
  const char* const query = workspace.engine() == Engine::sqlite
                                ? "SELECT type || ' ' || name FROM sqlite_schema ORDER BY 1"
                                : "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                                  "WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1";
  for (const auto& row : workspace.database().rows(query)) text += row[0] + "\n";
  return text;
}

constexpr const char* kManyKinds = R"(
CREATE SCHEMA audit;
CREATE SCHEMA IF NOT EXISTS "Mixed Case";
CREATE EXTENSION pg_trgm;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TYPE pair AS (a integer, b mood);
CREATE TYPE span AS RANGE (subtype = integer);
CREATE SEQUENCE counter;
CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, feeling mood, at integer) ;
CREATE TABLE parted (id integer, at integer) PARTITION BY RANGE (at);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (10);
CREATE TABLE "Mixed Case"."Quoted ""Name""" (id serial PRIMARY KEY, other bigint REFERENCES parent);
CREATE TABLE audit.entry (id integer, amount positive);
CREATE FUNCTION next_one(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 + 1';
CREATE FUNCTION next_one(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION feel(mood) RETURNS pair LANGUAGE sql AS 'SELECT ROW(1, $1)::pair';
CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM parent';
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE AGGREGATE number_of(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
CREATE OPERATOR <+> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4pl);
CREATE VIEW feelings AS SELECT feeling FROM parent;
CREATE MATERIALIZED VIEW all_feelings AS SELECT * FROM feelings;
CREATE COLLATION german (provider = libc, locale = 'C');
CREATE TEXT SEARCH DICTIONARY plain_words (template = simple);
CREATE TEXT SEARCH CONFIGURATION plain_search (copy = simple);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER noting BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION note();
CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION on_ddl();
CREATE PUBLICATION news FOR TABLE parent;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE far (id integer) SERVER elsewhere;
CREATE OPERATOR FAMILY ways USING btree;
CREATE OPERATOR CLASS way FOR TYPE mood USING btree FAMILY ways AS FUNCTION 1 enum_cmp(anyenum, anyenum);
CREATE CONVERSION twist FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
)";

}  // namespace

TEST_CASE("a reset drops everything and does what up does", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.run({"up"});
  workspace.database().execute("CREATE TABLE by_hand (x integer); INSERT INTO product VALUES (1)");

  const Finished reset = workspace.run({"reset"});

  CHECK(reset.exit_code == 0);
  CHECK_THAT(reset.err, ContainsSubstring("reset_drops"));
  CHECK_THAT(reset.err, ContainsSubstring("by_hand"));
  CHECK_THAT(reset.out, ContainsSubstring("dropped"));
  CHECK_THAT(reset.out, ContainsSubstring("2 applied"));
  CHECK_THAT(reset.out, ContainsSubstring("1 inserted"));
  CHECK(workspace.value("SELECT count(*) FROM product") == "0");
  CHECK_THROWS(workspace.value("SELECT count(*) FROM by_hand"));
  CHECK(workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations")) == "2");
  CHECK(workspace.database().rows("SELECT command, outcome, migrations FROM " + workspace.ledger("runs") + " ORDER BY started_at") ==
        Rows{{"up", "done", "2"}, {"reset", "done", "2"}});
}

TEST_CASE("a reset without seeding leaves the tables empty", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.run({"up"});

  const Finished reset = workspace.run({"reset", "--no-seed"});
  const std::string after_reset = workspace.value("SELECT count(*) FROM customer");
  const Finished up = workspace.run({"up"});

  CHECK(reset.exit_code == 0);
  CHECK(after_reset == "0");
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("a reset runs seed files that ran before", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.write("seed.sql", "INSERT INTO product VALUES (7);\n");
  workspace.run({"up", "--sql", "seed.sql"});

  const Finished reset = workspace.run({"reset", "--sql", "seed.sql"});

  CHECK(reset.exit_code == 0);
  CHECK(workspace.value("SELECT id FROM product") == "7");
}

TEST_CASE("a dry run of reset lists what would go and changes nothing", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.run({"up"});
  const std::string before = schema_of(workspace);

  const Finished reset = workspace.run({"reset", "--dry-run"});

  CHECK(reset.exit_code == 0);
  CHECK_THAT(reset.out, ContainsSubstring("would drop"));
  CHECK_THAT(reset.out, ContainsSubstring("customer\n"));
  CHECK_THAT(reset.out, ContainsSubstring("dry run: nothing was dropped"));
  CHECK(schema_of(workspace) == before);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("edited and missing migrations do not keep a reset from running", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.run({"up"});
  workspace.write("migrations/20260102120000_product.sql", "CREATE TABLE product (id integer PRIMARY KEY, name TEXT);\n");

  const Finished reset = workspace.run({"reset"});

  CHECK(reset.exit_code == 0);
  CHECK(workspace.value("SELECT count(name) FROM product") == "0");
}

TEST_CASE("a half applied file starts anew after a reset", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string beginning = "-- seedbed: no-transaction\nCREATE TABLE a (x integer);\n";
  workspace.write("migrations/20260101120000_half.sql", beginning + "INSERT INTO nowhere VALUES (1);\n");
  workspace.run({"up"});
  workspace.write("migrations/20260101120000_half.sql", beginning + "INSERT INTO a VALUES (1);\n");

  const Finished reset = workspace.run({"reset"});

  CHECK(reset.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM a") == "1");
}

TEST_CASE("a reset is refused where the environment is protected", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.run({"up"});
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"sqlite:unused.db\"\nprotected = true\n");

  const Finished is_protected = workspace.run({"reset"});
  const Finished dry_run = workspace.run({"reset", "--dry-run"});
  const Finished clear = workspace.run({"seed", "--clear"});

  CHECK(is_protected.exit_code == 4);
  CHECK_THAT(is_protected.err, ContainsSubstring("reset is refused: environment \"local\" is protected"));
  CHECK_THAT(is_protected.err, ContainsSubstring("protected = true stands in its section of seedbed.toml."));
  CHECK(dry_run.exit_code == 4);
  CHECK(clear.exit_code == 4);
  CHECK_THAT(clear.err, ContainsSubstring("clearing is refused: environment \"local\" is protected"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("a database that seedbed never worked on is not reset", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.database().execute("CREATE TABLE invoice (id integer)");

  const Finished reset = workspace.run({"reset"});

  CHECK(reset.exit_code == 4);
  CHECK_THAT(reset.err, ContainsSubstring("seedbed has never worked on it"));
  CHECK(workspace.value("SELECT count(*) FROM invoice") == "0");
}

TEST_CASE("a reset of an empty database is an up", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);

  const Finished reset = workspace.run({"reset"});

  CHECK(reset.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("a reset runs the baseline that a first run would run", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.write("migrations/V1__a.sql", "CREATE TABLE a (x integer);\n");
  workspace.write("migrations/V2__b.sql", "CREATE TABLE b (x integer);\n");
  workspace.run({"up"});
  workspace.write("migrations/B1__base.sql", "CREATE TABLE a (x integer, y integer);\n");

  const Finished reset = workspace.run({"reset"});

  CHECK(reset.exit_code == 0);
  CHECK(workspace.value("SELECT count(y) FROM a") == "0");
  CHECK(workspace.value("SELECT count(*) FROM b") == "0");
}

TEST_CASE("files that could not be applied are refused before anything is dropped", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.run({"up"});
  workspace.write("migrations/20260103120000_split.sql", "CREATE TABLE a (x integer);\nCOMMIT;\nCREATE TABLE b (x integer);\n");

  const Finished reset = workspace.run({"reset"});

  CHECK(reset.exit_code == 4);
  CHECK_THAT(reset.err, ContainsSubstring("controls transactions itself"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("a migration that fails after a reset says what is gone and up goes on", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.run({"up"});
  workspace.write("migrations/20260102120000_product.sql", "CREATE TABEL product (id integer);\n");

  const Finished reset = workspace.run({"reset"});
  workspace.write("migrations/20260102120000_product.sql", "CREATE TABLE product (id integer);\n");
  const Finished up = workspace.run({"up"});

  CHECK(reset.exit_code == 1);
  CHECK_THAT(reset.err, ContainsSubstring("Before it, 2 objects were dropped; \"seedbed up\" goes on from here."));
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("a reset that is killed after it dropped everything is completed by up", "[reset]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  write_shop(workspace);
  workspace.run({"up"});
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[environments.local]\nurl = \"sqlite:unused.db\"\n"
                                  "[hooks]\nbefore_migrate = [\"slow.sql\"]\n");
  workspace.write("slow.sql", long_statement(workspace.engine()));
  {
    Running reset = workspace.start({"reset", "-v"});
    reset.wait_for_output("hook_started");
    reset.signal(SIGKILL);
    reset.wait();
  }
  const std::string between = workspace.value("SELECT count(*) FROM " + workspace.ledger("migrations"));
  std::filesystem::remove(workspace.path("seedbed.toml"));

  const Finished up = workspace.run({"up"});

  CHECK(between == "0");
  CHECK(up.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
  CHECK(workspace.value("SELECT count(*) FROM product") == "0");
}

TEST_CASE("a reset drops every kind of object that a migration makes", "[reset]") {
  Workspace workspace(Engine::postgres);
  workspace.write("migrations/20260101120000_kinds.sql", kManyKinds);
  const Finished up = workspace.run({"up"});
  const std::string before = schema_of(workspace);

  const Finished reset = workspace.run({"reset"});

  INFO(reset.err);
  CHECK(up.exit_code == 0);
  CHECK(reset.exit_code == 0);
  CHECK_THAT(reset.out, !ContainsSubstring("note:"));
  CHECK(schema_of(workspace) == before);
}

TEST_CASE("a reset keeps extensions that the files did not have to make", "[reset]") {
  Workspace workspace(Engine::postgres);
  workspace.database().execute("CREATE EXTENSION pgcrypto");
  workspace.write("migrations/20260101120000_a.sql", "CREATE EXTENSION IF NOT EXISTS pg_trgm;\nCREATE TABLE a (x integer);\n");
  workspace.run({"up"});
  const std::string oid = workspace.value("SELECT oid FROM pg_extension WHERE extname = 'pg_trgm'");

  const Finished reset = workspace.run({"reset"});

  CHECK(reset.exit_code == 0);
  CHECK(workspace.value("SELECT oid FROM pg_extension WHERE extname = 'pg_trgm'") == oid);
  CHECK(workspace.value("SELECT count(*) FROM pg_extension WHERE extname = 'pgcrypto'") == "1");
}

TEST_CASE("a reset stays out of a platform's schemas but for what files hung on their tables", "[reset]") {
  Workspace workspace(Engine::postgres);
  workspace.database().execute(
      "CREATE SCHEMA auth; CREATE TABLE auth.users (id integer PRIMARY KEY); INSERT INTO auth.users VALUES (1);"
      "CREATE SCHEMA other; CREATE TABLE other.things (id integer)");
  workspace.write("migrations/20260101120000_profile.sql",
                  "CREATE SCHEMA IF NOT EXISTS auth;\n"
                  "CREATE TABLE profile (id integer REFERENCES auth.users);\n"
                  "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\n"
                  "CREATE TRIGGER on_user AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION note();\n"
                  "CREATE POLICY \"own rows\" ON auth.users USING (true);\n");
  workspace.run({"up"});

  const Finished reset = workspace.run({"reset"});

  INFO(reset.err);
  CHECK(reset.exit_code == 0);
  CHECK(workspace.value("SELECT count(*) FROM auth.users") == "1");
  CHECK(workspace.value("SELECT count(*) FROM other.things") == "0");
  CHECK(workspace.value("SELECT count(*) FROM pg_trigger WHERE tgname = 'on_user'") == "1");
  CHECK(workspace.value("SELECT count(*) FROM pg_policy WHERE polname = 'own rows'") == "1");
}

TEST_CASE("a reset refuses to take along what depends on the tables from elsewhere", "[reset]") {
  Workspace workspace(Engine::postgres);
  write_shop(workspace);
  workspace.run({"up"});
  workspace.database().execute("CREATE SCHEMA reports; CREATE VIEW reports.names AS SELECT name FROM customer");

  const Finished reset = workspace.run({"reset"});

  CHECK(reset.exit_code == 4);
  CHECK_THAT(reset.err, ContainsSubstring("view reports.names"));
  CHECK(workspace.value("SELECT count(*) FROM customer") == "1");
}

TEST_CASE("a reset leaves what another role owns", "[reset]") {
  Workspace workspace(Engine::postgres);
  write_shop(workspace);
  const std::string role = "seedbed_reset_" + workspace.value("SELECT current_database()");
  workspace.database().execute("CREATE ROLE \"" + role + "\"");
  workspace.run({"up"});
  workspace.database().execute("CREATE TABLE theirs (x integer); ALTER TABLE theirs OWNER TO \"" + role + "\"");

  const Finished reset = workspace.run({"reset"});
  const std::string rows = workspace.value("SELECT count(*) FROM theirs");
  workspace.database().execute("DROP TABLE theirs; DROP ROLE \"" + role + "\"");

  CHECK(reset.exit_code == 0);
  CHECK_THAT(reset.out, ContainsSubstring("note: Left in place, since another role owns it: table public.theirs."));
  CHECK(rows == "0");
}

TEST_CASE("a reset empties Supabase's history as well", "[reset]") {
  Workspace workspace(Engine::postgres);
  workspace.write("seedbed.toml", "default_environment = \"local\"\n[migrations]\nhistory = \"supabase\"\n"
                                  "[environments.local]\nurl = \"sqlite:unused.db\"\n");
  write_shop(workspace);
  workspace.run({"up"});
  std::filesystem::remove(workspace.path("migrations/20260102120000_product.sql"));

  const Finished reset = workspace.run({"reset"});

  INFO(reset.err);
  CHECK(reset.exit_code == 0);
  CHECK(workspace.database().rows("SELECT version FROM supabase_migrations.schema_migrations") == Rows{{"20260101120000"}});
}

TEST_CASE("a reset empties an SQLite file of all that can be in it", "[reset]") {
  Workspace workspace(Engine::sqlite);
  workspace.write("migrations/20260101120000_kinds.sql",
                  "CREATE TABLE \"a \"\"b\" (id INTEGER PRIMARY KEY AUTOINCREMENT, up INTEGER REFERENCES \"a \"\"b\");\n"
                  "CREATE INDEX by_up ON \"a \"\"b\" (up);\nINSERT INTO \"a \"\"b\" (up) VALUES (NULL), (1);\n"
                  "CREATE TABLE child (id INTEGER REFERENCES \"a \"\"b\") STRICT;\nINSERT INTO child VALUES (1);\n"
                  "CREATE TABLE bare (id TEXT PRIMARY KEY) WITHOUT ROWID;\n"
                  "CREATE VIEW seen AS SELECT * FROM child;\n"
                  "CREATE TRIGGER noting AFTER INSERT ON child BEGIN SELECT 1; END;\n"
                  "CREATE TRIGGER instead INSTEAD OF INSERT ON seen BEGIN SELECT 1; END;\n"
                  "CREATE VIRTUAL TABLE words USING fts5(word);\nINSERT INTO words VALUES ('one');\n"
                  "CREATE TABLE seedbed_widgets (id INTEGER);\nANALYZE;\n");
  const Finished up = workspace.run({"up"});
  const std::string before = schema_of(workspace);

  const Finished reset = workspace.run({"reset"});

  INFO(reset.err);
  CHECK(up.exit_code == 0);
  CHECK(reset.exit_code == 0);
  CHECK(schema_of(workspace) == before);
  CHECK(workspace.value("SELECT max(id) FROM \"a \"\"b\"") == "2");
}

TEST_CASE("a reset prints what a person has read once", "[reset]") {
  Workspace workspace(Engine::sqlite);
  write_shop(workspace);
  workspace.run({"up"});

  check_golden("run/reset_dry_run.txt", workspace.shown(workspace.run({"reset", "--dry-run"})));
  check_golden("run/reset.txt", workspace.shown(workspace.run({"reset"})));
  check_golden("run/reset.json", workspace.shown(workspace.run({"reset", "--format", "json"})));
  check_golden("run/reset.md", workspace.shown(workspace.run({"reset", "--format", "markdown"})));
}
