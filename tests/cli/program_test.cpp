// The program's screens and refusals that need no database.

#include "support/program.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

#include "report/display.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

namespace fs = std::filesystem;
using namespace seedbed::test;

namespace {

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) {
    longest = std::max(longest, seedbed::host::display_width(line));
  }
  return longest;
}

Finished shell(const TempDir& folder, const std::string& command) {
  return Program(folder.path(), "/bin/sh").run({"-c", command});
}

/// Runs the program as somebody who may not open everything, as root may.
Finished run_unprivileged(const TempDir& folder, std::vector<std::string> arguments) {
  fs::permissions(folder.path(), fs::perms(0755));
  if (geteuid() != 0) return Program(folder.path()).run(arguments);
  arguments.insert(arguments.begin(),
                   {"--reuid=65534", "--regid=65534", "--clear-groups", SEEDBED_PROGRAM});
  return Program(folder.path(), "/usr/bin/setpriv").run(arguments);
}

/// A folder that nobody but root may list, until its scope ends.
class ClosedFolder {
 public:
  explicit ClosedFolder(fs::path path) : path_(std::move(path)) {
    fs::create_directories(path_);
    fs::permissions(path_, fs::perms::none);
  }
  ~ClosedFolder() { fs::permissions(path_, fs::perms::owner_all); }
  ClosedFolder(const ClosedFolder&) = delete;
  ClosedFolder& operator=(const ClosedFolder&) = delete;

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("the help fits a screen of 80 columns and 24 lines", "[cli]") {
  const Finished run = Program("/").run({"-h"});

  CHECK(run.exit_code == 0);
  CHECK(run.err.empty());
  CHECK(longest_line(run.out) < 80);
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') < 24);
  check_golden("cli/help.txt", run.out);
}

TEST_CASE("each command has a help screen", "[cli]") {
  const std::string command =
      GENERATE("up", "seed", "prove", "status", "log", "down", "reset", "stamp", "adopt", "repair", "new", "plugins", "env", "wait", "doctor", "split");

  const Finished run = Program("/").run({command, "--help"});

  CHECK(run.exit_code == 0);
  CHECK(longest_line(run.out) < 80);
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') < 24);
  check_golden("cli/help_" + command + ".txt", run.out);
}

TEST_CASE("the version names the release and the ABI", "[cli]") {
  const Finished run = Program("/").run({"--version"});

  CHECK(run.exit_code == 0);
  CHECK(std::regex_match(run.out, std::regex(R"(seedbed \d+\.\d+\.\d+, plugin ABI \d+\n)")));
}

TEST_CASE("wrong usage ends with 2 and a hint", "[cli]") {
  const Finished run = Program("/").run({"statsu"});

  CHECK(run.exit_code == 2);
  CHECK(run.out.empty());
  CHECK(run.err ==
        "seedbed: error: there is no command \"statsu\"\n"
        "  hint:   Did you mean \"status\"?\n");
}

TEST_CASE("an error is a document where a machine reads", "[cli]") {
  const Finished run = Program("/").run({"--format", "json", "statsu"});

  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, ContainsSubstring("there is no command"));
  check_golden("cli/usage_error.json", run.out);
}

TEST_CASE("colour is only added when it is asked for", "[cli]") {
  CHECK_THAT(Program("/").run({"--color", "always", "statsu"}).err,
             ContainsSubstring("\x1b[1;31merror:\x1b[0m"));
  CHECK_THAT(Program("/").run({"statsu"}).err, !ContainsSubstring("\x1b"));
}

TEST_CASE("split counts the statements of a file and of standard input", "[cli]") {
  TempDir folder;
  write_file(folder / "a.sql", "SELECT 1; SELECT ';';\n-- nothing\n");
  Program seedbed(folder.path());

  CHECK(seedbed.run({"split", "a.sql", "--count"}).out == "2\n");
  CHECK(seedbed.input("SELECT 1;").run({"split", "--count", "-"}).out == "1\n");
}

TEST_CASE("split refuses what it cannot read", "[cli]") {
  TempDir folder;
  const Program seedbed(folder.path());

  const Finished missing = seedbed.run({"split", "none.sql"});
  const Finished unnamed = seedbed.run({"split"});
  const Finished directory = seedbed.run({"split", "."});
  const Finished dialect = seedbed.run({"split", "none.sql", "--dialect", "mysql"});

  CHECK(missing.exit_code == 2);
  CHECK(missing.err == "seedbed: error: could not read \"none.sql\": No such file or directory\n");
  CHECK(unnamed.exit_code == 2);
  CHECK_THAT(unnamed.err, ContainsSubstring("\"split\" needs the name of a file"));
  CHECK(directory.exit_code == 2);
  CHECK_THAT(directory.err, ContainsSubstring("could not read \".\": it is a folder"));
  CHECK(dialect.exit_code == 2);
  CHECK_THAT(dialect.err, ContainsSubstring("--dialect: \"mysql\" is not a dialect"));
}

