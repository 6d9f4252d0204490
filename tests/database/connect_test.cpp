// Connecting, and what is said when that fails.

#include <chrono>
#include <memory>
#include <vector>

#include <sqlite3.h>

#include "database/database.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"
#include "support/test_database.hpp"

using namespace seedbed::host;
using namespace seedbed::test;
using namespace std::chrono_literals;

namespace {

Error refusal(const std::string& url, std::chrono::milliseconds wait = 0ms) {
  return failure_of([&] { connect(parse_url(url, "/"), {wait, true}); });
}

/// SQLite's way to its files, for a scope.
class DefaultVfs {
 public:
  explicit DefaultVfs(const char* name) : before_(sqlite3_vfs_find(nullptr)) { sqlite3_vfs_register(sqlite3_vfs_find(name), 1); }
  ~DefaultVfs() { sqlite3_vfs_register(before_, 1); }
  DefaultVfs(const DefaultVfs&) = delete;
  DefaultVfs& operator=(const DefaultVfs&) = delete;

 private:
  sqlite3_vfs* before_;
};

}  // namespace

TEST_CASE("a file that is no database is refused and left as it is", "[connect]") {
  const TempDir directory;
  write_file(directory / "notes.db", std::string(4096, 'x'));

  const Error error = refusal("sqlite:" + (directory / "notes.db").string());

  CHECK(error.code() == ExitCode::failed);
  CHECK_THAT(error.message(), ContainsSubstring("file is not a database"));
  CHECK(read_file(directory / "notes.db") == std::string(4096, 'x'));
}

TEST_CASE("a new file that cannot be in mode wal keeps a journal", "[connect]") {
  const TempDir directory;
  const DatabaseUrl url = parse_url("sqlite:" + (directory / "new.db").string(), "/");
  ConnectOptions options;
  options.journal = "wal";
  const DefaultVfs without_shared_memory("unix-none");

  const std::unique_ptr<Database> database = connect(url, options);

  CHECK(database->query("PRAGMA journal_mode") == std::vector<Row>{{"delete"}});
  database->begin({});
  database->execute("CREATE TABLE a (x INTEGER)");
  database->rollback();
  CHECK(database->user_tables().empty());
}

TEST_CASE("a missing folder is named with the command that makes it", "[connect]") {
  const TempDir directory;

  const Error error = refusal("sqlite:" + (directory / "no/such/app.db").string());

  CHECK(error.code() == ExitCode::failed);
  CHECK_THAT(error.hint(), ContainsSubstring("mkdir -p"));
}

TEST_CASE("a missing file reads as empty and is not made", "[connect]") {
  const TempDir directory;
  const DatabaseUrl url = parse_url("sqlite:" + (directory / "app.db").string(), "/");

  const auto database = connect(url, {0ms, /*create=*/false});

  CHECK(database->user_tables().empty());
  CHECK_FALSE(std::filesystem::exists(directory / "app.db"));
}

TEST_CASE("a server that does not answer is tried again until the time is up", "[connect]") {
  const TempDir directory;
  const auto start = std::chrono::steady_clock::now();

  const Error error = refusal("postgresql:///app?host=" + directory.path().string(), 700ms);

  CHECK(error.code() == ExitCode::failed);
  CHECK_THAT(error.message(), ContainsSubstring("could not connect"));
  CHECK_THAT(error.detail(), ContainsSubstring("times in"));
  CHECK(std::chrono::steady_clock::now() - start > 300ms);
}

TEST_CASE("a database that does not exist fails at once", "[connect]") {
  const TestDatabase database(Engine::postgres);
  const std::string server = database.url().substr(database.url().find('?'));
  const auto start = std::chrono::steady_clock::now();

  const Error error = refusal("postgresql:///no_such_database" + server, 30s);

  CHECK(error.sqlstate() == "3D000");
  CHECK_THAT(error.message(), ContainsSubstring("database \"no_such_database\" does not exist"));
  CHECK_THAT(error.hint(), ContainsSubstring("createdb"));
  CHECK(std::chrono::steady_clock::now() - start < 5s);
}
