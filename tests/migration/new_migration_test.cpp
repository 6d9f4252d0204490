#include "migration/new_migration.hpp"

#include "migration/folder_fixture.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

using Paths = std::vector<std::filesystem::path>;

namespace {

// 2026-01-02 03:04:05 UTC
const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1767323045)};

Paths create(const WrittenFolder& folder, std::string_view name) {
  return create_migration(folder.path(), std::nullopt, folder.path(), name, kNow);
}

Error name_failure(const std::string& name) {
  try {
    migration_name(name);
  } catch (const Error& error) {
    return error;
  }
  FAIL("the name was taken");
  throw std::logic_error("not reached");
}

}  // namespace

TEST_CASE("a migration's name is in snake case", "[migration]") {
  CHECK(migration_name("Add order-Totals") == "add_order_totals");
  CHECK(migration_name("AddOrderTotals2Go") == "add_order_totals2_go");
  CHECK(migration_name("  __x!y__ ") == "x_y");
  CHECK(migration_name("caf\xC3\xA9 menu") == "caf_menu");
}

TEST_CASE("a name with nothing usable is refused", "[migration]") {
  const Error error = name_failure("\xE2\x82\xAC !?");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"\xE2\x82\xAC !?\" has no letter or digit for a migration's name");
}

TEST_CASE("a name that would make a down part is refused", "[migration]") {
  CHECK(name_failure("scale down").message() == "a migration cannot be named \"scale_down\"");
  CHECK(name_failure("Down").code() == ExitCode::usage);
  CHECK(migration_name("countdown") == "countdown");
}

TEST_CASE("a name that no file can have is refused", "[migration]") {
  const Error error = name_failure(std::string(201, 'x'));

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "a migration's name of 201 characters is too long");
}

TEST_CASE("a version is the time in UTC and above the newest", "[migration]") {
  CHECK(next_version(Format::seedbed, "", kNow) == "20260102030405");
  CHECK(next_version(Format::seedbed, "20250101000000", kNow) == "20260102030405");
  CHECK(next_version(Format::seedbed, "20260102030405", kNow) == "20260102030406");
  CHECK(next_version(Format::seedbed, "20991231235959", kNow) == "20991231235960");
  CHECK(next_version(Format::supabase, "20251231", kNow) == "20260102030405");
  CHECK(next_version(Format::plain, "20991231", kNow) == "20991232");
}

TEST_CASE("a history that counts goes on counting", "[migration]") {
  CHECK(next_version(Format::plain, "0009", kNow) == "0010");
  CHECK(next_version(Format::golang_migrate, "99", kNow) == "100");
  CHECK(next_version(Format::flyway, "1.9", kNow) == "1.10");
  CHECK(next_version(Format::flyway, "7", kNow) == "8");
}

TEST_CASE("a version that would sort below the newest is refused", "[migration]") {
  try {
    next_version(Format::dbmate, "999", kNow);
    FAIL("1000 sorts below 999");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK(error.message() == "no dbmate version comes after \"999\"");
  }
}

TEST_CASE("a new migration makes its folder and can be read back", "[migration]") {
  const TempDir root;

  const Paths made =
      create_migration(root / "db/migrations", std::nullopt, root.path(), "Add x", kNow);

  REQUIRE(made == Paths{"db/migrations/20260102030405_add_x.sql"});
  CHECK(read_file(root / made[0]) == "-- seedbed: up\n\n\n-- seedbed: down\n\n");
  const MigrationFolder folder =
      read_migrations(root / "db/migrations", std::nullopt, Engine::sqlite, root.path());
  REQUIRE(folder.migrations.size() == 1);
  CHECK(folder.migrations[0].up.path == made[0]);
  CHECK(folder.migrations[0].down->statements.empty());
}

TEST_CASE("a new migration follows the folder's format", "[migration]") {
  const WrittenFolder dbmate{{"20240101120000_a.sql", "-- migrate:up\n-- migrate:down\n"}};
  const WrittenFolder goose{{"00001_a.sql", "-- +goose Up\n"}};
  const WrittenFolder golang{{"000009_a.up.sql", ""}};
  const WrittenFolder flyway{{"V1_2__a.sql", ""}, {"R__views.sql", ""}};
  const WrittenFolder plain{{"001_a.sql", ""}, {"002_b.sql", ""}};

  CHECK(create(dbmate, "x") == Paths{"20260102030405_x.sql"});
  CHECK(read_file(dbmate.path() / "20260102030405_x.sql") ==
        "-- migrate:up\n\n\n-- migrate:down\n\n");
  CHECK(create(goose, "x") == Paths{"00002_x.sql"});
  CHECK(create(golang, "x") == Paths{"000010_x.up.sql", "000010_x.down.sql"});
  CHECK(create(flyway, "x") == Paths{"V1.3__x.sql"});
  CHECK(create(plain, "x") == Paths{"003_x.sql"});
}

TEST_CASE("a second migration in the same second gets the next version", "[migration]") {
  const WrittenFolder folder{};

  CHECK(create(folder, "x") == Paths{"20260102030405_x.sql"});
  CHECK(create(folder, "x") == Paths{"20260102030406_x.sql"});
}

TEST_CASE("a migration is not written where its folder cannot be", "[migration]") {
  const WrittenFolder folder{{"migrations", "a file"}};

  try {
    create_migration(folder.path() / "migrations", std::nullopt, folder.path(), "x", kNow);
    FAIL("a migration was written");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK_THAT(error.message(), ContainsSubstring("could not make the migrations folder"));
  }
}
