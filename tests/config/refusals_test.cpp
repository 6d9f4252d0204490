#include <string>

#include "config/project.hpp"
#include "config/settings.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

TEST_CASE("a database on another machine needs a tier", "[config]") {
  Project project;
  project.line.url = "postgres://app:hunter2@db.example.com/shop";

  const Error error = project.refusal();
  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "a database on another machine needs a tier");
  CHECK_THAT(error.detail(), ContainsSubstring("postgresql://app@db.example.com:5432/shop"));
  CHECK_THAT(error.hint(), ContainsSubstring("--tier staging"));

  project.line.tier = "staging";
  CHECK(project.resolve().tier == Tier::staging);
}

TEST_CASE("neither a file nor a url is an error that lists where the file was looked for",
          "[config]") {
  const Project project;

  const Error error = failure_of([&] { project.resolve("sub"); });

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "could not find seedbed.toml, and no --url was given");
  CHECK_THAT(error.detail(),
             ContainsSubstring("Looked for it in\n  " + project.path("sub").string() + "\n"));
  CHECK_THAT(error.detail(), ContainsSubstring("\n  /"));
  CHECK_THAT(error.hint(), ContainsSubstring("--url"));
}

TEST_CASE("a named file that is not there is an error", "[config]") {
  Project project(kTwoEnvironments);
  project.line.config = "nowhere.toml";

  CHECK(project.refusal().code() == ExitCode::usage);
  CHECK(project.refusal().message() ==
        "could not read \"nowhere.toml\": No such file or directory");

  project.line.config = ".";
  CHECK_THAT(project.refusal().what(), ContainsSubstring("it is a folder"));
}

TEST_CASE("an environment that there is not is an error with the known ones", "[config]") {
  Project project(kTwoEnvironments);
  project.line.environment = "stagin";

  const Error error = project.refusal();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "there is no environment \"stagin\" in \"seedbed.toml\"");
  CHECK_THAT(error.detail(), ContainsSubstring("The environments are local and staging."));
  CHECK_THAT(error.detail(), ContainsSubstring("comes from the command line"));
  CHECK(error.hint() == "Did you mean \"staging\"?");
}

TEST_CASE("a default environment that there is not is an error at its place", "[config]") {
  const Project project("default_environment = \"x\"\n[environments.local]\nurl = \"a.db\"");

  const Error error = project.refusal();

  CHECK(error.message() == "there is no environment \"x\" in \"seedbed.toml\"");
  CHECK(error.place().line == 1);
  CHECK_THAT(error.detail(), ContainsSubstring("The only environment is local."));
}

TEST_CASE("without a default environment one must be said", "[config]") {
  const Project project("[environments.local]\nurl = \"a.db\"");

  const Error error = project.refusal();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "no environment was chosen");
  CHECK_THAT(error.detail(), ContainsSubstring("has local, and no default_environment"));
  CHECK_THAT(error.hint(), ContainsSubstring("--env NAME"));
}

TEST_CASE("a file without environments needs a url on the command line", "[config]") {
  Project project("[migrations]\ndirectory = \"db\"");

  CHECK(project.refusal().message() ==
        "\"seedbed.toml\" has no environment, and no --url was given");
  CHECK(project.refusal().code() == ExitCode::usage);

  project.line.url = "x.db";
  CHECK(project.resolve().migrations.directory == project.path("db"));
}

TEST_CASE("an environment without a url is an error unless one is said", "[config]") {
  Project project("[environments.a]\ntier = \"staging\"");
  project.line.environment = "a";

  CHECK(project.refusal().message() == "the environment \"a\" has no url");
  CHECK_THAT(project.refusal().hint(), ContainsSubstring("[environments.a]"));

  project.line.url = "x.db";
  CHECK(project.resolve().tier == Tier::staging);
}

TEST_CASE("a url that cannot be parsed is an error that says where it came from", "[config]") {
  Project project(kTwoEnvironments);
  project.write(".env.local", "DATABASE_URL=postgres://app:hun@ter2@db/shop");

  const Error error = project.refusal();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.place().line == 4);
  CHECK_THAT(error.what(), ContainsSubstring("could not parse the database url"));
  CHECK_THAT(error.detail(), ContainsSubstring("The url comes from .env.local:1."));
}

TEST_CASE("a variable without braces is explained", "[config]") {
  Project project("[environments.a]\nurl = \"$DATABASE_URL\"");
  project.line.environment = "a";

  CHECK(project.refusal().hint() == "A variable is written ${NAME}.");
}

