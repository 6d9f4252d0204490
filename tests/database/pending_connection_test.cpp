// A connection that is made while something else is done.

#include <chrono>
#include <string>

#include "database/pending_connection.hpp"
#include "log.hpp"
#include "redaction.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"
#include "support/test_database.hpp"

using namespace seedbed::host;
using namespace seedbed::test;
using namespace std::chrono_literals;

TEST_CASE("a connection is made while this thread logs and learns secrets", "[connect]") {
  TestDatabase database(GENERATE(Engine::sqlite, Engine::postgres));

  for (int i = 0; i < 10; ++i) {
    PendingConnection pending(parse_url(database.url(), "/"), {0ms, /*create=*/true});
    log::redact("a secret that the other thread may be looking for " + std::to_string(i));
    log::debug("beside_a_connection", {{"round", i}});

    CHECK(pending.get()->query("SELECT 1").size() == 1);
  }
}

TEST_CASE("what keeps a connection from being made is thrown where it is asked for", "[connect]") {
  const TempDir directory;
  PendingConnection pending(parse_url("sqlite:" + (directory / "no/such/app.db").string(), "/"), {0ms, true});

  CHECK(failure_of([&] { pending.get(); }).code() == ExitCode::failed);
}

TEST_CASE("a connection that nobody asks for any more is given up", "[connect]") {
  const TempDir directory;
  const auto start = std::chrono::steady_clock::now();

  { const PendingConnection pending(parse_url("postgresql:///app?host=" + directory.path().string(), "/"), {30s, true}); }

  CHECK(std::chrono::steady_clock::now() - start < 10s);
}
