#include "config/interpolate.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace seedbed::host;
using seedbed::test::failure_of;

namespace {

const Environment kEnvironment{{"A", "a"}, {"EMPTY", ""}, {"DB_PASSWORD", "pw"}};

Variables variables() {
  DotenvFile staging = parse_dotenv({".env.staging", "\nFILE=staging\nA=not this"});
  DotenvFile common = parse_dotenv({".env", "FILE=common\nCOMMON=c\nEMPTY=x"});
  return {kEnvironment, {staging, common}};
}

Expanded expand(const std::string& text) {
  return variables().expand({text, {"seedbed.toml", 7, 3, ""}}, "some.key");
}

std::string value(const std::string& text) { return expand(text).value; }

Error refusal(const std::string& text) {
  return failure_of([&] { expand(text); });
}

}  // namespace

TEST_CASE("variables are replaced inside a string", "[config]") {
  CHECK(value("x${A}y${COMMON}z") == "xaycz");
  CHECK(value("") == "");
  CHECK(value("plain") == "plain");
}

TEST_CASE("the process environment wins over files and the first file over the second",
          "[config]") {
  CHECK(value("${A}") == "a");
  CHECK(value("${FILE}") == "staging");
  CHECK(value("${COMMON}") == "c");
}

TEST_CASE("a default stands in for a variable that is not set or empty", "[config]") {
  CHECK(value("${NONE:-d}") == "d");
  CHECK(value("${EMPTY:-d}") == "d");
  CHECK(value("${NONE:-}") == "");
  CHECK(value("${A:-d}") == "a");
  CHECK(value("${NONE:-sqlite:a:-b.db}") == "sqlite:a:-b.db");
}

TEST_CASE("defaults nest", "[config]") {
  CHECK(value("${NONE:-${NEITHER:-c}}") == "c");
  CHECK(value("${NONE:-<${A}>}!") == "<a>!");
  CHECK(value("${A:-${NONE}}") == "a");
}

TEST_CASE("two dollar signs are one and a lone one is itself", "[config]") {
  CHECK(value("$$") == "$");
  CHECK(value("$${A}") == "${A}");
  CHECK(value("$5 and $A and $") == "$5 and $A and $");
  CHECK(value("${NONE:-$${x$$}") == "${x$");
}

TEST_CASE("the value of a variable is not looked into", "[config]") {
  const Environment environment{{"A", "${B} $$"}};
  Variables variables(environment, {});

  CHECK(variables.expand({"${A}", {}}, "key").value == "${B} $$");
}

TEST_CASE("a string that is one variable comes from where the variable does", "[config]") {
  CHECK(expand("${A}").source == "environment");
  CHECK(expand("${FILE:-x}").source == ".env.staging:2");
  CHECK(expand("${NONE:-${COMMON}}").source == ".env:2");
  CHECK(expand("${NONE:-x}").source == "seedbed.toml:7");
  CHECK(expand("x${A}").source == "seedbed.toml:7");
  CHECK(expand("${A}${A}").source == "seedbed.toml:7");
}

TEST_CASE("the variables that were met are remembered", "[config]") {
  Variables met = variables();

  met.expand({"${A}${NONE:-x}", {}}, "key");
  met.expand({"${COMMON}", {}}, "url", /*in_url=*/true);

  CHECK(met.uses().size() == 3);
  CHECK(met.uses().at("A").source == "environment");
  CHECK_FALSE(met.uses().at("A").in_url);
  CHECK(met.uses().at("NONE").source == "not set");
  CHECK(met.uses().at("COMMON").in_url);
}

TEST_CASE("a variable with the name of a secret makes the string one", "[config]") {
  CHECK(expand("x${DB_PASSWORD}").secret);
  CHECK_FALSE(expand("x${A}").secret);
  CHECK(is_secret_name("api_key"));
  CHECK(is_secret_name("GH_TOKEN"));
  CHECK_FALSE(is_secret_name("enrollments"));
}

TEST_CASE("a variable that is not set is an error that lists where it was looked for", "[config]") {
  Variables variables(kEnvironment, {DotenvFile{".env.staging", "no such file", {}},
                                     parse_dotenv({".env", "X=1"})});

  const Error error = failure_of([&] {
    variables.expand({"${NONE}", {"seedbed.toml", 7, 3, "url = x"}}, "some.key");
  });

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "the variable \"NONE\" is not set");
  CHECK(error.place().line == 7);
  CHECK(error.detail() ==
        "\"some.key\" needs it.  Looked for it in\n"
        "  the environment  not set\n"
        "  .env.staging     no such file\n"
        "  .env             not in it");
  CHECK(error.hint() == "Set NONE in the environment or in .env.staging.");
}

TEST_CASE("a variable that is empty is an error that says where", "[config]") {
  const Error error = refusal("${EMPTY}");

  CHECK(error.message() == "the variable \"EMPTY\" is empty");
  CHECK_THAT(error.detail(), ContainsSubstring("the environment  set, but empty"));
}

TEST_CASE("malformed variables are errors at the string", "[config]") {
  const Error error = refusal("${A");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() ==
        "could not replace the variables in \"some.key\": \"${\" is not closed by \"}\"");
  CHECK(error.place().line == 7);
  CHECK_THAT(error.hint(), ContainsSubstring("${NAME:-default}"));
  CHECK_THAT(refusal("${A:-${B}").what(), ContainsSubstring("is not closed"));
  CHECK_THAT(refusal("${}").what(), ContainsSubstring("must follow"));
  CHECK_THAT(refusal("${1A}").what(), ContainsSubstring("must follow"));
  CHECK_THAT(refusal("${A?x}").what(), ContainsSubstring("may follow the name \"A\""));
  CHECK_THAT(refusal("${A-x}").what(), ContainsSubstring("may follow the name \"A\""));
}
