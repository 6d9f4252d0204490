#include "support/test_database.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#include "support/postgres_url.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::test {

namespace fs = std::filesystem;
using host::Engine;

using Rows = std::vector<std::vector<std::string>>;

class TestDatabase::Connection {
 public:
  virtual ~Connection() = default;
  virtual void execute(const std::string& sql) = 0;
  virtual Rows rows(const std::string& sql) = 0;
};

struct TestDatabase::Place {
  virtual ~Place() = default;
  virtual std::unique_ptr<Connection> connect() = 0;

  Engine engine = Engine::sqlite;
  std::string url;
};

namespace {

class SqliteConnection : public TestDatabase::Connection {
 public:
  explicit SqliteConnection(const fs::path& file) {
    sqlite3* opened = nullptr;
    const int rc = sqlite3_open(file.c_str(), &opened);
    database_.reset(opened);
    require(rc);
    require(sqlite3_busy_timeout(opened, 5000));
  }

  void execute(const std::string& sql) override {
    require(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr));
  }

  Rows rows(const std::string& sql) override {
    sqlite3_stmt* prepared = nullptr;
    require(sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &prepared, nullptr));
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared,
                                                                               &sqlite3_finalize);
    Rows result;
    int rc = sqlite3_step(prepared);
    for (; rc == SQLITE_ROW; rc = sqlite3_step(prepared)) {
      auto& row = result.emplace_back();
      for (int column = 0; column < sqlite3_column_count(prepared); ++column) {
        const auto* text = sqlite3_column_text(prepared, column);
        row.emplace_back(text == nullptr ? "NULL" : reinterpret_cast<const char*>(text));
      }
    }
    if (rc != SQLITE_DONE) require(rc);
    return result;
  }

 private:
  void require(int rc) {
    if (rc != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_.get()));
  }

  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database_{nullptr, &sqlite3_close};
};

class PostgresConnection : public TestDatabase::Connection {
 public:
  explicit PostgresConnection(const std::string& conninfo)
      : connection_(PQconnectdb(conninfo.c_str()), &PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
  }

  void execute(const std::string& sql) override { run(sql); }

  Rows rows(const std::string& sql) override {
    const Result result = run(sql);
    Rows rows(static_cast<std::size_t>(PQntuples(result.get())));
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      for (int column = 0; column < PQnfields(result.get()); ++column) {
        rows[static_cast<std::size_t>(row)].emplace_back(
            PQgetisnull(result.get(), row, column) ? "NULL"
                                                   : PQgetvalue(result.get(), row, column));
      }
    }
    return rows;
  }

 private:
  using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

  Result run(const std::string& sql) {
    Result result(PQexec(connection_.get(), sql.c_str()), &PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
    return result;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

/// The connection string of a server for tests, if there is one.
std::optional<std::string> postgres_server() {
  if (const char* named = std::getenv("SEEDBED_TEST_POSTGRES")) return named;
  const fs::path started = fs::path(SEEDBED_BINARY_DIR) / "tests/postgres/conninfo";
  if (fs::exists(started)) return read_file(started);
  return std::nullopt;
}

class SqlitePlace : public TestDatabase::Place {
 public:
  SqlitePlace() {
    engine = Engine::sqlite;
    url = "sqlite:" + file().string();
  }
  std::unique_ptr<TestDatabase::Connection> connect() override {
    return std::make_unique<SqliteConnection>(file());
  }

 private:
  fs::path file() const { return folder_ / "test.db"; }

  TempDir folder_;
};

class PostgresPlace : public TestDatabase::Place {
 public:
  PostgresPlace() {
    engine = Engine::postgres;
    const auto server = postgres_server();
    if (!server) throw std::runtime_error("no PostgreSQL: run ./dev test, or set SEEDBED_TEST_POSTGRES");
    server_ = *server;
    static std::atomic<int> count{0};
    name_ = "seedbed_test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    url = postgres_url(server_, name_);
    PostgresConnection(server_).execute("CREATE DATABASE " + name_ + " TEMPLATE template0");
  }

  ~PostgresPlace() override {
    try {
      PostgresConnection server(server_);
      server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                     name_ + "'");
      server.execute("DROP DATABASE IF EXISTS " + name_);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "test database %s was left behind: %s\n", name_.c_str(), error.what());
    }
  }

  std::unique_ptr<TestDatabase::Connection> connect() override {
    return std::make_unique<PostgresConnection>(url);
  }

 private:
  std::string server_;
  std::string name_;
};

/// Somebody else's to drop.
class ExistingPlace : public TestDatabase::Place {
 public:
  explicit ExistingPlace(const std::string& existing) {
    engine = existing.starts_with(kSqlite) ? Engine::sqlite : Engine::postgres;
    url = existing;
  }

  std::unique_ptr<TestDatabase::Connection> connect() override {
    if (engine == Engine::postgres) return std::make_unique<PostgresConnection>(url);
    return std::make_unique<SqliteConnection>(url.substr(kSqlite.size()));
  }

 private:
  static constexpr std::string_view kSqlite = "sqlite:";
};

}  // namespace

TestDatabase::TestDatabase(const std::string& url) : place_(std::make_unique<ExistingPlace>(url)) {}

TestDatabase::TestDatabase(Engine engine) {
  if (engine == Engine::sqlite) {
    place_ = std::make_unique<SqlitePlace>();
  } else {
    place_ = std::make_unique<PostgresPlace>();
  }
}

TestDatabase::~TestDatabase() = default;

Engine TestDatabase::engine() const { return place_->engine; }

const std::string& TestDatabase::url() const { return place_->url; }

void TestDatabase::execute(std::string_view sql) {
  if (!connection_) connection_ = place_->connect();
  connection_->execute(std::string(sql));
}

Rows TestDatabase::rows(std::string_view sql) {
  if (!connection_) connection_ = place_->connect();
  return connection_->rows(std::string(sql));
}

std::string TestDatabase::value(std::string_view sql) {
  const Rows found = rows(sql);
  if (found.size() != 1 || found[0].size() != 1) {
    throw std::runtime_error("not one value: " + std::string(sql));
  }
  return found[0][0];
}

}  // namespace seedbed::test