TEST_CASE("a malformed dotenv file is an error with its name", "[config]") {
  Project project(kTwoEnvironments);
  project.write(".env.local", "A=1\nB");

  const Error error = project.refusal();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.place().file == ".env.local");
  CHECK(error.place().line == 2);
}

TEST_CASE("words that a setting cannot be are errors at their place", "[config]") {
  const std::string text = GENERATE(
      as<std::string>{}, "[migrations]\nformat = \"wrong\"\n",
      "[migrations]\nhistory = \"wrong\"\n", "[migrations]\nout_of_order = \"wrong\"\n",
      "[migrations]\nown_transactions = \"wrong\"\n", "[seeders]\ntransaction = \"wrong\"\n",
      "[sqlite]\njournal = \"wrong\"\n");
  Project project(text + "[environments.a]\nurl = \"a.db\"");
  project.line.environment = "a";

  const Error error = project.refusal();

  CHECK(error.code() == ExitCode::usage);
  CHECK_THAT(error.what(), ContainsSubstring("cannot be \"wrong\""));
  CHECK_THAT(error.detail(), ContainsSubstring("It can be "));
  CHECK(error.place().line == 2);
}

TEST_CASE("a mistyped format is answered with the nearest one", "[config]") {
  Project project(kTwoEnvironments);
  project.line.migrations_format = "gose";

  CHECK(project.refusal().message() == "\"migrations.format\" cannot be \"gose\"");
  CHECK(project.refusal().hint() == "Did you mean \"goose\"?");
}

TEST_CASE("a tier that there is not is an error at its place", "[config]") {
  Project project("[environments.a]\ntier = \"stagin\"\nurl = \"a.db\"");
  project.line.environment = "a";

  const Error error = project.refusal();
  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "there is no tier \"stagin\" (seedbed.toml:2)");
  CHECK(error.detail() == "The tiers are development, staging and production.");
  CHECK(error.hint() == "Did you mean \"staging\"?");
  CHECK(error.place().line == 2);

  project.line.tier = "x";
  CHECK(project.refusal().message() == "there is no tier \"x\" (--tier)");
}

TEST_CASE("a lock timeout that is no length of time is an error", "[config]") {
  Project project("[environments.a]\nurl = \"a.db\"\nlock_timeout = \"soon\"");
  project.line.environment = "a";

  CHECK(project.refusal().code() == ExitCode::usage);
  CHECK(project.refusal().place().line == 3);
  CHECK_THAT(project.refusal().what(), ContainsSubstring("\"soon\" is not a length of time"));

  project.line.lock_timeout = "later";
  CHECK_THAT(project.refusal().what(), ContainsSubstring("--lock-timeout: \"later\""));
}

TEST_CASE("an empty path is an error", "[config]") {
  Project project(kTwoEnvironments);

  project.line.migrations = "";
  CHECK(project.refusal().message() == "an empty path was given for \"migrations.directory\"");

  project.line.migrations.reset();
  project.line.seeders = {""};
  CHECK(project.refusal().message() == "an empty path was given for \"seeders.directories\"");

  project.line.seeders.clear();
  project.line.sql = {""};
  CHECK(project.refusal().message() == "an empty path was given for \"seeders.sql_paths\"");
}

TEST_CASE("a hook whose file is not there is an error at its place", "[config]") {
  Project project("[hooks]\nafter_seed = [\"after.sql\"]\n[environments.a]\nurl = \"a.db\"");
  project.line.environment = "a";

  const Error error = project.refusal();

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "could not find the hook's file \"after.sql\"");
  CHECK(error.place().line == 2);
}

TEST_CASE("SEEDBED_NOW is refused above tier development", "[config]") {
  Project project(kTwoEnvironments);
  project.environment = {{"SEEDBED_NOW", "7"}, {"STAGING_DATABASE_URL", "s.db"}};
  project.line.environment = "staging";

  const Error error = project.refusal();

  CHECK(error.code() == ExitCode::refused);
  CHECK(error.message() == "SEEDBED_NOW is refused in tier staging");
  CHECK_THAT(error.detail(), ContainsSubstring("It comes from the environment"));
}

TEST_CASE("SEEDBED_NOW that is no time is an error", "[config]") {
  Project project(kTwoEnvironments);
  project.environment["SEEDBED_NOW"] = "yesterday";

  CHECK(project.refusal().code() == ExitCode::usage);
  CHECK(project.refusal().message() == "SEEDBED_NOW is \"yesterday\", which is not a time");
}
