// Which format a folder is in, and which of its files belong together.

#include "migration/folder_fixture.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

using Strings = std::vector<std::string>;

TEST_CASE("a folder without files is native and has no migrations", "[migration]") {
  const MigrationFolder folder = WrittenFolder{{"README.md", "nothing yet"}}.read();

  CHECK(folder.format == Format::seedbed);
  CHECK(folder.migrations.empty());
}

TEST_CASE("a folder that is not there cannot be read", "[migration]") {
  const TempDir parent;

  try {
    read_migrations(parent / "nowhere", std::nullopt, Engine::sqlite, parent.path());
    FAIL("a missing folder was read");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK(error.message() ==
          "could not read the migrations folder \"nowhere\": No such file or directory");
  }
}

TEST_CASE("a file that cannot be read is an error", "[migration]") {
  const WrittenFolder folder{};
  std::filesystem::create_symlink("nowhere", folder.path() / "20260101120000_a.sql");

  const Error error = folder.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "could not read \"20260101120000_a.sql\": No such file or directory");
}

TEST_CASE("a file that changes between its hash and its text is refused", "[migration]") {
  const WrittenFolder folder{{"20260101120000_a.sql", "SELECT 1;\n"}, {"20260102120000_b.sql", "SELECT 2;\n"}};
  MigrationFolder found = find_migrations(folder.path(), std::nullopt, Engine::sqlite, folder.path());
  write_file(folder.path() / "20260101120000_a.sql", "SELECT 3;\n");
  std::filesystem::remove(folder.path() / "20260102120000_b.sql");

  const Error changed = failure_of([&] { read_text(found.migrations[0]); });
  const Error gone = failure_of([&] { read_text(found.migrations[1]); });

  CHECK(changed.code() == ExitCode::refused);
  CHECK(changed.message() == "migration \"20260101120000_a.sql\" was changed while it was read");
  CHECK(changed.place().file == "20260101120000_a.sql");
  CHECK(gone.code() == ExitCode::usage);
  CHECK_THAT(gone.message(), ContainsSubstring("could not read \"20260102120000_b.sql\""));
}

TEST_CASE("a file larger than a buffer has the hash of all its bytes", "[migration]") {
  const std::string text = "SELECT '" + std::string(200'000, 'x') + "';\n";
  const WrittenFolder folder{{"20260101120000_a.sql", text}};

  CHECK(folder.read().migrations[0].sha256 == sql::sha256(text));
}

TEST_CASE("of many files each has its hash and the first that cannot be read is named", "[migration]") {
  const WrittenFolder folder{};
  for (int i = 1000; i < 1600; ++i) write_file(folder.path() / (std::to_string(i) + "_a.sql"), "SELECT " + std::to_string(i) + ";\n");

  const MigrationFolder found = folder.read();
  for (const int broken : {1599, 1300, 1301}) {
    std::filesystem::remove(folder.path() / (std::to_string(broken) + "_a.sql"));
    std::filesystem::create_symlink("nowhere", folder.path() / (std::to_string(broken) + "_a.sql"));
  }
  const Error error = folder.failure();

  REQUIRE(found.migrations.size() == 600);
  for (const Migration& each : found.migrations) CHECK(each.sha256 == sql::sha256("SELECT " + each.file.substr(0, 4) + ";\n"));
  CHECK_THAT(error.message(), ContainsSubstring("could not read \"1300_a.sql\""));
}

TEST_CASE("a file added at the end does not change the versions before it", "[migration]") {
  const WrittenFolder counted{{"001_a.sql", ""}, {"20260101120000_b.sql", "-- seedbed: up\n"}};
  const WrittenFolder dated{{"20260101120000_b.sql", ""}, {"20270101_c.sql", ""}};

  CHECK(versions(counted.read()) == Strings{"001_a", "20260101120000_b"});
  CHECK(versions(dated.read()) == Strings{"20260101120000", "20270101"});
}

TEST_CASE("up and down files beside others are native", "[migration]") {
  const MigrationFolder folder = WrittenFolder{
      {"20260101120000_a.down.sql", ""},
      {"20260101120000_a.up.sql", ""},
      {"20260102120000_b.sql", ""}}.read();

  CHECK(folder.format == Format::seedbed);
  CHECK(versions(folder) == Strings{"20260101120000", "20260102120000"});
  CHECK(folder.migrations[0].down.has_value());
}

TEST_CASE("a name that fits no format shows what a name looks like", "[migration]") {
  const Error error = WrittenFolder{{"20260101120000_a.sql", ""}, {"schema.sql", ""}}.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"schema.sql\" is not the name of a seedbed migration");
  CHECK(error.place().file == "schema.sql");
  CHECK(error.detail() ==
        "The folder is read as seedbed because its first file is \"20260101120000_a.sql\".");
  CHECK_THAT(error.hint(), ContainsSubstring("is named like \"20260101120000_add_customers.sql\""));
  CHECK_THAT(error.hint(), ContainsSubstring("begins with \"_\" or \".\" is left alone"));
}

