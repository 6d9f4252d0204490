// Histories that other tools have left, taken over.

#include <fmt/format.h>

#include "run/workspace.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
using Rows = std::vector<std::vector<std::string>>;

namespace {

constexpr const char* kFirst = "CREATE TABLE first (a integer);\n";
constexpr const char* kSecond = "CREATE TABLE second (a integer);\n";
constexpr const char* kThird = "CREATE TABLE third (a integer);\n";

// Of kFirst and kSecond, computed with Python's zlib and hashlib.
constexpr const char* kFirstCrc = "449786069";
constexpr const char* kSecondCrc = "651774581";
constexpr const char* kFirstSha = "05b17c8cabfff8ae3444f9ad5868e5701e940e00ac45a4743ee15ea447f992eefc913fbdd428e363974c77a3f55fa0aa";
constexpr const char* kSecondSha = "c338b6d0d25705409ad5b22b88d9e9913465a846596b3c5fcd179d62b9381fb57117aceb96ee71edb0d0d55223517909";

/// A project whose database another tool has migrated.
struct Project : Workspace {
  using Workspace::Workspace;

  /// The tables of `tool`, as the tool itself makes them.
  void make_history(const std::string& tool) {
    const std::string name = engine() == Engine::postgres ? "postgres" : "sqlite";
    database().execute(read_file(fmt::format("{}/tests/fixtures/history/{}.{}.sql", SEEDBED_SOURCE_DIR, tool, name)));
  }

  void write_dbmate() {
    for (const auto& [file, sql] : {std::pair{"0002_second.sql", kSecond}, std::pair{"20260101000000_first.sql", kFirst},
                                    std::pair{"20260102000000_third.sql", kThird}}) {
      write(std::string("migrations/") + file, fmt::format("-- migrate:up\n{}-- migrate:down\n", sql));
    }
  }

  void write_goose() {
    write("migrations/00001_first.sql", fmt::format("-- +goose Up\n{}", kFirst));
    write("migrations/00002_second.sql", fmt::format("-- +goose Up\n{}", kSecond));
    write("migrations/00003_third.sql", fmt::format("-- +goose Up\n{}", kThird));
  }

  void write_golang_migrate() {
    write("migrations/000001_first.up.sql", kFirst);
    write("migrations/000002_second.up.sql", kSecond);
    write("migrations/000003_third.up.sql", kThird);
  }

  void write_flyway() {
    write("migrations/V1__first.sql", kFirst);
    write("migrations/V1_1__second.sql", kSecond);
    write("migrations/V2__third.sql", kThird);
  }

  void write_timestamped() {
    write("migrations/20260101000000_first.sql", kFirst);
    write("migrations/20260102000000_second.sql", kSecond);
    write("migrations/20260103000000_third.sql", kThird);
  }

  void add_flyway(int rank, const std::string& version, const std::string& type, const std::string& script,
                  const std::string& checksum, bool success = true) {
    const auto text = [](const std::string& value) { return value.empty() ? std::string("NULL") : "'" + value + "'"; };
    database().execute(fmt::format(
        "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, "
        "installed_on, execution_time, success) VALUES ({}, {}, {}, '{}', '{}', {}, 'me', '2026-01-0{} 10:00:00.5', 12, {})",
        rank, text(version), text(script), type, script, checksum.empty() ? "NULL" : checksum, rank, success));
  }

  void add_sqlx(const std::string& version, const std::string& description, const std::string& checksum, bool success = true) {
    database().execute(fmt::format(
        "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) "
        "VALUES ({0}, '{1}', '2026-02-01 10:00:00', {2}, {3}, 12345678)", version, description, success,
        engine() == Engine::postgres ? "decode('" + checksum + "', 'hex')" : "x'" + checksum + "'"));
  }

  Rows adopted() {
    const std::string order = engine() == Engine::postgres ? "m.applied_at" : "applied_at";
    return database().rows(fmt::format("SELECT version, file, origin FROM {} m ORDER BY {}", ledger("migrations"), order));
  }

  /// The tables that migrations of seedbed have made.
  std::string tables() {
    return engine() == Engine::postgres
               ? value("SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class WHERE relname IN ('first', 'second', 'third')")
               : value("SELECT coalesce(group_concat(name, ' '), '') FROM (SELECT name FROM sqlite_schema "
                       "WHERE name IN ('first', 'second', 'third') ORDER BY name)");
  }
};

}  // namespace

