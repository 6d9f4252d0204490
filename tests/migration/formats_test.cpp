// Each format's folder under tests/fixtures/migrations, as its own tool would read it.

#include "migration/folder_fixture.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

using Strings = std::vector<std::string>;

namespace {

MigrationFolder read_fixture(const std::string& name, Engine engine = Engine::postgres,
                             const MigrationOptions& options = {}) {
  return read_migrations(fixture(name), std::nullopt, engine, fixture(name), options);
}

}  // namespace

TEST_CASE("a native folder has up and down parts and files for one engine", "[migration]") {
  const MigrationFolder folder = read_fixture("seedbed");

  CHECK(folder.format == Format::seedbed);
  CHECK(files(folder) == Strings{"20260101120000_create_customer.sql",
                                 "20260102120000_add_document.postgres.sql",
                                 "20260103120000_index_customer.postgres.sql"});
  const Migration& customer = folder.migrations[0];
  CHECK(customer.version == "20260101120000");
  CHECK(customer.name == "create_customer");
  CHECK(customer.up.statements.size() == 2);
  CHECK(statements(*customer.down) == Strings{"DROP TABLE customer"});
  CHECK(statements(*folder.migrations[1].down) == Strings{"DROP TABLE document"});
  CHECK(folder.migrations[1].up.transactional);
  CHECK_FALSE(folder.migrations[2].up.transactional);
}

TEST_CASE("a migration for one engine is only there for that engine", "[migration]") {
  const MigrationFolder folder = read_fixture("seedbed", Engine::sqlite);

  CHECK(files(folder) ==
        Strings{"20260101120000_create_customer.sql", "20260102120000_add_document.sqlite.sql"});
}

TEST_CASE("a supabase folder keeps the order of its file names", "[migration]") {
  const MigrationFolder folder = read_fixture("supabase/supabase/migrations");

  CHECK(folder.format == Format::supabase);
  CHECK(versions(folder) == Strings{"20240101120000", "20240101", "20240613090000"});
  CHECK(folder.migrations[0].name == "20231224080000_profiles_rls");
  CHECK(folder.migrations[2].name == "lock_down");
}

TEST_CASE("plain files may share a number and none is dropped", "[migration]") {
  const MigrationFolder folder = read_fixture("plain");

  CHECK(folder.format == Format::plain);
  CHECK(versions(folder) ==
        Strings{"001_customer", "002_add_orders", "002_add_prices", "010-views"});
  CHECK(folder.migrations[3].name == "views");
  CHECK(folder.migrations[1].down.has_value());
  CHECK_FALSE(folder.migrations[2].down.has_value());
}

TEST_CASE("a dbmate file may hold several pairs and undoes the last first", "[migration]") {
  const MigrationFolder folder = read_fixture("dbmate");

  CHECK(folder.format == Format::dbmate);
  const Migration& customer = folder.migrations[0];
  CHECK(statements(customer.up) == Strings{"CREATE TABLE customer (id integer PRIMARY KEY)",
                                           "CREATE TABLE orders (id integer PRIMARY KEY)"});
  CHECK(statements(*customer.down) == Strings{"DROP TABLE orders", "DROP TABLE customer"});
  CHECK(customer.up.statements[1].line == 8);
  CHECK_FALSE(folder.migrations[1].up.transactional);
  CHECK(folder.migrations[1].down->statements.empty());
}

TEST_CASE("a goose statement block ends without a semicolon", "[migration]") {
  const MigrationFolder folder =
      read_fixture("goose", Engine::postgres, {{}, true, {{"ZONE", "west"}}});

  CHECK(folder.format == Format::goose);
  const SqlPart& up = folder.migrations[0].up;
  CHECK(up.statements.size() == 3);
  CHECK(up.statements[1].line == 4);
  CHECK(statements(up)[2] == "CREATE TABLE orders (id integer PRIMARY KEY)");
  CHECK(folder.migrations[0].down->statements.size() == 3);
}