TEST_CASE("other names are left alone where the format's own tool leaves them", "[migration]") {
  const auto [format, name] = GENERATE(table<Format, std::string>({{Format::supabase, "20260101120000_a.sql"},
                                                                   {Format::dbmate, "20260101120000_a.sql"},
                                                                   {Format::golang_migrate, "20260101120000_a.up.sql"},
                                                                   {Format::flyway, "V20260101120000__a.sql"}}));
  const std::string text = format == Format::dbmate ? "-- migrate:up\n" : "";

  const MigrationFolder folder = WrittenFolder{{name, text}, {"sync_profiles.sql", "'"}, {"undo.sql", "'"}}.read(format);

  CHECK(versions(folder) == Strings{"20260101120000"});
  CHECK(folder.left_alone == Strings{"sync_profiles.sql", "undo.sql"});
}

TEST_CASE("other names are refused where no other tool leaves them alone", "[migration]") {
  const auto [format, name] = GENERATE(table<Format, std::string>(
      {{Format::plain, "1_a.sql"}, {Format::goose, "1_a.sql"}, {Format::seedbed, "20260101120000_a.sql"}}));
  const std::string text = format == Format::goose ? "-- +goose Up\n" : "";

  CHECK_THAT(WrittenFolder({{name, text}, {"sync_profiles.sql", ""}}).failure(format).message(),
             ContainsSubstring("\"sync_profiles.sql\" is not the name of a"));
}

TEST_CASE("a native name needs an underscore and a name", "[migration]") {
  const auto name = GENERATE(as<std::string>(), "20260102120000.sql", "20260102120000-b.sql");

  CHECK(WrittenFolder{{"20260101120000_a.sql", ""}, {name, ""}}.failure().message() ==
        "\"" + name + "\" is not the name of a seedbed migration");
}

TEST_CASE("a folder whose first file has a time but no native name is plain", "[migration]") {
  const MigrationFolder folder = WrittenFolder{{"20260101120000-a.sql", ""}, {"20260102120000.sql", ""}}.read();

  CHECK(folder.format == Format::plain);
  CHECK(versions(folder) == Strings{"20260101120000-a", "20260102120000"});
}

TEST_CASE("a stray file does not hide that a folder is in the format of golang-migrate", "[migration]") {
  const MigrationFolder folder =
      WrittenFolder{{"000001_a.up.sql", ""}, {"000001_a.down.sql", ""}, {"schema.sql", "'"}}.read();

  CHECK(folder.format == Format::golang_migrate);
  CHECK(versions(folder) == Strings{"000001"});
  CHECK(folder.left_alone == Strings{"schema.sql"});
}

TEST_CASE("hidden and underscored names and other kinds of files are left alone", "[migration]") {
  const WrittenFolder folder{{"20260101120000_a.sql", ""},
                             {"_draft.sql", "'"},
                             {".b.sql", "'"},
                             {"README.md", ""},
                             {"old/20250101120000_x.sql", ""}};

  CHECK(versions(folder.read()) == Strings{"20260101120000"});
}

TEST_CASE("two files of one version are an error that names both", "[migration]") {
  const Error error =
      WrittenFolder{{"20260101120000_a.sql", ""}, {"20260101120000_b.sql", ""}}.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "two migrations have the version \"20260101120000\"");
  CHECK(error.place().file == "20260101120000_b.sql");
  CHECK_THAT(error.detail(),
             ContainsSubstring("\"20260101120000_a.sql\" and \"20260101120000_b.sql\""));
}

TEST_CASE("versions that are the same number are one version", "[migration]") {
  const WrittenFolder goose{{"1_a.sql", "-- +goose Up\n"}, {"001_b.sql", "-- +goose Up\n"}};
  const WrittenFolder flyway{{"V1__a.sql", ""}, {"V1.0__b.sql", ""}};

  CHECK_THAT(goose.failure().message(), ContainsSubstring("two migrations have the version"));
  CHECK_THAT(flyway.failure().message(), ContainsSubstring("two migrations have the version"));
}

TEST_CASE("the file for an engine wins over the one for all", "[migration]") {
  const WrittenFolder folder{{"20260101120000_a.sql", "SELECT 1;\n-- seedbed: down\nSELECT 2;"},
                             {"20260101120000_a.postgres.sql", "SELECT 3;"}};

  const MigrationFolder postgres = folder.read(),
                        sqlite = folder.read(std::nullopt, Engine::sqlite);

  CHECK(files(postgres) == Strings{"20260101120000_a.postgres.sql"});
  CHECK_FALSE(postgres.migrations[0].down.has_value());
  CHECK(files(sqlite) == Strings{"20260101120000_a.sql"});
}