TEST_CASE("new writes a migration named after the time in UTC", "[cli]") {
  TempDir folder;

  const Finished run = Program(folder.path()).run({"new", "add_customers"});

  CHECK(run.exit_code == 0);
  CHECK(std::regex_match(run.out, std::regex(R"(created migrations/\d{14}_add_customers\.sql\n)")));
}

TEST_CASE("new writes a plugin folder with the seeder's name in it", "[cli]") {
  TempDir folder;
  const Program seedbed(folder.path());

  const Finished run = seedbed.run({"new", "--seeder", "shop_orders"});
  const Finished again = seedbed.run({"new", "--seeder", "shop_orders"});

  CHECK(run.exit_code == 0);
  check_golden("cli/new_seeder.txt",
               std::regex_replace(run.out, std::regex(R"(\d{14})"), "YYYYMMDDhhmmss"));
  CHECK_THAT(read_file(folder / "plugins/shop_orders/shop_orders.cpp"),
             ContainsSubstring("SEEDBED_SEEDER(ShopOrders, "));
  CHECK_THAT(read_file(folder / "plugins/shop_orders/CMakeLists.txt"),
             ContainsSubstring("seedbed_add_seeder(shop_orders shop_orders.cpp)"));
  CHECK(again.exit_code == 2);
  CHECK(again.err == "seedbed: error: \"plugins/shop_orders\" exists already\n");
}

TEST_CASE("new refuses names that cannot be", "[cli]") {
  TempDir folder;
  const Program seedbed(folder.path());

  const Finished capital = seedbed.run({"new", "--seeder", "Shop.Orders"});
  const Finished reserved = seedbed.run({"new", "--seeder", "test"});
  const Finished none = seedbed.run({"new"});
  const Finished both = seedbed.run({"new", "a", "--seeder", "b"});

  CHECK(capital.exit_code == 2);
  CHECK_THAT(capital.err, ContainsSubstring("\"Shop.Orders\" cannot be the name of a seeder"));
  CHECK(reserved.exit_code == 2);
  CHECK_THAT(reserved.err, ContainsSubstring("uses this name for something else"));
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.err, ContainsSubstring("\"new\" needs a name"));
  CHECK(both.exit_code == 2);
  CHECK_THAT(both.err, ContainsSubstring("a migration and a seeder cannot be made at once"));
}

TEST_CASE("execute without a dry run is refused", "[cli]") {
  const Finished run = Program("/").run({"up", "--execute"});

  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, ContainsSubstring("\"--execute\" has no meaning without \"--dry-run\""));
}

TEST_CASE("plugins lists an empty folder and refuses a graph of another kind", "[cli]") {
  TempDir folder;
  const Program seedbed(folder.path());

  const Finished list = seedbed.run({"plugins"});
  const Finished graph = seedbed.run({"plugins", "--graph", "dot"});

  CHECK(list.exit_code == 0);
  CHECK(list.out == "local  tier development\n\nNo seeders were found.\n");
  CHECK(graph.exit_code == 2);
  CHECK_THAT(graph.err, ContainsSubstring("\"--graph dot\" is not a kind of graph"));
}

TEST_CASE("env shows each value with its source", "[cli]") {
  TempDir folder;

  const Finished run =
      Program(folder.path()).run({"env", "--url", "postgres://u:topsecret@localhost/db"});

  CHECK(run.exit_code == 0);
  CHECK_THAT(run.out, ContainsSubstring("command line"));
  CHECK_THAT(run.out, !ContainsSubstring("topsecret"));
}

TEST_CASE("output that cannot be written is an error", "[cli]") {
  const Finished run =
      Program("/", "/bin/sh").run({"-c", std::string(SEEDBED_PROGRAM) + " -h > /dev/full"});

  CHECK(run.exit_code == 1);
  CHECK(run.err == "seedbed: error: could not write to standard output: No space left on device\n");
}

TEST_CASE("a report for a closed standard output does not end up in the log file", "[cli]") {
  TempDir folder;
  const std::string seedbed = SEEDBED_PROGRAM;

  const Finished out = shell(folder, seedbed + " plugins --log-file out.jsonl >&-");
  const Finished all = shell(folder, seedbed + " plugins --log-file all.jsonl <&- >&- 2>&-");

  CHECK(out.exit_code == 0);
  CHECK_THAT(read_file(folder / "out.jsonl"), !ContainsSubstring("No seeders"));
  CHECK(all.exit_code == 0);
  CHECK_THAT(read_file(folder / "all.jsonl"), !ContainsSubstring("No seeders"));
}

