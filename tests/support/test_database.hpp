#pragma once
// A database of its own for one test, on either engine, reached without seedbed's own code.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "database/engine.hpp"

namespace seedbed::test {

/// An empty database that is dropped at the end of its scope, whoever is still connected.
///
///     const Engine engine = GENERATE(Engine::sqlite, Engine::postgres);
///     TestDatabase database(engine);
///
/// SQLite: a file in a folder of its own.  PostgreSQL: a new database on the server that
/// SEEDBED_TEST_POSTGRES (a connection string) names, else on the one that ctest has started;
/// without either, std::runtime_error is thrown.
class TestDatabase {
 public:
  explicit TestDatabase(host::Engine engine);
  /// The database of `url`, which is not dropped.
  explicit TestDatabase(const std::string& url);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  host::Engine engine() const;

  /// For --url, DATABASE_URL and parse_url().
  const std::string& url() const;

  /// Runs any number of statements.  Throws std::runtime_error with the engine's message.
  void execute(std::string_view sql);

  /// The rows of one query as text; NULL is "NULL".
  std::vector<std::vector<std::string>> rows(std::string_view sql);

  /// The only value of the only row of a query.
  std::string value(std::string_view sql);

  class Connection;
  struct Place;

 private:
  std::unique_ptr<Place> place_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace seedbed::test
