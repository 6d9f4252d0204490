#include "seeding/declaration.hpp"

#include <seedbed/abi.h>

#include "error.hpp"
#include "support/catch.hpp"

using namespace seedbed::host;

namespace {

Error failure_of(const std::string& toml) {
  try {
    parse_declaration(toml, "seeder.toml");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::plugin);
    CHECK(error.place().file == "seeder.toml");
    return error;
  }
  FAIL("nothing was thrown");
  return Error(ExitCode::done, "");
}

}  // namespace

TEST_CASE("a declaration is read with all that it says", "[seeding]") {
  const Declaration declaration = parse_declaration(
      "name = \"styles\"\n"
      "version = \"2.1.0\"\n"
      "description = \"visual styles\"\n"
      "tier = \"production\"\n"
      "after = [\"rbac\"]\n"
      "needs = 20260101120000\n"
      "writes = [\"styles_metadata\", \"shop.profiles\"]\n"
      "run = \"once\"\n"
      "[parameters.scale]\n"
      "default = 1.5\n"
      "help = \"a factor\"\n"
      "[parameters.amount]\n"
      "default = 3\n",
      "seeder.toml");

  CHECK(declaration.name == "styles");
  CHECK(declaration.version == "2.1.0");
  CHECK(declaration.description == "visual styles");
  CHECK(declaration.tier == Tier::production);
  CHECK(declaration.after == std::vector<std::string>{"rbac"});
  CHECK(declaration.needs == "20260101120000");
  CHECK(declaration.writes == std::vector<std::string>{"styles_metadata", "shop.profiles"});
  CHECK(declaration.once);
  REQUIRE(declaration.parameters.size() == 2);
  CHECK(declaration.parameters[0].name == "scale");
  CHECK(std::get<double>(declaration.parameters[0].default_value) == 1.5);
  CHECK(declaration.parameters[0].help == "a factor");
  CHECK(std::get<std::int64_t>(declaration.parameters[1].default_value) == 3);
}

TEST_CASE("a declaration needs nothing but a name", "[seeding]") {
  const Declaration declaration = parse_declaration("name = 'styles'", "seeder.toml");

  CHECK(declaration.tier == Tier::development);
  CHECK_FALSE(declaration.once);
  CHECK(declaration.parameters.empty());
}

TEST_CASE("a malformed declaration is refused at its line and column", "[seeding]") {
  const Error error = failure_of("name = \"styles\"\nversion = = 2\n");

  CHECK_THAT(error.what(), ContainsSubstring("could not read a declaration: "));
  CHECK(error.place().line == 2);
  CHECK(error.place().column == 11);
  CHECK(error.place().text == "version = = 2");
}

TEST_CASE("a key that no declaration has is refused and the nearest one named", "[seeding]") {
  const Error error = failure_of("name = \"styles\"\nwirtes = [\"a\"]\n");

  CHECK(error.message() == "a declaration has no key \"wirtes\"");
  CHECK(error.hint() == "Did you mean \"writes\"?");
  CHECK(error.place().line == 2);
  CHECK_THAT(failure_of("name = 'a'\ncolour = 1").hint(),
             ContainsSubstring("The keys are name, version, "));
  CHECK(failure_of("name = 'a'\n[parameters.b]\ndefualt = 1").hint() ==
        "Did you mean \"default\"?");
}

TEST_CASE("a declaration without a usable name is refused", "[seeding]") {
  CHECK(failure_of("version = \"1\"").message() == "a declaration has no \"name\"");
  CHECK(failure_of("").message() == "a declaration has no \"name\"");
  CHECK(failure_of("name = \"Two Words\"").message() ==
        "the seeder's name \"Two Words\" is not one snake_case word");
  CHECK(failure_of("name = \"\"").message() == "the seeder's name \"\" is not one snake_case word");
}

TEST_CASE("a value of another type is refused", "[seeding]") {
  CHECK(failure_of("name = 1").message() == "\"name\" must be a text in quotes");
  CHECK(failure_of("name = 'a'\nafter = 'b'").message() ==
        "\"after\" must be a list of texts in quotes");
  CHECK(failure_of("name = 'a'\nwrites = ['b', 1]").message() ==
        "each item of \"writes\" must be a text in quotes that is not empty");
  CHECK(failure_of("name = 'a'\nneeds = 1.5").message() == "\"needs\" must be a text in quotes");
  CHECK(failure_of("name = 'a'\nparameters = 1").message() ==
        "\"parameters\" must be a table, such as [parameters.count]");
}