TEST_CASE("goose replaces variables only between ENVSUB ON and OFF", "[migration]") {
  const MigrationFolder folder =
      read_fixture("goose", Engine::postgres, {{}, true, {{"ZONE", "west"}}});

  const Migration& region = folder.migrations[1];
  CHECK(statements(region.up) == Strings{"INSERT INTO customer VALUES (1, 'eu-west')",
                                         "INSERT INTO customer VALUES (2, '$REGION')"});
  CHECK(region.up.statements[1].line == 7);
  CHECK_FALSE(region.up.transactional);
  CHECK_FALSE(region.down->transactional);
}

TEST_CASE("golang-migrate orders by number and joins parts by version", "[migration]") {
  const MigrationFolder folder = read_fixture("golang-migrate");

  CHECK(folder.format == Format::golang_migrate);
  CHECK(versions(folder) == Strings{"1", "2", "10"});
  CHECK(folder.migrations[1].name == "scale_down");
  CHECK_FALSE(folder.migrations[1].down.has_value());
  CHECK(statements(*folder.migrations[2].down) == Strings{"DROP TABLE orders"});
}

TEST_CASE("flyway orders by dotted number and runs repeatables last", "[migration]") {
  const MigrationFolder folder =
      read_fixture("flyway", Engine::postgres, {{{"prefix", "shop_"}}, true, {}});

  CHECK(folder.format == Format::flyway);
  CHECK(versions(folder) == Strings{"1", "1.2", "1.10", "R__customers", "R__totals"});
  CHECK(folder.migrations[3].repeatable);
  CHECK(folder.migrations[4].file == "reporting/R__totals.sql");
  CHECK(folder.migrations[0].down->path == "U1__undo_customer.sql");
  REQUIRE(folder.baselines.size() == 1);
  CHECK(folder.baselines[0].version == "B1.2");
}

TEST_CASE("a flyway version needs no name behind it", "[migration]") {
  const MigrationFolder bare = WrittenFolder{{"V1.sql", ""}, {"V1_2.sql", ""}, {"V10__.sql", ""}, {"V2__b.sql", ""}, {"U1_2.sql", ""}}.read();
  const MigrationFolder only = WrittenFolder{{"V1.sql", ""}, {"more/V2.sql", ""}}.read();
  const MigrationFolder other = WrittenFolder{{"000001_a.up.sql", ""}, {"V2.sql", ""}}.read(Format::golang_migrate);

  CHECK(bare.format == Format::flyway);
  CHECK(files(bare) == std::vector<std::string>{"V1.sql", "V1_2.sql", "V2__b.sql", "V10__.sql"});
  CHECK(bare.migrations.at(1).down.has_value());
  CHECK(bare.migrations.at(3).name == "");
  CHECK(only.format == Format::flyway);
  CHECK(files(only) == std::vector<std::string>{"V1.sql", "more/V2.sql"});
  CHECK(other.left_alone == std::vector<std::string>{"V2.sql"});
}

TEST_CASE("flyway placeholders have values and script settings count", "[migration]") {
  const MigrationFolder folder =
      read_fixture("flyway", Engine::postgres, {{{"prefix", "shop_"}}, true, {}});

  CHECK(statements(folder.migrations[0].up)[1] ==
        "CREATE TABLE shop_orders (id integer PRIMARY KEY)");
  CHECK(statements(folder.migrations[1].up) ==
        Strings{"INSERT INTO price VALUES ('${not a placeholder}')"});
  CHECK_FALSE(folder.migrations[2].up.transactional);
  CHECK(statements(folder.migrations[4].up) ==
        Strings{"CREATE VIEW totals AS SELECT 'R__totals.sql' AS source"});
}

TEST_CASE("a format is named in settings as it is printed", "[migration]") {
  CHECK(parse_format("golang-migrate", "seedbed.toml:3") == Format::golang_migrate);
  CHECK(format_name(Format::golang_migrate) == std::string("golang-migrate"));
  CHECK_FALSE(parse_format("auto", "seedbed.toml:3").has_value());
}

TEST_CASE("an unknown format names the nearest", "[migration]") {
  try {
    parse_format("dbmat", "seedbed.toml:3");
    FAIL("the format was taken");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK(error.message() == "there is no migrations format \"dbmat\"");
    CHECK(error.place().file == "seedbed.toml:3");
    CHECK(error.hint() == "Did you mean \"dbmate\"?");
  }
}