TEST_CASE("dbmate's history is adopted", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("dbmate");
  project.write_dbmate();

  const Finished adopt = project.run({"adopt"});
  const std::string made = project.tables();
  const Finished up = project.run({"up"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("schema_migrations, the history of dbmate"));
  CHECK_THAT(adopt.out, ContainsSubstring("2 migrations recorded, nothing was run"));
  CHECK_THAT(adopt.out, ContainsSubstring("1 newer migration is pending"));
  CHECK(made.empty());
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("1 applied    2 up to date"));
  CHECK(project.tables() == "third");
  CHECK(project.adopted() == Rows{{"0002", "0002_second.sql", "adopted"},
                                  {"20260101000000", "20260101000000_first.sql", "adopted"},
                                  {"20260102000000", "20260102000000_third.sql", "applied"}});
  CHECK(project.database().rows("SELECT command, outcome, migrations FROM " + project.ledger("runs") + " ORDER BY started_at") ==
        Rows{{"adopt", "done", "2"}, {"up", "done", "1"}});
}

TEST_CASE("golang-migrate's version stands for everything up to it", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("golang-migrate");
  project.write_golang_migrate();

  const Finished adopt = project.run({"adopt"});
  const Finished up = project.run({"up"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("schema_migrations, the history of golang-migrate"));
  CHECK(up.exit_code == 0);
  CHECK(project.tables() == "third");
  CHECK(project.adopted() == Rows{{"000001", "000001_first.up.sql", "adopted"},
                                  {"000002", "000002_second.up.sql", "adopted"},
                                  {"000003", "000003_third.up.sql", "applied"}});
}

TEST_CASE("goose's newest row of a version says whether it is applied", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("goose");
  project.write_goose();

  const Finished adopt = project.run({"adopt", "--from", "goose"});
  const Finished up = project.run({"up"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("00001_first.sql   adopted  2026-01-01 10:00:00"));
  CHECK_THAT(adopt.out, ContainsSubstring("00002_second.sql  adopted  2026-01-05 10:00:00"));
  CHECK_THAT(adopt.out, ContainsSubstring("1 newer migration is pending"));
  CHECK(up.exit_code == 0);
  CHECK(project.tables() == "third");
}

TEST_CASE("Flyway's history is adopted by dotted number", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("flyway");
  project.write_flyway();
  project.write("migrations/R__kept.sql", "-- nothing\n");
  project.write("migrations/R__changed.sql", "CREATE VIEW changed AS SELECT 1 AS a;\n");
  project.add_flyway(1, "", "SCHEMA", "\"app\"", "");
  project.add_flyway(2, "1.0", "SQL", "V1__first.sql", kFirstCrc);
  project.add_flyway(3, "1.1", "SQL", "sub/V1_1__second.sql", kSecondCrc);
  project.add_flyway(4, "", "SQL", "R__kept.sql", "1822733853");
  project.add_flyway(5, "", "SQL", "R__changed.sql", "7");
  project.add_flyway(6, "2", "SQL", "V2__third.sql", "1");
  project.add_flyway(7, "2", "UNDO_SQL", "U2__third.sql", "");

  const Finished adopt = project.run({"adopt"});
  const Finished up = project.run({"up"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("flyway_schema_history, the history of flyway"));
  CHECK_THAT(adopt.out, ContainsSubstring("V1__first.sql     adopted  2026-01-02 10:00:00"));
  CHECK_THAT(adopt.out, ContainsSubstring("R__changed.sql    changed"));
  CHECK_THAT(adopt.out, ContainsSubstring("R__kept.sql       adopted"));
  CHECK_THAT(adopt.out, ContainsSubstring("3 migrations recorded"));
  CHECK(up.exit_code == 0);
  CHECK_THAT(up.out, ContainsSubstring("2 applied    3 up to date"));
  CHECK(project.tables() == "third");
  CHECK(project.value(fmt::format("SELECT took_ms FROM {} WHERE version = '1.1'", project.ledger("migrations"))) == "12");
}

TEST_CASE("what is below Flyway's baseline counts as applied", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("flyway");
  project.write_flyway();
  project.add_flyway(1, "1.1", "BASELINE", "<< Flyway Baseline >>", "");

  const Finished adopt = project.run({"adopt"});
  const Finished up = project.run({"up"});

  CHECK(adopt.exit_code == 0);
  CHECK(up.exit_code == 0);
  CHECK(project.tables() == "third");
}

TEST_CASE("sqlx's history is adopted and its checksums are verified", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("sqlx");
  project.write_timestamped();
  project.add_sqlx("20260101000000", "first", kFirstSha);
  project.add_sqlx("20260102000000", "second", kSecondSha);

  const Finished adopt = project.run({"adopt"});
  const Finished up = project.run({"up"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("_sqlx_migrations, the history of sqlx"));
  CHECK(up.exit_code == 0);
  CHECK(project.tables() == "third");
  CHECK(project.adopted()[1] == Rows::value_type{"20260102000000", "20260102000000_second.sql", "adopted"});
  CHECK(project.value(fmt::format("SELECT took_ms FROM {} WHERE version = '20260101000000'", project.ledger("migrations"))) == "12");
}

TEST_CASE("Supabase's history is adopted and its statements are verified", "[adopt]") {
  Project project(Engine::postgres);
  project.database().execute(read_file(SEEDBED_SOURCE_DIR "/tests/fixtures/history/supabase.sql"));
  project.database().execute("INSERT INTO supabase_migrations.schema_migrations (version, name, statements) VALUES "
                             "('20260101000000', 'first', ARRAY['CREATE TABLE first (a integer)']), ('20260102000000', 'second', NULL)");
  project.write_timestamped();

  const Finished adopt = project.run({"adopt"});
  const Finished up = project.run({"up"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("supabase_migrations.schema_migrations, the history of supabase"));
  CHECK_THAT(adopt.out, ContainsSubstring("2 migrations recorded"));
  CHECK(up.exit_code == 0);
  CHECK(project.tables() == "third");
}

TEST_CASE("a file that differs from the other tool's checksum is refused unless it is accepted", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string tool = GENERATE("flyway", "sqlx");
  project.make_history(tool);
  if (tool == "flyway") {
    project.write_flyway();
    project.add_flyway(1, "1", "SQL", "V1__first.sql", "1");
  } else {
    project.write_timestamped();
    project.add_sqlx("20260101000000", "first", kSecondSha);
  }

  const Finished refused = project.run({"adopt"});
  const Finished accepted = project.run({"adopt", "--accept-edited"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring(fmt::format("a migration is not what {} applied: ", tool)));
  CHECK_THAT(refused.err, ContainsSubstring("first.sql"));
  CHECK_THAT(refused.err, ContainsSubstring("kept another checksum of it. Nothing was recorded."));
  CHECK_THAT(refused.err, ContainsSubstring("--accept-edited"));
  CHECK(accepted.exit_code == 0);
  CHECK_THAT(accepted.out, ContainsSubstring("adopted, edited"));
  CHECK(project.value("SELECT count(*) FROM " + project.ledger("migrations")) == "1");
}

TEST_CASE("a file whose text is not what Supabase's history holds is refused unless it is accepted", "[adopt]") {
  Project project(Engine::postgres);
  project.database().execute(read_file(SEEDBED_SOURCE_DIR "/tests/fixtures/history/supabase.sql"));
  project.database().execute("INSERT INTO supabase_migrations.schema_migrations (version, statements) VALUES "
                             "('20260101000000', ARRAY['CREATE TABLE first (b integer)'])");
  project.write_timestamped();

  const Finished refused = project.run({"adopt"});
  const Finished accepted = project.run({"adopt", "--accept-edited"});

  CHECK(refused.exit_code == 4);
  CHECK_THAT(refused.err, ContainsSubstring("kept another text of it"));
  CHECK(accepted.exit_code == 0);
}

TEST_CASE("a history in which a migration failed half way is refused", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  const std::string tool = GENERATE("golang-migrate", "flyway", "sqlx");
  project.make_history(tool);
  project.write_timestamped();
  if (tool == "golang-migrate") project.database().execute("UPDATE schema_migrations SET dirty = true");
  if (tool == "flyway") project.add_flyway(1, "1", "SQL", "V1__first.sql", "1", /*success=*/false);
  if (tool == "sqlx") project.add_sqlx("20260101000000", "first", kFirstSha, /*success=*/false);

  const Finished adopt = project.run({"adopt"});

  const std::map<std::string, std::pair<std::string, std::string>> said{
      {"golang-migrate", {"version 2 is dirty: a migration failed half-way", "\"migrate force VERSION\""}},
      {"flyway", {"migration \"V1__first.sql\" failed", "\"flyway repair\""}},
      {"sqlx", {"migration \"20260101000000_first\" failed", "\"sqlx migrate run\""}}};
  CHECK(adopt.exit_code == 4);
  CHECK_THAT(adopt.err, ContainsSubstring(said.at(tool).first));
  CHECK_THAT(adopt.err, ContainsSubstring("Nothing was recorded."));
  CHECK_THAT(adopt.err, ContainsSubstring(said.at(tool).second));
}

TEST_CASE("gaps stay pending and versions without a file are listed", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("dbmate");
  project.database().execute("INSERT INTO schema_migrations (version) VALUES ('20260102000000'), ('20251231000000')");
  project.database().execute("DELETE FROM schema_migrations WHERE version = '20260101000000'");
  project.write_dbmate();

  const Finished adopt = project.run({"adopt"});
  const Finished status = project.run({"status"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("20260101000000_first.sql  not applied"));
  CHECK_THAT(adopt.out, ContainsSubstring("20251231000000            no file"));
  CHECK_THAT(adopt.out, ContainsSubstring("1 migration was not applied, though later ones were; it stays pending, out of order."));
  CHECK_THAT(adopt.out, ContainsSubstring("1 applied version has no file here and is not recorded."));
  CHECK_THAT(status.out, ContainsSubstring("20260101000000_first.sql  out of order"));
}

TEST_CASE("adopting again records what is new and leaves what was recorded", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("golang-migrate");
  project.write_golang_migrate();
  project.run({"adopt"});
  project.write("migrations/000001_first.up.sql", "-- edited\nCREATE TABLE first (b integer);\n");
  project.database().execute("UPDATE schema_migrations SET version = 3");

  const Finished adopt = project.run({"adopt"});
  const Finished again = project.run({"adopt"});
  const Finished up = project.run({"up"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("000001_first.up.sql   recorded before"));
  CHECK_THAT(adopt.out, ContainsSubstring("000003_third.up.sql   adopted"));
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("nothing to record"));
  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("was edited after it was applied"));
}

TEST_CASE("adopting in a dry run writes nothing", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("dbmate");
  project.write_dbmate();

  const Finished adopt = project.run({"adopt", "--dry-run"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("dry run: 2 migrations would be recorded; nothing was written"));
  CHECK_THROWS(project.value("SELECT count(*) FROM " + project.ledger("migrations")));
}

TEST_CASE("several histories are an error that names them", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("dbmate");
  project.make_history("goose");
  project.write_dbmate();

  const Finished adopt = project.run({"adopt"});
  const Finished chosen = project.run({"adopt", "--from", "dbmate"});

  CHECK(adopt.exit_code == 2);
  CHECK_THAT(adopt.err, ContainsSubstring("the database has several histories of migrations"));
  CHECK_THAT(adopt.err, ContainsSubstring("goose_db_version (goose)"));
  CHECK_THAT(adopt.err, ContainsSubstring("schema_migrations (dbmate)"));
  CHECK(chosen.exit_code == 0);
}

TEST_CASE("a table of that name which another framework made is not taken for a history", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.write_timestamped();
  const auto [ddl, said] = GENERATE(
      // activerecord's schema_migration.rb and internal_metadata.rb.
      std::pair<const char*, const char*>{"CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY);"
                                          "CREATE TABLE ar_internal_metadata (key varchar NOT NULL PRIMARY KEY, value varchar);",
                                          "schema_migrations is that of Rails"},
      // ecto_sql's schema_migration.ex.
      std::pair<const char*, const char*>{"CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, inserted_at timestamp);",
                                          "schema_migrations has the columns inserted_at, version"});
  project.database().execute(ddl);

  const Finished adopt = project.run({"adopt"});

  CHECK(adopt.exit_code == 2);
  CHECK_THAT(adopt.err, ContainsSubstring("the database has no history of another migration tool"));
  CHECK_THAT(adopt.err, ContainsSubstring(said));
  CHECK_THAT(adopt.err, ContainsSubstring("\"seedbed stamp\""));
}

TEST_CASE("a history with a name of its own is named", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("goose");
  project.database().execute("ALTER TABLE goose_db_version RENAME TO \"Our Versions\"");
  project.database().execute("CREATE TABLE other (a integer)");
  project.write_goose();

  const Finished unnamed = project.run({"adopt", "--from", "goose"});
  const Finished missing = project.run({"adopt", "--table", "versions"});
  const Finished other = project.run({"adopt", "--table", "other"});
  const Finished wrong = project.run({"adopt", "--table", "Our Versions", "--from", "flyway"});
  const Finished named = project.run({"adopt", "--table", "Our Versions"});

  CHECK(unnamed.exit_code == 2);
  CHECK_THAT(unnamed.err, ContainsSubstring("the database has no history of goose"));
  CHECK_THAT(unnamed.err, ContainsSubstring("--table"));
  CHECK(missing.exit_code == 2);
  CHECK_THAT(missing.err, ContainsSubstring("there is no table \"versions\""));
  CHECK(other.exit_code == 2);
  CHECK_THAT(other.err, ContainsSubstring("is not the history of a tool that is known here"));
  CHECK_THAT(other.err, ContainsSubstring("Its columns are a."));
  CHECK(wrong.exit_code == 2);
  CHECK_THAT(wrong.err, ContainsSubstring("is not a history of flyway"));
  CHECK(named.exit_code == 0);
  CHECK_THAT(named.out, ContainsSubstring("2 migrations recorded"));
}

TEST_CASE("a history in another schema is found where its name is one tool's alone", "[adopt]") {
  Project project(Engine::postgres);
  project.database().execute("CREATE SCHEMA app; SET search_path = app");
  project.make_history("goose");
  project.database().execute("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.schema_migrations (version varchar PRIMARY KEY);"
                             "CREATE SCHEMA auth; CREATE TABLE auth.schema_migrations (version varchar(14) PRIMARY KEY);"
                             "INSERT INTO elsewhere.schema_migrations VALUES ('00001')");
  project.write_goose();

  const Finished found = project.run({"adopt", "--dry-run"});
  const Finished named = project.run({"adopt", "--table", "elsewhere.schema_migrations"});

  CHECK(found.exit_code == 0);
  CHECK_THAT(found.out, ContainsSubstring("app.goose_db_version, the history of goose"));
  CHECK(named.exit_code == 0);
  CHECK_THAT(named.out, ContainsSubstring("elsewhere.schema_migrations, the history of dbmate"));
  CHECK_THAT(named.out, ContainsSubstring("1 migration recorded"));
}

TEST_CASE("a history none of whose versions has a file is refused", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("dbmate");
  project.write_customer_migration();

  const Finished adopt = project.run({"adopt"});

  CHECK(adopt.exit_code == 4);
  CHECK_THAT(adopt.err, ContainsSubstring("schema_migrations has a file in"));
  CHECK_THAT(adopt.err, ContainsSubstring("It has 0002, 20260101000000."));
  CHECK_THAT(adopt.err, ContainsSubstring("--migrations DIR"));
}

TEST_CASE("leading zeros count only for tools that keep versions as text", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("dbmate");
  project.database().execute("UPDATE schema_migrations SET version = '2' WHERE version = '0002'");
  project.write_dbmate();

  const Finished adopt = project.run({"adopt"});

  CHECK(adopt.exit_code == 0);
  CHECK_THAT(adopt.out, ContainsSubstring("0002_second.sql           not applied"));
  CHECK_THAT(adopt.out, ContainsSubstring("2                         no file"));
}

TEST_CASE("numbered files without a tool's marks are matched by their number", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("goose");
  project.write("migrations/1_first.sql", kFirst);
  project.write("migrations/2_second.sql", kSecond);

  const Finished adopt = project.run({"adopt"});
  const Finished up = project.run({"up"});

  CHECK(adopt.exit_code == 0);
  CHECK(project.adopted() == Rows{{"1_first", "1_first.sql", "adopted"}, {"2_second", "2_second.sql", "adopted"}});
  CHECK(up.exit_code == 0);
  CHECK(project.tables().empty());
}

TEST_CASE("a tool that is not known is an error that names those that are", "[adopt]") {
  Project project(Engine::sqlite);

  const Finished adopt = project.run({"adopt", "--from", "gose"});

  CHECK(adopt.exit_code == 2);
  CHECK_THAT(adopt.err, ContainsSubstring("there is no tool \"gose\" to adopt from"));
  CHECK_THAT(adopt.err, ContainsSubstring("Did you mean \"goose\"?"));
}

TEST_CASE("the refusal of a database with tables names the history it has", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("goose");
  project.write_goose();

  const Finished up = project.run({"up"});

  CHECK(up.exit_code == 4);
  CHECK_THAT(up.err, ContainsSubstring("goose_db_version is a history of goose."));
  CHECK_THAT(up.err, ContainsSubstring("\"seedbed adopt --from goose\" takes over what goose has applied."));
  CHECK_THAT(up.err, ContainsSubstring("--accept-nonempty"));
}

TEST_CASE("an adoption that is refused is recorded where there is a ledger", "[adopt]") {
  Project project(GENERATE(Engine::sqlite, Engine::postgres));
  project.make_history("golang-migrate");
  project.write_golang_migrate();
  project.run({"adopt"});
  project.database().execute("UPDATE schema_migrations SET dirty = true");

  const Finished adopt = project.run({"adopt"});

  CHECK(adopt.exit_code == 4);
  CHECK(project.database().rows("SELECT command, outcome FROM " + project.ledger("runs") + " ORDER BY started_at") ==
        Rows{{"adopt", "done"}, {"adopt", "refused"}});
}