TEST_CASE("a folder that cannot be read is refused with its name and the cause", "[cli]") {
  TempDir folder;
  const ClosedFolder closed(folder / "p");
  const ClosedFolder inner(folder / "plugins/inner");

  const Finished seeders = run_unprivileged(folder, {"plugins", "--seeders", "p"});
  const Finished below = run_unprivileged(folder, {"plugins", "--seeders", "p/q"});
  const Finished sql = run_unprivileged(folder, {"plugins", "--sql", "p"});
  const Finished entry = run_unprivileged(folder, {"plugins"});

  CHECK(seeders.exit_code == 2);
  CHECK_THAT(seeders.err, ContainsSubstring("/p\": Permission denied\n"));
  CHECK_THAT(seeders.err, !ContainsSubstring("fault of seedbed"));
  CHECK(below.exit_code == 2);
  CHECK_THAT(below.err, ContainsSubstring("/p/q\": Permission denied\n"));
  CHECK(sql.exit_code == 2);
  CHECK_THAT(sql.err, ContainsSubstring("/p\": Permission denied\n"));
  CHECK(entry.exit_code == 6);
  CHECK_THAT(entry.out, ContainsSubstring("/plugins/inner\": Permission denied"));
}

TEST_CASE("a working directory that was deleted is refused with the cause", "[cli]") {
  TempDir folder;

  const Finished run = shell(folder, "mkdir gone && cd gone && rmdir ../gone && exec " +
                                         std::string(SEEDBED_PROGRAM) + " plugins");

  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, ContainsSubstring("could not find the working directory: "
                                        "No such file or directory"));
}

TEST_CASE("a pipe or a link to nowhere among the plugins is refused as such", "[cli]") {
  TempDir folder;
  fs::create_directories(folder / "plugins/folder");
  REQUIRE(mkfifo((folder / "plugins/pipe.so").c_str(), 0600) == 0);
  REQUIRE(mkfifo((folder / "plugins/folder/seeder.toml").c_str(), 0600) == 0);
  fs::create_symlink("nowhere.so", folder / "plugins/link.so");

  const Finished run = Program(folder.path()).run({"plugins"});

  CHECK(run.exit_code == 6);
  CHECK_THAT(run.out, ContainsSubstring("pipe.so\" is no regular file"));
  CHECK_THAT(run.out, ContainsSubstring("seeder.toml\": it is no regular file"));
  CHECK_THAT(run.out, ContainsSubstring("link.so\" is a link to a file that does not exist"));
}

TEST_CASE("new leaves no half of a seeder where its migration cannot be written", "[cli]") {
  TempDir folder;
  write_file(folder / "migrations", "a file in the folder's place");

  const Finished run = Program(folder.path()).run({"new", "--seeder", "orders"});

  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, ContainsSubstring("migrations"));
  CHECK_FALSE(fs::exists(folder / "plugins/orders"));
}

TEST_CASE("new makes a migration that runs for a seeder named by a word of SQL", "[cli]") {
  TempDir folder;
  const Program seedbed(folder.path());
  REQUIRE(seedbed.run({"new", "--seeder", "order"}).exit_code == 0);

  const Finished run = seedbed.run({"up", "--no-seed", "--url", "sqlite:a.db"});

  CHECK(run.exit_code == 0);
  CHECK(run.err.empty());
}

TEST_CASE("new refuses letters that it would leave out", "[cli]") {
  TempDir folder;

  const Finished run = Program(folder.path()).run({"new", "Ünï"});

  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err, ContainsSubstring("\"Ünï\" has letters that a migration's name cannot have"));
  CHECK_FALSE(fs::exists(folder / "migrations"));
}

TEST_CASE("dev refuses words after build", "[cli]") {
  const Finished run =
      Program("/", fs::path(SEEDBED_SOURCE_DIR) / "dev").run({"build", "extra"});

  CHECK(run.exit_code == 2);
  CHECK(run.err == "dev: \"build\" takes no argument \"extra\"\n");
}

TEST_CASE("A run on SQLite loads nothing of PostgreSQL", "[cli]") {
  TempDir folder;
  Program seedbed(folder.path());
  seedbed.environment("LD_DEBUG", "files");

  const Finished run = seedbed.run({"up", "--no-seed", "--url", "sqlite:a.db"});

  CHECK(run.exit_code == 0);
  CHECK_THAT(run.err, ContainsSubstring("libsqlite3"));
  CHECK_THAT(run.err, !ContainsSubstring("libpq"));
}
