// Directives in migration files: what they mean and what is refused.

#include "migration/folder_fixture.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

using Strings = std::vector<std::string>;

namespace {

Migration native(const std::string& text) {
  return WrittenFolder{{"20260101120000_a.sql", text}}.read().migrations.at(0);
}

Error native_failure(const std::string& text) {
  return WrittenFolder{{"20260101120000_a.sql", text}}.failure();
}

Error dbmate_failure(const std::string& text) {
  return WrittenFolder{{"1_a.sql", text}}.failure(Format::dbmate);
}

Error goose_failure(const std::string& text) {
  return WrittenFolder{{"1_a.sql", text}}.failure(Format::goose);
}

}  // namespace

TEST_CASE("statements of a part keep their place in the file", "[migration]") {
  const Migration migration = native(
      "\xEF\xBB\xBF-- up: \xC3\xA9\r\n-- seedbed: up\r\nSELECT 'one';\r\n  SELECT 'tw\xC3\xB6'; "
      "SELECT 3;\r\n"
      "-- seedbed: down\r\nSELECT 4;");

  REQUIRE(migration.up.statements.size() == 3);
  CHECK(migration.up.statements[0].line == 3);
  CHECK(migration.up.statements[1].column == 3);
  CHECK(migration.up.statements[2].column == 17);
  CHECK(statements(migration.up)[2] == "SELECT 3");
  CHECK(migration.down->statements[0].line == 6);
  CHECK(place_of(*migration.down, migration.down->statements[0].offset).text == "SELECT 4;");
}

TEST_CASE("without an up marker the text before down is the up part", "[migration]") {
  const Migration migration = native("SELECT 1;\n-- seedbed: down\nSELECT 2;");

  CHECK(statements(migration.up) == Strings{"SELECT 1"});
  CHECK(statements(*migration.down) == Strings{"SELECT 2"});
}

TEST_CASE("no-transaction counts for the file or for the part it stands in", "[migration]") {
  const Migration file = native("-- seedbed: no-transaction\n-- seedbed: up\n-- seedbed: down\n");
  const Migration part = native("-- seedbed: up\n--seedbed:  NO-TRANSACTION \n-- seedbed: down\n");

  CHECK_FALSE(file.up.transactional);
  CHECK_FALSE(file.down->transactional);
  CHECK_FALSE(part.up.transactional);
  CHECK(part.down->transactional);
}

TEST_CASE("a file that another tool runs outside a transaction runs so here", "[migration]") {
  const auto line = GENERATE(as<std::string>{}, "-- no-transaction", "--  No-Transaction \r", "-- why\n\n-- morph:nontransactional",
                             "-- atlas:txmode none\n", "-- disable_ddl_transaction!", "-- DISABLE_DDL_TRANSACTION;");
  const WrittenFolder sqlx{{"20260101120000_a.sql", line + "\nSELECT 1;\n"}};
  const WrittenFolder morph{{"000001_a.up.sql", line + "\nSELECT 1;\n"}, {"000001_a.down.sql", "SELECT 2;"}};

  CHECK_FALSE(sqlx.read().migrations.at(0).up.transactional);
  CHECK_FALSE(morph.read().migrations.at(0).up.transactional);
  CHECK(morph.read().migrations.at(0).down->transactional);
  CHECK_FALSE(sqlx.read(Format::plain).migrations.at(0).up.transactional);
}

TEST_CASE("what asks for no transaction is a comment where the tool does not know it", "[migration]") {
  const WrittenFolder inside{{"20260101120000_a.sql", "SELECT 1;\n-- no-transaction\nSELECT 2;\n"}};
  const WrittenFolder prose{{"20260101120000_a.sql", "-- no-transaction needed\nSELECT 1;\n"}};
  const WrittenFolder other{{"20260101120000_a.sql", "-- no-transaction\n-- migrate:up\nSELECT 1;\n"}};
  const WrittenFolder supabase{{"20260101120000_a.sql", "-- no-transaction\nSELECT 1;\n"}};

  CHECK(inside.read().migrations.at(0).up.transactional);
  CHECK(prose.read().migrations.at(0).up.transactional);
  CHECK(other.read(Format::dbmate).migrations.at(0).up.transactional);
  CHECK(supabase.read(Format::supabase).migrations.at(0).up.transactional);
}

TEST_CASE("an unknown seedbed directive is an error at its line", "[migration]") {
  const Error error = native_failure("SELECT 1;\n  -- seedbed: dwon\nSELECT 2;");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "there is no seedbed directive \"dwon\"");
  CHECK(error.place().line == 2);
  CHECK(error.place().column == 15);
  CHECK(error.hint() == "Did you mean \"down\"?");
}