TEST_CASE("the suffixes of engine and direction come in either order", "[migration]") {
  const MigrationFolder folder = WrittenFolder{
      {"20260101120000_a.up.postgres.sql", "SELECT 1;"},
      {"20260101120000_a.postgres.down.sql", "SELECT 2;"},
      {"20260101120000_a.sqlite.up.sql",
       "SELECT 3;"}}.read(Format::seedbed);

  REQUIRE(folder.migrations.size() == 1);
  CHECK(statements(folder.migrations[0].up) == Strings{"SELECT 1"});
  CHECK(statements(*folder.migrations[0].down) == Strings{"SELECT 2"});
}

TEST_CASE("a down file never runs forward", "[migration]") {
  const WrittenFolder folder{{"20260101120000_a.sql", ""},    {"20260101120000_a_down.sql", ""},
                             {"20260102120000_b.sql", ""},    {"20260102120000_b-down.sql", ""},
                             {"20260103120000_c_up.sql", ""}, {"20260103120000_c_down.sql", ""},
                             {"20260104120000_d.sql", ""},    {"20260104120000_down.sql", ""}};

  const MigrationFolder read = folder.read();

  REQUIRE(read.migrations.size() == 4);
  CHECK(read.migrations[0].down->path == "20260101120000_a_down.sql");
  CHECK(read.migrations[1].down->path == "20260102120000_b-down.sql");
  CHECK(read.migrations[2].down->path == "20260103120000_c_down.sql");
  CHECK(read.migrations[3].down->path == "20260104120000_down.sql");
}

TEST_CASE("a file named for what undoes a migration is its down part", "[migration]") {
  const auto word = GENERATE(as<std::string>{}, "_rollback", "-rollback", ".rollback", ".undo", "_undo", "_revert", ".revert");
  const WrittenFolder plain{{"0001_a.sql", "SELECT 1;"}, {"0001_a" + word + ".sql", "SELECT 2;"}};
  const WrittenFolder native{{"20260101120000_a.sql", "SELECT 1;"}, {"20260101120000_a" + word + ".sql", "SELECT 2;"}};
  const WrittenFolder bare{{"0001_a.sql", "SELECT 1;"}, {"0001" + word + ".sql", "SELECT 2;"}};

  for (const WrittenFolder* folder : {&plain, &native, &bare}) {
    const MigrationFolder read = folder->read();
    REQUIRE(read.migrations.size() == 1);
    CHECK(statements(read.migrations[0].up) == Strings{"SELECT 1"});
    CHECK(statements(*read.migrations[0].down) == Strings{"SELECT 2"});
  }
}

TEST_CASE("the undo files of Postgrator are down parts", "[migration]") {
  const WrittenFolder folder{{"001.do.sql", "SELECT 1;"},      {"001.undo.sql", "SELECT 2;"},
                             {"002.do.more.sql", "SELECT 3;"}, {"002.undo.more.sql", "SELECT 4;"}};

  const MigrationFolder read = folder.read();

  CHECK(files(read) == Strings{"001.do.sql", "002.do.more.sql"});
  CHECK(statements(*read.migrations.at(0).down) == Strings{"SELECT 2"});
  CHECK(statements(*read.migrations.at(1).down) == Strings{"SELECT 4"});
}

TEST_CASE("a migration whose name ends in rollback is one if it stands alone", "[migration]") {
  const WrittenFolder plain{{"0001_a.sql", ""}, {"0002_a_rollback.sql", ""}, {"0003-revert.sql", ""}, {"0004.undo.b.sql", ""}};
  const WrittenFolder native{{"20260101120000_a.sql", ""}, {"20260102120000_a_rollback.sql", ""}};

  CHECK(files(plain.read()) == Strings{"0001_a.sql", "0002_a_rollback.sql", "0003-revert.sql", "0004.undo.b.sql"});
  CHECK(files(native.read()) == Strings{"20260101120000_a.sql", "20260102120000_a_rollback.sql"});
  CHECK(native.read().migrations.at(1).name == "a_rollback");
}

TEST_CASE("a down part without its migration is an error", "[migration]") {
  const Error error =
      WrittenFolder{{"20260101120000_a.sql", ""}, {"20260102120000_lock_down.sql", ""}}.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "down part \"20260102120000_lock_down.sql\" has no migration");
  CHECK(error.place().file == "20260102120000_lock_down.sql");
  CHECK_THAT(error.hint(), ContainsSubstring("end its name in another word than \"down\""));
}

