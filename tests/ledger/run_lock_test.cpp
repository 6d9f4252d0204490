// One run per database at a time.

#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "ledger/ledger.hpp"
#include "ledger/run_lock.hpp"
#include "migration/apply.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/test_database.hpp"

using namespace seedbed::host;
using namespace seedbed::test;
using namespace std::chrono_literals;

namespace {

/// A connection to a database whose ledger is there.
struct Client {
  explicit Client(const TestDatabase& database)
      : url(parse_url(database.url(), "/")), connection(connect(url, {})) {
    Transaction transaction(*connection, {1s, true});
    Ledger(*connection).prepare();
    transaction.commit();
  }

  DatabaseUrl url;
  std::unique_ptr<Database> connection;
};

}  // namespace

TEST_CASE("the lock of a database that was given another identity meanwhile is refused and free", "[lock]") {
  const TestDatabase database(GENERATE(Engine::sqlite, Engine::postgres));
  Client client(database);
  client.connection->execute(client.url.engine == Engine::sqlite ? "UPDATE seedbed_identity SET id = 'now'" : "UPDATE seedbed.identity SET id = 'now'");

  const Error error = failure_of([&] { const RunLock wanted(*client.connection, client.url, 200ms, "then"); });

  CHECK(error.code() == ExitCode::refused);
  CHECK_THAT(error.message(), ContainsSubstring("was given another identity while this run waited for its lock"));
  CHECK_NOTHROW(RunLock(*client.connection, client.url, 200ms, "now"));
}

TEST_CASE("a second run does not obtain the lock and is told who holds it", "[lock]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  const Client first(database), second(database);
  const RunLock held(*first.connection, first.url, 1s);

  const Error error = failure_of([&] { const RunLock wanted(*second.connection, second.url, 200ms); });

  CHECK(error.code() == ExitCode::locked);
  CHECK_THAT(error.message(), ContainsSubstring("within 200 ms"));
  CHECK_THAT(error.detail(), ContainsSubstring("It is held by process "));
  CHECK_THAT(error.detail(), ContainsSubstring(" since "));
}

TEST_CASE("the lock is free after its holder", "[lock]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  const Client first(database), second(database);
  { const RunLock held(*first.connection, first.url, 1s); }

  CHECK_NOTHROW(RunLock(*second.connection, second.url, 1s));
}

TEST_CASE("the lock is free at once when its holder's connection is gone", "[lock]") {
  TestDatabase database(Engine::postgres);
  std::optional<Client> first(database);
  const Client second(database);
  const RunLock held(*first->connection, first->url, 1s);
  database.execute("SELECT pg_terminate_backend(backend::int) FROM seedbed.lock WHERE id = 1");

  CHECK_NOTHROW(RunLock(*second.connection, second.url, 2s));
}

TEST_CASE("an open transaction keeps the lock though its lease has ended", "[lock]") {
  TestDatabase database(Engine::postgres);
  const Client first(database), second(database);
  RunLock held(*first.connection, first.url, 1s);
  database.execute("UPDATE seedbed.lock SET lease_until = now() - interval '1 hour'");
  const LockedTransaction transaction(held);

  const Error error = failure_of([&] { const RunLock wanted(*second.connection, second.url, 300ms); });

  CHECK(error.code() == ExitCode::locked);
}

TEST_CASE("a run whose lease has ended loses the lock and can write no more", "[lock]") {
  TestDatabase database(Engine::postgres);
  const Client first(database), second(database);
  RunLock held(*first.connection, first.url, 1s);
  database.execute("UPDATE seedbed.lock SET lease_until = now() - interval '1 hour'");
  const RunLock taken(*second.connection, second.url, 1s);

  const Error error = failure_of([&] { const LockedTransaction transaction(held); });

  CHECK(error.code() == ExitCode::locked);
  CHECK_THAT(error.message(), ContainsSubstring("lost the lock"));
  CHECK(taken.fence() == held.fence() + 1);
}

TEST_CASE("a heartbeat keeps the lock of a statement outside a transaction", "[lock]") {
  TestDatabase database(Engine::postgres);
  const Client first(database), second(database);
  RunLock held(*first.connection, first.url, 1s);
  const Heartbeat heartbeat(held);
  database.execute("UPDATE seedbed.lock SET lease_until = now() - interval '1 hour' WHERE id = 1");

  const Error error = failure_of([&] { const RunLock wanted(*second.connection, second.url, 300ms); });

  CHECK(error.code() == ExitCode::locked);
}

