#include "config/toml_file.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace seedbed::host;
using seedbed::test::failure_of;

namespace {

TomlFile parse(const std::string& text) { return parse_toml_file({"seedbed.toml", text}); }

Error refusal(const std::string& text) {
  return failure_of([&] { parse(text); });
}

}  // namespace

TEST_CASE("values know their line and column", "[config]") {
  const TomlFile file =
      parse("[migrations]\n  directory = \"db\"\n[seeders]\norder = [\"a\",\n \"b\"]");

  CHECK(file.directory->value == "db");
  CHECK(file.directory->place.line == 2);
  CHECK(file.directory->place.column == 15);
  CHECK(file.order->value.at(1).value == "b");
  CHECK(file.order->value.at(1).place.line == 5);
}

TEST_CASE("parameters keep their types", "[config]") {
  const TomlFile file =
      parse("[environments.x.parameters.s]\na = 1\nb = 2.5\nc = true\nd = \"four\"\n");
  const auto& parameters = file.environments.at("x").parameters.at("s");

  CHECK(std::get<std::int64_t>(parameters.at("a").value) == 1);
  CHECK(std::get<double>(parameters.at("b").value) == 2.5);
  CHECK(std::get<bool>(parameters.at("c").value));
  CHECK(std::get<std::string>(parameters.at("d").value) == "four");
  CHECK(parameters.at("d").place.line == 5);
}

TEST_CASE("a hook is for both engines or for those it names", "[config]") {
  const TomlFile file = parse("[hooks]\nafter_seed = [\"SELECT 1\", {postgres = \"ANALYZE\"}]");

  CHECK(file.after_seed->value.at(0).sqlite == "SELECT 1");
  CHECK(file.after_seed->value.at(0).postgres == "SELECT 1");
  CHECK(file.after_seed->value.at(1).sqlite == "");
  CHECK(file.after_seed->value.at(1).postgres == "ANALYZE");
}

TEST_CASE("a lock timeout is a text or a number of seconds", "[config]") {
  CHECK(parse("[environments.x]\nlock_timeout = \"2m\"").environments.at("x").lock_timeout->value ==
        "2m");
  CHECK(parse("[environments.x]\nlock_timeout = 30").environments.at("x").lock_timeout->value ==
        "30");
}

TEST_CASE("malformed TOML is an error at its line and column", "[config]") {
  const Error error = refusal("[seeders]\norder = = 1\n");

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("could not parse \"seedbed.toml\": "));
  CHECK(error.place().file == "seedbed.toml");
  CHECK(error.place().line == 2);
  CHECK(error.place().column == 9);
  CHECK(error.place().text == "order = = 1");
}

TEST_CASE("a malformed line is shown unless it may hold a secret", "[config]") {
  const Error plain = refusal("default_environment = local");
  const Error secret = refusal("[environments.x]\nurl = postgres://app:hunter2@db/shop");

  CHECK(plain.place().text == "default_environment = local");
  CHECK(secret.place().text.empty());
  CHECK(secret.message() == "could not parse \"seedbed.toml\": it is malformed");
  CHECK_THAT(secret.detail(), ContainsSubstring("may hold a secret"));
  CHECK(secret.place().line == 2);
}

TEST_CASE("a malformed line in the middle of a string is not shown", "[config]") {
  const Error error = refusal("[environments.x]\nurl = \"\"\"\npostgres://app:\nhun\\qter2\n@db/shop\"\"\"\n");

  CHECK(error.place().line == 4);
  CHECK(error.place().text.empty());
  CHECK(error.message().find("ter2") == std::string::npos);
}

TEST_CASE("a key that there is not is an error with the nearest key", "[config]") {
  const Error top = refusal("default_enviroment = \"local\"");
  const Error environment = refusal("[environments.local]\ntier = \"staging\"\n  ulr = \"x.db\"");

  CHECK(top.code() == ExitCode::usage);
  CHECK(top.message() == "there is no key \"default_enviroment\" at the top of the file");
  CHECK(top.hint() == "Did you mean \"default_environment\"?");
  CHECK(environment.message() == "there is no key \"ulr\" in [environments.local]");
  CHECK(environment.place().line == 3);
  CHECK(environment.place().column == 3);
  CHECK(environment.hint() == "Did you mean \"url\"?");
  CHECK_THAT(environment.detail(), ContainsSubstring("tier, url, seeders"));
}

TEST_CASE("keys are checked in every table", "[config]") {
  CHECK(refusal("[migrations]\ndir = 1").message() == "there is no key \"dir\" in [migrations]");
  CHECK(refusal("[seeders]\norders = 1").message() == "there is no key \"orders\" in [seeders]");
  CHECK(refusal("[hooks]\nafter = 1").message() == "there is no key \"after\" in [hooks]");
  CHECK(refusal("[hooks]\nafter_seed = [{mysql = \"x\"}]").message() ==
        "there is no key \"mysql\" in [hooks.after_seed]");
  CHECK(refusal("[environment.local]").hint() == "Did you mean \"environments\"?");
}

TEST_CASE("a value of the wrong type is an error at its place", "[config]") {
  const Error error = refusal("[environments.x]\ntier = 3");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"environments.x.tier\" is an integer, and must be a string");
  CHECK(error.place().line == 2);
  CHECK(error.place().column == 8);
  CHECK(error.place().text == "tier = 3");
}

TEST_CASE("types are checked in every table", "[config]") {
  CHECK_THAT(refusal("migrations = 1").what(), ContainsSubstring("must be a table"));
  CHECK_THAT(refusal("environments.x = \"y\"").what(), ContainsSubstring("must be a table"));
  CHECK_THAT(refusal("[seeders]\norder = \"a\"").what(),
             ContainsSubstring("must be an array of strings"));
  CHECK_THAT(refusal("[seeders]\norder = [1.5]").what(),
             ContainsSubstring("an item of \"seeders.order\" is a float, and must be a string"));
  CHECK_THAT(refusal("[environments.x]\nprotected = \"yes\"").what(),
             ContainsSubstring("must be a boolean"));
  CHECK_THAT(refusal("[environments.x]\nlock_timeout = true").what(),
             ContainsSubstring("must be a duration"));
  CHECK_THAT(refusal("[environments.x.parameters.s]\np = 2026-01-01").what(),
             ContainsSubstring("is a date or time, and must be a string, a number or a boolean"));
  CHECK_THAT(refusal("[hooks]\nafter_seed = \"x\"").what(), ContainsSubstring("must be an array"));
  CHECK_THAT(refusal("[hooks]\nafter_seed = [1]").what(), ContainsSubstring("must be SQL"));
  CHECK_THAT(refusal("[hooks]\nafter_seed = [{}]").what(),
             ContainsSubstring("has SQL for no engine"));
}

TEST_CASE("the name of an environment can be part of a file name", "[config]") {
  const Error error = refusal("[environments.\"../x\"]");

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"../x\" cannot be the name of an environment");
  CHECK(error.place().line == 1);
}
