#include "log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "error.hpp"
#include "support/catch.hpp"
#include "support/pseudo_terminal.hpp"
#include "support/temp_dir.hpp"

using namespace seedbed::host;
using namespace seedbed::test;

namespace {

// Catches what is written to standard error until its scope ends.
class StandardError {
 public:
  StandardError() : saved_(dup(STDERR_FILENO)) {
    const int file = ::open((folder_ / "err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDERR_FILENO);
    close(file);
  }
  ~StandardError() {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    log::open({});
  }

  std::string text() const { return read_file(folder_ / "err"); }

 private:
  TempDir folder_;
  int saved_;
};

log::Options at_level(log::Level level) {
  log::Options options;
  options.terminal = level;
  return options;
}

}  // namespace

TEST_CASE("an event is a line of its level and its fields", "[log]") {
  StandardError error;
  log::open(at_level(log::Level::info));

  log::info("seeder_completed", {{"seeder", "rbac"}, {"rows", 16}, {"share", 0.5}, {"dry", false}});

  CHECK_THAT(
      error.text(),
      ContainsSubstring(" info    seeder_completed seeder=rbac rows=16 share=0.5 dry=false\n"));
}

TEST_CASE("events below the terminal level are not shown", "[log]") {
  StandardError error;
  log::open(at_level(log::Level::warning));

  log::info("quiet");
  log::warning("loud");

  CHECK_THAT(error.text(), !ContainsSubstring("quiet"));
  CHECK_THAT(error.text(), ContainsSubstring("warning loud\n"));
}

TEST_CASE("a value with blanks or control characters is quoted", "[log]") {
  StandardError error;
  log::open(at_level(log::Level::info));

  log::info("said", {{"words", "a \"b\"\n\x1b[2J"}, {"nothing", ""}});

  CHECK_THAT(error.text(), ContainsSubstring(R"(words="a \"b\"\n\x1b[2J" nothing="")"));
}

TEST_CASE("secrets are hidden on the terminal and in the file", "[log]") {
  StandardError error;
  TempDir folder;
  log::redact("hush-hush");
  log::Options options = at_level(log::Level::info);
  options.file = folder / "log.jsonl";
  log::open(options);

  log::info("connecting", {{"url", "postgres://u:hush%2Dhush@h"}});

  CHECK_THAT(error.text(), ContainsSubstring("url=postgres://u:***@h\n"));
  CHECK_THAT(read_file(folder / "log.jsonl"), ContainsSubstring(R"("url":"postgres://u:***@h"})"));
}

TEST_CASE("the log file has every level and is appended to", "[log]") {
  StandardError error;
  TempDir folder;
  write_file(folder / "log.jsonl", "{}\n");
  log::Options options;
  options.file = folder / "log.jsonl";
  log::open(options);

  log::debug("first", {{"rows", 1}, {"event", "taken"}});

  CHECK_THAT(read_file(folder / "log.jsonl"), Catch::Matchers::StartsWith("{}\n{\"time\":\"20"));
  CHECK_THAT(read_file(folder / "log.jsonl"),
             ContainsSubstring(R"(Z","level":"debug","event":"first","rows":1,"event_":"taken"})"));
  CHECK(error.text().empty());
}

TEST_CASE("a log file that cannot be opened is refused with its name and the reason", "[log]") {
  log::Options options;
  options.file = "/nonexistent/log.jsonl";

  try {
    log::open(options);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK(error.message() ==
          "could not open log file \"/nonexistent/log.jsonl\": No such file or directory");
  }
}

TEST_CASE("a secret in the name of a field is hidden on the terminal and in the file", "[log]") {
  StandardError error;
  TempDir folder;
  log::redact("named-hush");
  log::Options options = at_level(log::Level::info);
  options.file = folder / "log.jsonl";
  log::open(options);

  log::info("tried", {{"named-hush", 1}, {"a named-hush", 2}, {"named-hush", 3}, {"named-hush", 4}});

  CHECK_THAT(error.text(), ContainsSubstring(R"(tried ***=1 "a ***"=2 ***=3 ***=4)"));
  CHECK_THAT(read_file(folder / "log.jsonl"),
             ContainsSubstring(R"("***":1,"a ***":2,"***_":3,"***__":4})"));
}

TEST_CASE("a dumb terminal gets no escape sequences", "[log]") {
  if (!PseudoTerminal::available()) return;  // no terminal to write to
  const char* const kind = GENERATE("dumb", "xterm");
  std::string shown;
  {
    const PseudoTerminal terminal(kind);
    log::open({});
    log::warning("loud");
    shown = terminal.text();
  }
  log::open({});

  CHECK_THAT(shown, ContainsSubstring("warning loud"));
  CHECK((shown.find('\x1b') == std::string::npos) == (std::string(kind) == "dumb"));
}