TEST_CASE("a seedbed directive that nothing resembles lists the known ones", "[migration]") {
  CHECK(native_failure("-- seedbed: sideways").hint() == "Known are: up, down, no-transaction.");
  CHECK(native_failure("-- seedbed:").message() == "there is no seedbed directive \"\"");
}

TEST_CASE("a part that stands twice in a file is an error", "[migration]") {
  const Error error = native_failure("-- seedbed: up\n-- seedbed: up\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "a second \"up\" part in one file");
  CHECK(error.place().line == 2);
}

TEST_CASE("a statement before the first marker is an error at the statement", "[migration]") {
  const Error error = native_failure("-- why\nSELECT 1;\n-- seedbed: up\nSELECT 2;\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "a statement before the line that says what runs");
  CHECK(error.place().line == 2);
  CHECK(error.place().text == "SELECT 1;");
}

TEST_CASE("a down file has no parts", "[migration]") {
  const Error error =
      WrittenFolder{{"20260101120000_a.sql", ""}, {"20260101120000_a.down.sql", "-- seedbed: up\n"}}
          .failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"up\" in a file that is a down part as a whole");
  CHECK(error.place().file == "20260101120000_a.down.sql");
}

TEST_CASE("text that cannot be split is an error at its place in the file", "[migration]") {
  const Error error = native_failure("-- seedbed: up\nSELECT 'never closed;\n-- seedbed: down\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.place().file == "20260101120000_a.sql");
  CHECK(error.place().line == 2);
  CHECK(error.place().column == 8);
}

TEST_CASE("directives of another tool are refused in a file that would run them", "[migration]") {
  const WrittenFolder goose(
      {{"20260101120000_a.sql", ""}, {"20260102120000_b.sql", "-- +goose Up\n-- +goose Down\n"}});
  const WrittenFolder seedbed{{"1_a.sql", "-- +goose Up\n-- seedbed: down\n"}};

  CHECK(goose.failure().message() == "a goose directive in a file of the seedbed format");
  CHECK(goose.failure().place().file == "20260102120000_b.sql");
  CHECK_THAT(goose.failure().hint(), ContainsSubstring("Set format = \"goose\""));
  CHECK(seedbed.failure().message() == "a seedbed directive in a file of the goose format");
  CHECK(seedbed.failure().code() == ExitCode::usage);
}

TEST_CASE("a down part that only another tool knows as such does not run forward", "[migration]") {
  using Lines = std::pair<std::string, std::string>;
  const Lines lines = GENERATE(Lines{"-- +migrate Up", "-- +migrate Down"}, Lines{"-- +migrate Up notransaction", "-- +migrate Down"},
                               Lines{"-- +micrate Up", "-- +micrate Down"}, Lines{"-- rambler up", "-- rambler down"},
                               Lines{"-- !Ups", "-- !Downs"}, Lines{"# --- !Ups", "# --- !Downs"}, Lines{"", "---- create above / drop below ----"},
                               Lines{"-- Up Migration", "-- Down Migration"}, Lines{"-------\n-- UP:\n-------", "-- Down --"},
                               Lines{"-- ====  UP  ====", "-- ==== DOWN ===="}, Lines{"-- [UP]", "-- [DOWN]"}, Lines{"-- @up", "-- @down"}, Lines{"-- migrate: apply", "-- migrate: rollback"},
                               Lines{"--// Create a", "--//@UNDO "}, Lines{"", "-- @DOWN"}, Lines{"-- === Up Migration ===", "-- === Down Migration ==="});

  const Error error = WrittenFolder{{"0001_a.sql", lines.first + "\ncreate table a (x int);\n" + lines.second + "\ndrop table a;\n"}}.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.message(), ContainsSubstring("a line that begins a down part"));
  CHECK(error.place().text == lines.second);
  CHECK_THAT(error.hint(), ContainsSubstring("-- seedbed: down"));
}

TEST_CASE("a comment on what would revert a migration is none of its parts", "[migration]") {
  const auto text = GENERATE(as<std::string>{}, "-- up\ncreate table a (x int);\n-- down\n-- drop table a;\n",
                             "create table a (x int);\n-- down\nselect 1;\n", "-- up and down\nselect 1;\n-- down the road\nselect 2;\n",
                             "-- [UP]\ncreate table a (x int);\n-- [DOWN]\n-- drop table a;\n", "select 1;\n-- ====\nselect 2;\n-- [down]\nselect 3;\n",
                             "-- seedbed: up\nselect 1;\n-- up\n-- down\nselect 2;\n-- seedbed: down\nselect 3;\n");

  CHECK_FALSE(statements(WrittenFolder{{"0001_a.sql", text}}.read().migrations.at(0).up).empty());
}