TEST_CASE("a choice that does not exist is refused and the choices named", "[seeding]") {
  const Error error = failure_of("name = 'a'\ntier = \"prod\"");

  CHECK(error.message() == "\"tier\" cannot be \"prod\"");
  CHECK(error.hint() == "It is one of development, staging, production.");
  CHECK(failure_of("name = 'a'\nrun = 'twice'").hint() == "It is one of always, once.");
}

TEST_CASE("a parameter without a usable default is refused", "[seeding]") {
  CHECK(failure_of("name = 'a'\n[parameters.b]\nhelp = 'x'").message() ==
        "parameter \"b\" has no default");
  CHECK(failure_of("name = 'a'\n[parameters.b]\ndefault = [1]").message() ==
        "the default of parameter \"b\" must be true or false, a number or a text");
  CHECK(failure_of("name = 'a'\n[parameters]\nb = 1").message() ==
        "parameter \"b\" must be a table with the key \"default\"");
  CHECK(failure_of("name = 'a'\n[parameters.B-2]\ndefault = 1").message() ==
        "parameter \"B-2\" is not one snake_case word");
}

TEST_CASE("files of rows are read with their table and key and their tables are written", "[seeding]") {
  const Declaration declaration = parse_declaration(
      "name = 'a'\nwrites = ['b']\n"
      "[[table]]\nfile = '01_b.csv'\nname = 'b'\nkey = 'id'\n"
      "[[table]]\nfile = '02_c.csv'\nname = 's.c'\nkey = ['x', 'y']\nmode = 'update_changed'\nnull = '\\N'\n",
      "seeder.toml");

  REQUIRE(declaration.tables.size() == 2);
  CHECK(declaration.tables[0].key == std::vector<std::string>{"id"});
  CHECK(declaration.tables[0].mode == SEEDBED_INSERT_MISSING);
  CHECK(declaration.tables[0].null_text.empty());
  CHECK(declaration.tables[1].file == "02_c.csv");
  CHECK(declaration.tables[1].name == "s.c");
  CHECK(declaration.tables[1].key == std::vector<std::string>{"x", "y"});
  CHECK(declaration.tables[1].mode == SEEDBED_UPDATE_CHANGED);
  CHECK(declaration.tables[1].null_text == "\\N");
  CHECK(declaration.writes == std::vector<std::string>{"b", "s.c"});
}

TEST_CASE("a file of rows that is declared incompletely or oddly is refused at its place", "[seeding]") {
  const std::string table = "name = 'a'\n[[table]]\nfile = 'b.csv'\nname = 'b'\nkey = 'id'\n";

  CHECK(failure_of("name = 'a'\n[[table]]\nfile = 'b.csv'\nname = 'b'").message() == "a [[table]] has no \"key\"");
  CHECK(failure_of("name = 'a'\n[[table]]\nfile = 'b.csv'\nkey = 'id'").message() == "a [[table]] has no \"name\"");
  CHECK(failure_of("name = 'a'\n[[table]]\nname = 'b'\nkey = 'id'").place().line == 2);
  CHECK(failure_of("name = 'a'\n[[table]]\nfile = 'x/b.csv'\nname = 'b'\nkey = 'id'").message() ==
        "\"x/b.csv\" cannot be the file of a [[table]]");
  CHECK(failure_of("name = 'a'\n[[table]]\nfile = 'b.tsv'\nname = 'b'\nkey = 'id'").place().line == 3);
  CHECK(failure_of("name = 'a'\n[[table]]\nfile = 'b.csv'\nname = 'b'\nkey = []").message() ==
        "the key of a [[table]] names no column");
  CHECK(failure_of("name = 'a'\n[[table]]\nfile = 'b.csv'\nname = ''\nkey = 'id'").message() ==
        "the name of a [[table]] is empty");
  CHECK(failure_of(table + "mode = 'replace'").hint() == "It is one of insert_missing, update_changed, insert_once.");
  CHECK(failure_of(table + "nul = 'x'").hint() == "Did you mean \"null\"?");
  CHECK(failure_of(table + table.substr(table.find("[[")) ).message() == "\"b.csv\" is the file of two tables");
  CHECK(failure_of("name = 'a'\ntable = 'b'").message() == "\"table\" must be written as [[table]]");
}
