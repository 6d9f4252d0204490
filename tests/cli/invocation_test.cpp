#include "cli/invocation.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/pseudo_terminal.hpp"

using namespace seedbed::host;
using namespace std::chrono_literals;

namespace {

cli::Invocation parsed(const std::vector<std::string>& arguments) {
  cli::Invocation invocation;
  cli::parse(arguments, invocation);
  return invocation;
}

Error refusal(const std::vector<std::string>& arguments) {
  try {
    parsed(arguments);
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  return {ExitCode::done, ""};
}

}  // namespace

TEST_CASE("options stand before or after the command", "[cli]") {
  const cli::Invocation before = parsed({"--url", "a.db", "--format", "json", "up"});
  const cli::Invocation after = parsed({"up", "--url=a.db", "--format=json"});

  CHECK(before.globals.settings.url == "a.db");
  CHECK(after.globals.settings.url == "a.db");
  CHECK(before.globals.look.format == OutputFormat::json);
  CHECK(after.globals.look.format == OutputFormat::json);
}

TEST_CASE("repeatable options take one value each time", "[cli]") {
  const cli::Invocation invocation =
      parsed({"--sql", "a.sql", "--sql", "b", "seed", "rbac", "--seeders", "p", "users"});

  CHECK(invocation.globals.settings.sql == std::vector<std::string>{"a.sql", "b"});
  CHECK(invocation.globals.settings.seeders == std::vector<std::string>{"p"});
}

TEST_CASE("every option of the settings reaches them", "[cli]") {
  const CommandLine settings =
      parsed({"status", "--config", "c", "--env", "e", "--tier", "t", "--migrations", "m",
              "--migrations-format", "f", "--lock-timeout", "9s", "--wait", "1m"})
          .globals.settings;

  CHECK(settings.config == "c");
  CHECK(settings.environment == "e");
  CHECK(settings.tier == "t");
  CHECK(settings.migrations == "m");
  CHECK(settings.migrations_format == "f");
  CHECK(settings.lock_timeout == "9s");
  CHECK_FALSE(settings.url.has_value());
}

TEST_CASE("a wait that was not said is left to the command", "[cli]") {
  CHECK_FALSE(parsed({"up"}).globals.wait.has_value());
  CHECK(parsed({"up", "--wait", "500ms"}).globals.wait == 500ms);
}

TEST_CASE("an argument may have the name of a command", "[cli]") {
  CHECK_NOTHROW(parsed({"seed", "up", "status"}));
  CHECK_NOTHROW(parsed({"new", "plugins"}));
}

TEST_CASE("a mistyped command is refused with the nearest name", "[cli]") {
  const Error error = refusal({"statsu", "--env", "local"});

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "there is no command \"statsu\"");
  CHECK(error.hint() == "Did you mean \"status\"?");
}

TEST_CASE("a command like no other is refused with all names", "[cli]") {
  const Error error = refusal({"frobnicate"});

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "there is no command \"frobnicate\"");
  CHECK(error.hint() == "The commands are up, seed, prove, status, log, down, reset, stamp, adopt, repair, new, plugins, env, wait, doctor, split.");
}

TEST_CASE("a mistyped option is refused with the nearest name", "[cli]") {
  const Error own = refusal({"up", "--dryrun"});
  const Error shared = refusal({"up", "--ulr=x"});
  const Error early = refusal({"--confg", "x", "up"});

  CHECK(own.code() == ExitCode::usage);
  CHECK(own.message() == "\"up\" has no option \"--dryrun\"");
  CHECK(own.hint() == "Did you mean \"--dry-run\"?");
  CHECK(shared.hint() == "Did you mean \"--url\"?");
  CHECK(early.hint() == "Did you mean \"--config\"?");
}

TEST_CASE("an option of another command is refused with that command", "[cli]") {
  const Error error = refusal({"status", "--to", "5"});

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"status\" has no option \"--to\"");
  CHECK(error.hint() == "It is an option of \"up\" and \"down\", after the command.");
}

TEST_CASE("an option of a command that stands before it is refused as such", "[cli]") {
  const Error error = refusal({"--to", "5", "up"});

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "option \"--to\" of \"up\" must stand after the command");
}

TEST_CASE("a value that is missing or too much is refused with the option", "[cli]") {
  CHECK(refusal({"up", "--url"}).message() == "option \"--url\" needs a value");
  CHECK(refusal({"up", "--to"}).message() == "option \"--to\" needs a value");
  CHECK(refusal({"up", "--url", "a", "--url", "b"}).message() ==
        "option \"--url\" was given twice");
  CHECK(refusal({"up", "--dry-run=maybe"}).message() == "option \"--dry-run\" takes no value");
  CHECK(refusal({"up", "--url"}).code() == ExitCode::usage);
}

TEST_CASE("an argument for a command that takes none is refused", "[cli]") {
  const Error error = refusal({"up", "now"});

  CHECK(error.code() == ExitCode::usage);
  CHECK(error.message() == "\"up\" takes no argument \"now\"");
}

TEST_CASE("a choice that does not exist is refused with the ones that do", "[cli]") {
  CHECK(refusal({"--format", "yaml", "up"}).message() == "--format: \"yaml\" is not a format");
  CHECK(refusal({"--format", "yaml", "up"}).hint() == "The formats are text, json and markdown.");
  CHECK(refusal({"--color", "red", "up"}).message() == "--color: \"red\" is not a choice");
  CHECK(refusal({"--wait", "soon", "up"}).message() == "--wait: \"soon\" is not a length of time");
  CHECK(refusal({"-q", "-v", "up"}).message() == "\"-q\" and \"-v\" contradict each other");
}

TEST_CASE("no command at all is refused", "[cli]") {
  CHECK(refusal({}).code() == ExitCode::usage);
  CHECK(refusal({}).message() == "no command was given");
}

TEST_CASE("a refused command line still says in which format", "[cli]") {
  cli::Invocation invocation;

  CHECK_THROWS_AS(cli::parse(std::vector<std::string>{"--format", "json", "upp"}, invocation),
                  Error);

  CHECK(invocation.globals.look.format == OutputFormat::json);
}

TEST_CASE("an option with nothing after its equals sign is refused and takes no other word", "[cli]") {
  const Error environment = refusal({"--env=", "up"});
  const Error url = refusal({"up", "--url=", "--dry-run"});
  const Error own = refusal({"up", "--to=", "--dry-run"});

  CHECK(environment.code() == ExitCode::usage);
  CHECK(environment.message() ==
        "option \"--env\" has an empty value: nothing stands after its \"=\"");
  CHECK(url.message() == "option \"--url\" has an empty value: nothing stands after its \"=\"");
  CHECK(own.message() == "option \"--to\" has an empty value: nothing stands after its \"=\"");
  CHECK(refusal({"up", "--ulr="}).hint() == "Did you mean \"--url\"?");
}

TEST_CASE("an empty value leaves the other options understood", "[cli]") {
  cli::Invocation invocation;

  CHECK_THROWS_AS(
      cli::parse(std::vector<std::string>{"--env=", "up", "--format", "json"}, invocation), Error);

  CHECK(invocation.globals.look.format == OutputFormat::json);
}

TEST_CASE("progress is drawn on a terminal that is not dumb", "[cli]") {
  if (!seedbed::test::PseudoTerminal::available()) return;  // no terminal to draw on
  const auto draws_on = [](const char* kind) {
    const seedbed::test::PseudoTerminal terminal(kind);
    return parsed({"up"}).globals.progress;
  };

  CHECK(draws_on("xterm"));
  CHECK_FALSE(draws_on("dumb"));
}