TEST_CASE("the down part of the other engine's migration is not missed", "[migration]") {
  const WrittenFolder folder(
      {{"20260101120000_a.postgres.sql", ""}, {"20260101120000_a.down.sql", ""}});

  CHECK(folder.read(std::nullopt, Engine::sqlite).migrations.empty());
}

TEST_CASE("two down parts of one migration are an error that names both", "[migration]") {
  const Error files = WrittenFolder{
      {"20260101120000_a.sql", ""},
      {"20260101120000_a_down.sql", ""},
      {"20260101120000_a.down.sql",
       ""}}.failure();
  const Error marker = WrittenFolder{
      {"20260101120000_a.sql", "-- seedbed: down\n"},
      {"20260101120000_a_down.sql",
       ""}}.failure();

  CHECK(files.message() == "migration \"20260101120000_a.sql\" has two down parts");
  CHECK_THAT(files.detail(), ContainsSubstring("\"20260101120000_a_down.sql\""));
  CHECK_THAT(files.detail(), ContainsSubstring("\"20260101120000_a.down.sql\""));
  CHECK(marker.message() == "migration \"20260101120000_a.sql\" has two down parts");
  CHECK(marker.code() == ExitCode::usage);
}

TEST_CASE("a goose migration in Go is named", "[migration]") {
  const Error error = WrittenFolder{
      {"00001_a.sql", "-- +goose Up\n"},
      {"00002_backfill.go",
       "package x"}}.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "migration \"00002_backfill.go\" is written in Go");
  CHECK(error.place().file == "00002_backfill.go");
}

TEST_CASE("a version of zero is none of goose's", "[migration]") {
  const Error error = WrittenFolder{{"000_a.sql", "-- +goose Up\n"}}.failure();

  CHECK(error.message() == "\"000_a.sql\" is not the name of a goose migration");
}

TEST_CASE("a flyway callback says where it belongs", "[migration]") {
  const Error error = WrittenFolder{{"V1__a.sql", ""}, {"afterMigrate.sql", ""}}.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"afterMigrate.sql\" is not the name of a flyway migration");
  CHECK_THAT(error.hint(), ContainsSubstring("under [hooks] in seedbed.toml"));
}

TEST_CASE("a folder of folders is refused instead of looking empty", "[migration]") {
  const Error error =
      WrittenFolder{{"20240101_a/up.sql", ""}, {"20240101_a/down.sql", ""}}.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "migration \"20240101_a/up.sql\" lies in a folder of its own");
}

TEST_CASE("a folder whose migrations all lie below it is refused instead of looking empty", "[migration]") {
  const WrittenFolder folder{{"2024/0001_a.sql", ""}, {"2025/0002_b.sql", ""}};

  const Error error = folder.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"2024/0001_a.sql\" lies in a folder below the migrations folder");
  CHECK(error.place().file == "2024/0001_a.sql");
  CHECK_THAT(error.hint(), ContainsSubstring("Name the folder that holds the migrations"));
  CHECK(folder.failure(Format::plain).code() == ExitCode::usage);
}

TEST_CASE("up and down files whose names golang-migrate would not take are plain", "[migration]") {
  const WrittenFolder dashed{{"20111206154000-a.down.sql", "SELECT 2;"}, {"20111206154000-a.up.sql", "SELECT 1;"}};
  const WrittenFolder other{{"V0001.Start.all.down.sql", ""}, {"V0001.Start.postgres.up.sql", ""}};

  const MigrationFolder read = dashed.read();

  CHECK(read.format == Format::plain);
  CHECK(statements(read.migrations.at(0).up) == Strings{"SELECT 1"});
  CHECK(statements(*read.migrations.at(0).down) == Strings{"SELECT 2"});
  CHECK(other.failure().message() == "\"V0001.Start.all.down.sql\" is not the name of a plain migration");
}

TEST_CASE("a folder without any name of its format was taken for the wrong one", "[migration]") {
  const WrittenFolder folder{{"create_users.sql", "-- migrate:up\n"}, {"drop_users.sql", "-- migrate:up\n"}};

  const Error error = folder.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"create_users.sql\" is not the name of a dbmate migration");
  CHECK_THAT(error.detail(), ContainsSubstring("The folder is read as dbmate"));
  CHECK(folder.read(Format::dbmate).left_alone.size() == 2);
}

TEST_CASE("the hashes are those of the forward file's bytes", "[migration]") {
  const std::string text = "-- seedbed: up\nSELECT 1;\n-- seedbed: down\nSELECT 2;\n";
  const MigrationFolder folder = WrittenFolder{{"20260101120000_a.sql", text}}.read();

  CHECK(folder.migrations[0].sha256 == sql::sha256(text));
  CHECK(folder.migrations[0].token_hash == sql::token_hash(text, Engine::postgres));
}