TEST_CASE("a heartbeat whose connection was lost ends with the lock", "[lock]") {
  TestDatabase database(Engine::postgres);
  const Client client(database);
  {
    RunLock held(*client.connection, client.url, 1s);
    const Heartbeat heartbeat(held);
    REQUIRE(database.value("SELECT lease_until > now() FROM seedbed.lock WHERE id = 2") == "t");
    database.execute(fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                                 "AND application_name = 'seedbed' AND pid <> {}", *client.connection->query("SELECT pg_backend_pid()")[0][0]));
  }

  CHECK(database.value("SELECT lease_until IS NULL FROM seedbed.lock WHERE id = 2") == "t");
}

TEST_CASE("who waits for the lock has nothing open", "[lock]") {
  TestDatabase database(Engine::postgres);
  const Client first(database), second(database);
  const RunLock held(*first.connection, first.url, 1s);

  failure_of([&] { const RunLock wanted(*second.connection, second.url, 0s); });

  CHECK_FALSE(second.connection->in_transaction());
  CHECK(database.value("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' "
                       "AND datname = current_database()") == "0");
}

TEST_CASE("a dry run waits for the lock like a run", "[lock]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  const Client first(database), second(database);
  const RunLock held(*first.connection, first.url, 1s);

  const Error error = failure_of([&] { const RehearsalTransaction wanted(*second.connection, second.url, 200ms); });

  CHECK(error.code() == ExitCode::locked);
}

TEST_CASE("a migration whose run has lost the lock changes nothing", "[lock]") {
  TestDatabase database(Engine::postgres);
  const Client first(database), second(database);
  RunLock held(*first.connection, first.url, 1s);
  database.execute("UPDATE seedbed.lock SET lease_until = now() - interval '1 hour'");
  const RunLock taken(*second.connection, second.url, 1s);
  Migration migration;
  migration.version = "1";
  migration.up.text = "CREATE TABLE a (x integer)";
  migration.up.statements = sql::split(migration.up.text, Engine::postgres, "1_a.sql");

  const Error error = failure_of([&] { apply_migration(held, migration); });

  CHECK(error.code() == ExitCode::locked);
  CHECK_THAT(error.message(), ContainsSubstring("lost the lock"));
  CHECK_FALSE(first.connection->in_transaction());
  CHECK(database.value("SELECT to_regclass('a') IS NULL") == "t");
  CHECK(database.value("SELECT count(*) FROM seedbed.migrations") == "0");
}

TEST_CASE("a migration lets the lease begin anew", "[lock]") {
  TestDatabase database(Engine::postgres);
  const Client first(database), second(database);
  RunLock held(*first.connection, first.url, 1s);
  Migration migration;
  migration.version = "1";
  migration.up.text = "UPDATE seedbed.lock SET lease_until = now() - interval '1 hour'";  // as if it had taken so long
  migration.up.statements = sql::split(migration.up.text, Engine::postgres, "1_a.sql");
  apply_migration(held, migration);

  const Error error = failure_of([&] { const RunLock wanted(*second.connection, second.url, 300ms); });

  CHECK(error.code() == ExitCode::locked);
  CHECK_NOTHROW(LockedTransaction(held));
  database.execute("UPDATE seedbed.migrations SET applied_at = applied_at - interval '30 seconds'");
  CHECK_NOTHROW(RunLock(*second.connection, second.url, 1s));
}

TEST_CASE("a division by zero in a migration is not taken for a lost lock", "[lock]") {
  TestDatabase database(Engine::postgres);
  const Client client(database);
  RunLock held(*client.connection, client.url, 1s);
  Migration migration;
  migration.version = "1";
  migration.up.path = "1_a.sql";
  migration.up.text = "SELECT 1 / 0";
  migration.up.statements = sql::split(migration.up.text, Engine::postgres, "1_a.sql");

  const Error error = failure_of([&] { apply_migration(held, migration); });

  CHECK(error.code() == ExitCode::failed);
  CHECK(error.message() == "division by zero");
  CHECK(error.place().line == 1);
}

TEST_CASE("the lock is given up together with what is recorded of the run", "[lock]") {
  const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
  TestDatabase database(engine);
  const Client first(database);
  const std::string runs = engine == Engine::postgres ? "seedbed.runs" : "seedbed_runs";
  {
    RunLock held(*first.connection, first.url, 1s);
    RecordedRun run;
    run.command = "up";
    run.error = "it's \\ over";

    held.release({Ledger(*first.connection).recording(run)}, 1s);

    CHECK(database.value("SELECT error FROM " + runs) == "it's \\ over");
    if (engine == Engine::postgres) CHECK(database.value("SELECT run IS NULL FROM seedbed.lock WHERE id = 1") == "t");
  }
}
