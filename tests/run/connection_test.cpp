// A database that cannot be reached, or is none.

#include <chrono>
#include <filesystem>

#include <unistd.h>

#include "run/workspace.hpp"
#include "support/catch.hpp"

using namespace seedbed::test;
using seedbed::host::Engine;
namespace fs = std::filesystem;

namespace {

Finished up(const std::string& url) {
  const TempDir folder;
  return Program(folder.path()).run({"up", "--wait", "0", "--url", url});
}

/// The tests' server, its role changed to one that has to give a password.
std::string url_with_password(const std::string& url, const std::string& password) {
  return url + "&user=with_password&password=" + password;
}

/// Root may write everything: then a copy of the program, where everybody can reach it, runs as
/// somebody else.
Finished up_as_ordinary_user(const fs::path& folder, const std::string& url) {
  if (getuid() != 0) return Program(folder).run({"up", "--url", url});
  fs::copy_file(SEEDBED_PROGRAM, folder / "seedbed");
  return Program(folder, "/usr/bin/setpriv")
      .run({"--reuid=65534", "--regid=65534", "--clear-groups", (folder / "seedbed").string(), "up", "--url", url});
}

}  // namespace

TEST_CASE("an unreachable database is an error that names it", "[run]") {
  const TempDir socket;

  const Finished finished = up("postgresql:///shop?host=" + socket.path().string());

  CHECK(finished.exit_code == 1);
  CHECK_THAT(finished.err, ContainsSubstring("could not connect to \"postgresql://"));
  CHECK_THAT(finished.err, ContainsSubstring("No such file or directory"));
  CHECK_THAT(finished.err, ContainsSubstring("Is the server running"));
}

TEST_CASE("a fault of the files ends the run although the database is still waited for", "[run]") {
  const TempDir folder;
  write_file(folder / "migrations/no_version.sql", "SELECT 1;\n");
  const auto start = std::chrono::steady_clock::now();

  const Finished finished = Program(folder.path()).run({"up", "--wait", "60", "--url", "postgresql:///shop?host=" + folder.path().string()});

  CHECK(finished.exit_code == 2);
  CHECK_THAT(finished.err, ContainsSubstring("no_version.sql"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

TEST_CASE("wait gives up when its time is over", "[run]") {
  const TempDir folder;

  const Finished wait = Program(folder.path()).run({"wait", "--wait", "300ms", "--url",
                                                    "postgresql:///shop?host=" + folder.path().string()});

  CHECK(wait.exit_code == 1);
  CHECK_THAT(wait.err, ContainsSubstring("could not connect"));
}

TEST_CASE("wait says that the database accepts connections", "[run]") {
  Workspace workspace(GENERATE(Engine::sqlite, Engine::postgres));
  workspace.database().execute("CREATE TABLE something (a integer)");

  const Finished wait = workspace.run({"wait"});

  CHECK(wait.exit_code == 0);
  CHECK_THAT(wait.out, ContainsSubstring("accepts connections"));
}

TEST_CASE("a wrong password fails at once and is shown nowhere", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.database().execute(
      "DO $$ BEGIN CREATE ROLE with_password LOGIN PASSWORD 'right'; "
      "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
  const std::string url = url_with_password(workspace.database().url(), "sw0rdfish%2F");
  const std::string log = workspace.path("run.log").string();

  const Finished finished = workspace.program().run({"up", "-vv", "--log-file", log, "--wait", "20s", "--url", url});
  const Finished env = workspace.program().run({"env", "--url", url});

  CHECK(finished.exit_code == 1);
  CHECK_THAT(finished.err, ContainsSubstring("password authentication failed for user \"with_password\""));
  CHECK_THAT(finished.err, ContainsSubstring("SQLSTATE 28P01"));
  CHECK_THAT(finished.out + finished.err + read_file(log) + env.out + env.err, !ContainsSubstring("sw0rdfish"));
}

TEST_CASE("a database that the server has not is refused at once", "[run]") {
  const TestDatabase database(Engine::postgres);
  const std::string server = database.url().substr(database.url().find('?'));

  const Finished finished = up("postgresql:///no_such_database" + server);

  CHECK(finished.exit_code == 1);
  CHECK_THAT(finished.err, ContainsSubstring("database \"no_such_database\" does not exist"));
  CHECK_THAT(finished.err, ContainsSubstring("createdb"));
}

TEST_CASE("an SQLite file that is no database is refused and stays as it is", "[run]") {
  const TempDir folder;
  write_file(folder / "notes.db", std::string(4096, 'x'));

  const Finished finished = up("sqlite:" + (folder / "notes.db").string());

  CHECK(finished.exit_code == 1);
  CHECK_THAT(finished.err, ContainsSubstring("notes.db\": file is not a database"));
  CHECK(read_file(folder / "notes.db") == std::string(4096, 'x'));
}

TEST_CASE("a read-only SQLite file is refused and stays as it is", "[run]") {
  Workspace workspace(Engine::sqlite);
  workspace.write_customer_migration();
  workspace.write("shop.db", "");
  const fs::path folder = workspace.path("");
  for (const fs::path& each : {folder, workspace.path("migrations")}) fs::permissions(each, fs::perms(0755));
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) fs::permissions(file.path(), fs::perms(0444));
  }

  const Finished finished = up_as_ordinary_user(folder, "sqlite:" + workspace.path("shop.db").string());

  CHECK(finished.exit_code == 1);
  CHECK_THAT(finished.err, ContainsSubstring("shop.db\" is read-only"));
  CHECK_THAT(finished.err, ContainsSubstring("the right to write the file and its folder"));
  CHECK(fs::file_size(workspace.path("shop.db")) == 0);
}

TEST_CASE("a database that only reads is refused in the words of the server", "[run]") {
  Workspace workspace(Engine::postgres);
  workspace.write_customer_migration();

  const Finished finished = workspace.program().run(
      {"up", "--url", workspace.database().url() + "&options=-c%20default_transaction_read_only%3Don"});

  CHECK(finished.exit_code == 1);
  CHECK_THAT(finished.err, ContainsSubstring("in a read-only transaction (SQLSTATE 25006)"));
  CHECK(workspace.untouched());
}
