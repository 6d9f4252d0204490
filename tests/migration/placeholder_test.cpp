// Placeholders and variables: values, and places in the file behind them.

#include "migration/folder_fixture.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

using Strings = std::vector<std::string>;

namespace {

MigrationOptions environment(const std::map<std::string, std::string>& values) {
  return {{}, true, values};
}

SqlPart goose_up(const std::string& line, const std::map<std::string, std::string>& values) {
  return WrittenFolder{{"1_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\n" + line + "\n"}}
      .read(Format::goose, Engine::postgres, environment(values))
      .migrations.at(0)
      .up;
}

Error goose_failure(const std::string& line) {
  return WrittenFolder{{"1_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\n" + line + "\n"}}.failure(
      Format::goose);
}

}  // namespace

TEST_CASE("a place behind a replaced placeholder is the one in the file", "[migration]") {
  const std::string text = "SELECT ${list},\n  ${list}, nope;\nSELECT 2; SELECT '${list}';\n";
  const SqlPart up = WrittenFolder{{"V1__a.sql", text}}
                         .read(std::nullopt, Engine::postgres, {{{"list", "1,\n2,\n3"}}, true, {}})
                         .migrations.at(0)
                         .up;

  CHECK(statements(up)[0] == "SELECT 1,\n2,\n3,\n  1,\n2,\n3, nope");
  CHECK(up.statements[1].line == 3);
  CHECK(up.statements[2].column == 11);
  CHECK(up.original == text);
  const Place nope = place_of(up, up.text.find("nope"));
  CHECK(nope.line == 2);
  CHECK(nope.column == 12);
  CHECK(nope.text == "  ${list}, nope;");
  const Place value = place_of(up, up.text.rfind("2,"));
  CHECK(value.line == 3);
  CHECK(value.column == 19);
}

TEST_CASE("text that cannot be split behind a placeholder names its place in the file",
          "[migration]") {
  const Error error =
      WrittenFolder{{"V1__a.sql", "SELECT ${list};\nSELECT \xC3\xA9, ${list}, 'open;\n"}}.failure(
          std::nullopt, {{{"list", "1,\n2"}}, true, {}});

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.place().line == 2);
  CHECK(error.place().column == 20);
  CHECK(error.place().text == "SELECT \xC3\xA9, ${list}, 'open;");
}

TEST_CASE("a placeholder without a value is an error at its place", "[migration]") {
  const Error error = WrittenFolder{{"V1__a.sql", "SELECT 1;\nSELECT '${prefx}';\n"}}.failure(
      std::nullopt, {{{"prefix", ""}}, true, {}});

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "placeholder \"prefx\" has no value");
  CHECK(error.place().line == 2);
  CHECK(error.place().column == 9);
  CHECK(error.hint() == "Did you mean \"prefix\"?");
}

TEST_CASE("a placeholder that does not end is an error at its place", "[migration]") {
  const Error error = WrittenFolder{{"V1__a.sql", "SELECT '${prefix\n}';\n"}}.failure();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "a placeholder without its \"}\" in the same line");
  CHECK(error.place().column == 9);
}

TEST_CASE("placeholders can be left as they are", "[migration]") {
  const MigrationFolder folder = WrittenFolder{{"V1__a.sql", "SELECT '${x}';"}}.read(
      std::nullopt, Engine::postgres, {{}, false, {}});

  CHECK(statements(folder.migrations[0].up) == Strings{"SELECT '${x}'"});
  CHECK(folder.migrations[0].up.replacements.empty());
}

TEST_CASE("the token hash does not depend on values", "[migration]") {
  const WrittenFolder folder{{"V1__a.sql", "SELECT '${x}';"}};

  const auto hash = [&folder](const std::string& value) {
    return folder.read(std::nullopt, Engine::postgres, {{{"x", value}}, true, {}})
        .migrations[0]
        .token_hash;
  };

  CHECK(hash("one") == hash("two"));
}

TEST_CASE("an unknown script setting is an error at its line", "[migration]") {
  const Error key =
      WrittenFolder{{"V1__a.sql", ""}, {"V1__a.sql.conf", "# x\nexecuteInTransactoin=false\n"}}
          .failure();
  const Error value =
      WrittenFolder{{"V1__a.sql", ""}, {"V1__a.sql.conf", "executeInTransaction=no"}}.failure();
  const Error encoding =
      WrittenFolder{{"V1__a.sql", ""}, {"V1__a.sql.conf", "encoding=UTF-16"}}.failure();

  CHECK(key.code() == ExitCode::usage);
  CHECK(key.message() == "there is no script setting \"executeInTransactoin\"");
  CHECK(key.place().file == "V1__a.sql.conf");
  CHECK(key.place().line == 2);
  CHECK(key.hint() == "Did you mean \"executeInTransaction\"?");
  CHECK(value.message() == "\"executeInTransaction\" is \"no\", but is true or false");
  CHECK(encoding.message() == "encoding \"UTF-16\" cannot be read");
}

TEST_CASE("goose variables expand as in a shell", "[migration]") {
  const std::map<std::string, std::string> values{{"A", "a"}, {"EMPTY", ""}};

  CHECK(goose_up("SELECT '$A ${A} ${EMPTY}';", values).text.find("'a a '") != std::string::npos);
  CHECK(statements(goose_up("SELECT '${EMPTY:-b}';", values)) == Strings{"SELECT 'b'"});
  CHECK(statements(goose_up("SELECT '${EMPTY-b}';", values)) == Strings{"SELECT ''"});
  CHECK(statements(goose_up("SELECT '${A:-$NONE}';", values)) == Strings{"SELECT 'a'"});
  CHECK(statements(goose_up("SELECT '${NONE:-x${A}y}';", values)) == Strings{"SELECT 'xay'"});
  CHECK(statements(goose_up("SELECT '${A?must be set} ${A:-${NONE?why}}';", values)) ==
        Strings{"SELECT 'a a'"});
  CHECK(statements(goose_up("SELECT '$$5 \\$6 $(x)';", values)) == Strings{"SELECT '$5 $6 $(x)'"});
}

TEST_CASE("a goose variable that is not set is an error at its place", "[migration]") {
  const Error error = goose_failure("SELECT '$NONE';");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "variable \"NONE\" is not set");
  CHECK(error.place().line == 3);
  CHECK(error.place().column == 9);
  CHECK_THAT(error.hint(), ContainsSubstring("Set NONE in the environment"));
}

TEST_CASE("a goose variable can say why it must be set", "[migration]") {
  const Error error = goose_failure("SELECT '${NONE?The region of the bucket.}';");

  CHECK(error.message() == "variable \"NONE\" is not set");
  CHECK(error.detail() == "The region of the bucket.");
}

TEST_CASE("a goose expansion that cannot be read is an error at its place", "[migration]") {
  CHECK(goose_failure("SELECT $1;").message() ==
        "a \"$\" between ENVSUB ON and OFF that no variable name follows");
  CHECK(goose_failure("SELECT '${A:1:2}';").message() ==
        "variable \"A\" has an operator other than :-, - and ?");
  CHECK(goose_failure("SELECT '${A:-b';").message() ==
        "a \"${\" without its \"}\" in the same line");
  CHECK(goose_failure("SELECT $1;").code() == ExitCode::usage);
}
