#include "support/postgres_proxy.hpp"

#include <memory>
#include <thread>

#include <libpq-fe.h>

#include "support/catch.hpp"
#include "support/test_database.hpp"

using namespace seedbed::test;
using namespace std::chrono_literals;
using seedbed::host::Engine;
using Moment = PostgresProxy::Moment;

namespace {

class Client {
 public:
  explicit Client(const std::string& url) : connection_(PQconnectdb(url.c_str()), &PQfinish) {}

  /// The last command's tag, or "" if it failed.
  std::string run(const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql.c_str()), &PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? PQcmdStatus(result.get()) : "";
  }

  bool lost() const { return PQstatus(connection_.get()) == CONNECTION_BAD; }
  PGconn* get() const { return connection_.get(); }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

}  // namespace

TEST_CASE("the proxy counts round trips and statements and the commits that wrote", "[support]") {
  TestDatabase database(Engine::postgres);
  const PostgresProxy proxy(database.url());
  Client client(proxy.url());

  client.run("SELECT 1");
  client.run("CREATE TABLE t (a integer)");
  client.run("BEGIN; INSERT INTO t VALUES (1); SAVEPOINT s; INSERT INTO t VALUES (2); ROLLBACK TO s; COMMIT");
  client.run("BEGIN; INSERT INTO t VALUES (3); ROLLBACK");
  client.run("UPDATE t SET a = 4 WHERE a = 5");
  client.run("INSERT INTO nowhere VALUES (1)");

  CHECK(proxy.traffic() == Traffic{1, 6, 12, 2});
  CHECK(proxy.requests()[0] == "SELECT 1");
  CHECK(database.value("SELECT string_agg(a::text, ' ') FROM t") == "1");
}

TEST_CASE("the proxy takes a statement with parameters for one request", "[support]") {
  TestDatabase database(Engine::postgres);
  const PostgresProxy proxy(database.url());
  const Client client(proxy.url());

  PQclear(PQexecParams(client.get(), "SELECT $1::text", 0, nullptr, nullptr, nullptr, nullptr, 0));
  const char* value = "x";
  PQclear(PQexecParams(client.get(), "SELECT $1::text", 1, nullptr, &value, nullptr, nullptr, 0));

  CHECK(proxy.requests() == std::vector<std::string>{"SELECT $1::text", "SELECT $1::text"});
  CHECK(proxy.traffic().round_trips == 2);
}

TEST_CASE("the proxy counts the data of a COPY as one more request", "[support]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (a integer)");
  const PostgresProxy proxy(database.url());
  const Client client(proxy.url());

  PQclear(PQexec(client.get(), "COPY t FROM stdin"));
  PQputCopyData(client.get(), "1\n2\n", 4);
  PQputCopyEnd(client.get(), nullptr);
  while (PGresult* result = PQgetResult(client.get())) PQclear(result);

  CHECK(proxy.requests() == std::vector<std::string>{"COPY t FROM stdin", ""});
  CHECK(proxy.traffic() == Traffic{1, 2, 1, 1});
}

TEST_CASE("the proxy cuts a connection before the server has heard of a request", "[support]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (a integer)");
  PostgresProxy proxy(database.url());
  Client client(proxy.url());
  proxy.cut(Moment::before, PostgresProxy::nth(2));

  CHECK(client.run("INSERT INTO t VALUES (1)") == "INSERT 0 1");
  CHECK(client.run("INSERT INTO t VALUES (2)").empty());

  CHECK(client.lost());
  CHECK(proxy.struck(0ms));
  CHECK(database.value("SELECT max(a) FROM t") == "1");
}

TEST_CASE("the proxy keeps the answer of a COMMIT to itself", "[support]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (a integer)");
  PostgresProxy proxy(database.url());
  Client client(proxy.url());
  proxy.cut(Moment::after, PostgresProxy::containing("COMMIT"));

  client.run("BEGIN");
  client.run("INSERT INTO t VALUES (1)");
  CHECK(client.run("COMMIT").empty());

  CHECK(client.lost());
  CHECK(database.value("SELECT count(*) FROM t") == "1");
}

TEST_CASE("the proxy holds a request back until it is released", "[support]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (a integer)");
  PostgresProxy proxy(database.url());
  Client client(proxy.url());
  const Moment moment = GENERATE(Moment::before, Moment::after);
  proxy.stall(moment, PostgresProxy::nth(1));

  CHECK_FALSE(proxy.struck(0ms));
  std::string tag;
  std::thread thread([&] { tag = client.run("INSERT INTO t VALUES (1)"); });
  CHECK(proxy.struck(10s));
  CHECK(database.value("SELECT count(*) FROM t") == (moment == Moment::before ? "0" : "1"));
  proxy.release();
  thread.join();

  CHECK(tag == "INSERT 0 1");
  CHECK(database.value("SELECT count(*) FROM t") == "1");
}

TEST_CASE("what the proxy holds back dies with its client", "[support]") {
  TestDatabase database(Engine::postgres);
  database.execute("CREATE TABLE t (a integer)");
  PostgresProxy proxy(database.url());
  {
    const Client client(proxy.url());
    proxy.stall(Moment::before, PostgresProxy::nth(1));
    PQsendQuery(client.get(), "INSERT INTO t VALUES (1)");
    CHECK(proxy.struck(10s));
  }

  while (database.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()") != "1") {
  }
  CHECK(database.value("SELECT count(*) FROM t") == "0");
}