TEST_CASE("bare words for up and down are comments where the format has its own", "[migration]") {
  const WrittenFolder folder{{"20260101120000_a.sql", "-- Up\nselect 1;\n-- Down\nselect 2;\n"}};

  CHECK(statements(folder.read(Format::supabase).migrations.at(0).up).size() == 2);
}

TEST_CASE("prose about migrations is no directive", "[migration]") {
  CHECK(
      statements(native("-- migrate: all users\n-- migrate:users\n-- +goosebumps\nSELECT 1;").up) ==
      Strings{"SELECT 1"});
}

TEST_CASE("an unknown dbmate option is an error that names the nearest", "[migration]") {
  const Error error = dbmate_failure("-- migrate:up transaction:flase\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "there is no dbmate option \"transaction:flase\"");
  CHECK(error.place().line == 1);
  CHECK(error.hint() == "Did you mean \"transaction:false\"?");
}

TEST_CASE("dbmate markers stand where they belong", "[migration]") {
  CHECK(dbmate_failure("-- migrate:dwon\n").message() == "there is no dbmate directive \"dwon\"");
  CHECK(dbmate_failure("-- migrate:down\n").message() ==
        "a \"migrate:down\" without a \"migrate:up\" before it");
  CHECK(dbmate_failure("-- migrate:up\n-- migrate:down\n-- migrate:down\n").place().line == 3);
  CHECK(dbmate_failure("SELECT 1;\n").message() == "the file has no \"-- migrate:up\" line");
  CHECK(dbmate_failure("SELECT 1;\n-- migrate:up\n").message() ==
        "a statement before the line that says what runs");
}

TEST_CASE("a dbmate file with one up part outside a transaction is outside as a whole",
          "[migration]") {
  const MigrationFolder folder =
      WrittenFolder(
          {{"1_a.sql", "-- migrate:up\n-- migrate:up transaction:false\n-- migrate:down\n"}})
          .read(Format::dbmate);

  CHECK_FALSE(folder.migrations[0].up.transactional);
  CHECK(folder.migrations[0].down->transactional);
}

TEST_CASE("goose annotations count in any case", "[migration]") {
  const MigrationFolder folder =
      WrittenFolder(
          {{"1_a.sql", "--   +GOOSE   up\nSELECT 1;\n-- +goose no  transaction\n-- +goose DOWN\n"}})
          .read();

  CHECK(folder.format == Format::goose);
  CHECK(statements(folder.migrations[0].up) == Strings{"SELECT 1"});
  CHECK_FALSE(folder.migrations[0].up.transactional);
}

TEST_CASE("an unknown goose annotation is an error that names the nearest", "[migration]") {
  const Error error = goose_failure("-- +goose Up\n-- +goose StatmentBegin\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "there is no goose annotation \"statmentbegin\"");
  CHECK(error.place().line == 2);
  CHECK(error.hint() == "Did you mean \"statementbegin\"?");
}

TEST_CASE("goose annotations stand where they belong", "[migration]") {
  CHECK(goose_failure("-- +goose Down\n-- +goose Up\n").message() == "\"Down\" before \"Up\"");
  CHECK(goose_failure("-- +goose Up\n-- +goose Up\n").message() ==
        "a second \"up\" annotation in one file");
  CHECK(goose_failure("-- +goose StatementBegin\n").message() ==
        "a \"StatementBegin\" before \"Up\" or \"Down\"");
  CHECK(goose_failure("-- +goose Up\n-- +goose StatementEnd\n").message() ==
        "a \"StatementEnd\" without a \"StatementBegin\"");
  CHECK(goose_failure("-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementBegin\n")
            .message() == "a \"StatementBegin\" inside another");
  CHECK(goose_failure("-- +goose Up\n-- +goose StatementBegin\n").place().line == 2);
  CHECK(goose_failure("-- +goose Up\n-- +goose StatementBegin\n-- +goose Down\n").message() ==
        "a \"StatementBegin\" without its \"StatementEnd\"");
  CHECK(goose_failure("").message() == "the file has no \"-- +goose Up\" line");
  CHECK(goose_failure("SELECT 1;\n-- +goose Up\n").message() ==
        "a statement before the line that says what runs");
}
