#include "config/dotenv.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

using namespace seedbed::host;
using seedbed::test::failure_of;

namespace {

std::string value_of_a(const std::string& text) {
  return parse_dotenv({".env", text}).values.at("A").text;
}

Error refusal(const std::string& text) {
  return failure_of([&] { parse_dotenv({".env", text}); });
}

}  // namespace

TEST_CASE("a line of a dotenv file is a name and a value", "[config]") {
  const DotenvFile file =
      parse_dotenv({".env", "# comment\n\nA=1\n  export B = two words \n\texport\tC=3"});

  CHECK(file.values.size() == 3);
  CHECK(file.values.at("A").text == "1");
  CHECK(file.values.at("A").line == 3);
  CHECK(file.values.at("B").text == "two words");
  CHECK(file.values.at("C").text == "3");
  CHECK(file.values.at("C").line == 5);
}

TEST_CASE("an unquoted value ends at a comment with a blank before it", "[config]") {
  CHECK(value_of_a("A=x # y") == "x");
  CHECK(value_of_a("A=x#y") == "x#y");
  CHECK(value_of_a("A=#0A42C3") == "#0A42C3");
  CHECK(value_of_a("A= # nothing") == "");
  CHECK(value_of_a("A=") == "");
  CHECK(value_of_a("A=it's $5 and \\n") == "it's $5 and \\n");
}

TEST_CASE("single quotes keep everything as it is", "[config]") {
  CHECK(value_of_a("A='p$x\\n # \"y\" ' # comment") == "p$x\\n # \"y\" ");
}

TEST_CASE("double quotes know escapes", "[config]") {
  CHECK(value_of_a(R"(A="a\nb\tc\\d\"e\$f ${X}")") == "a\nb\tc\\d\"e$f ${X}");
  CHECK(value_of_a(R"(A="C:\Users")") == "C:\\Users");
}

TEST_CASE("quoted values may span lines", "[config]") {
  const DotenvFile file = parse_dotenv({".env", "A=\"one\r\ntwo\"\nB='x\ny'\nC=last"});

  CHECK(file.values.at("A").text == "one\ntwo");
  CHECK(file.values.at("B").text == "x\ny");
  CHECK(file.values.at("C").line == 5);
}

TEST_CASE("a dotenv file may have a byte order mark and lines of Windows", "[config]") {
  const DotenvFile file = parse_dotenv({".env",
                                        "\xEF\xBB\xBF"
                                        "A=1\r\n\r\nB=\"2\"\r\nC=3\r"});

  CHECK(file.values.at("A").text == "1");
  CHECK(file.values.at("B").text == "2");
  CHECK(file.values.at("C").text == "3");
}

TEST_CASE("the later of two lines with one name counts", "[config]") {
  CHECK(value_of_a("A=1\nA=2") == "2");
}

TEST_CASE("a variable may be called export", "[config]") {
  CHECK(parse_dotenv({".env", "export=1"}).values.at("export").text == "1");
}

TEST_CASE("a line without an equals sign is an error at its place", "[config]") {
  const Error error = refusal("A=1\nSECRET hunter2\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() ==
        "could not parse \".env\": \"=\" was expected after the variable's name");
  CHECK(error.place().file == ".env");
  CHECK(error.place().line == 2);
  CHECK(error.place().column == 8);
  CHECK(error.place().text.empty());
  CHECK_THAT(error.hint(), ContainsSubstring("NAME=value"));
}

TEST_CASE("a line that begins with no name is an error at its place", "[config]") {
  const Error error = refusal("  =1");

  CHECK_THAT(error.what(), ContainsSubstring("a variable's name was expected"));
  CHECK(error.place().line == 1);
  CHECK(error.place().column == 3);
  CHECK_THAT(refusal("1A=1").what(), ContainsSubstring("a variable's name was expected"));
  CHECK_THAT(refusal("export 1").what(), ContainsSubstring("expected after export"));
}

TEST_CASE("a quote that is not closed is an error where it opens", "[config]") {
  const Error error = refusal("A=1\nÄ=1\n");
  const Error open = refusal("A=1\nB='hunter2\n\n");

  CHECK(error.place().line == 2);
  CHECK_THAT(open.what(), ContainsSubstring("the quote that opens here is not closed"));
  CHECK(open.place().line == 2);
  CHECK(open.place().column == 3);
  CHECK_THAT(refusal("A=\"two\nlines\r").what(), ContainsSubstring("the quote that opens here is not closed"));
}

TEST_CASE("text after a closing quote is an error in characters", "[config]") {
  const Error error = refusal("A='äö' x");

  CHECK_THAT(error.what(), ContainsSubstring("text follows the closing quote"));
  CHECK(error.place().column == 8);
}

TEST_CASE("a dotenv file that is not there says so", "[config]") {
  const seedbed::test::TempDir folder;
  seedbed::test::write_file(folder / ".env/bin/python", "");

  CHECK(read_dotenv(folder / ".env.local", ".env.local").missing == "no such file");
  CHECK(read_dotenv(folder / ".env", ".env").missing == "is a folder");
}
