#include "oracle.hpp"

#include <memory>

extern "C" {
#include <pg_query.h>
}
#include <sqlite3.h>

namespace seedbed::host::sql::test {

namespace {

using Connection = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Prepared = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

Connection empty_database() {
  sqlite3* connection = nullptr;
  sqlite3_open(":memory:", &connection);
  return Connection(connection, &sqlite3_close);
}

bool runs(sqlite3_stmt* statement) {
  int result = SQLITE_ROW;
  while (result == SQLITE_ROW) result = sqlite3_step(statement);
  return result == SQLITE_DONE;
}

/// True if the whole of `sql` was taken.
bool prepare_all(const std::string& sql, bool run, std::vector<Span>& spans) {
  const Connection connection = empty_database();
  const char* const start = sql.c_str();
  for (const char* rest = start; *rest != '\0';) {
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int result = sqlite3_prepare_v3(connection.get(), rest, -1, 0, &raw, &tail);
    const Prepared statement(raw, &sqlite3_finalize);
    if (result != SQLITE_OK || (run && raw != nullptr && !runs(raw))) return false;
    if (raw != nullptr) {
      spans.push_back(
          {static_cast<std::size_t>(rest - start), static_cast<std::size_t>(tail - start)});
    }
    rest = tail;
  }
  return true;
}

}  // namespace

std::optional<std::vector<Span>> postgres_grammar_spans(const std::string& sql) {
  const PgQuerySplitResult result = pg_query_split_with_parser(sql.c_str());
  std::optional<std::vector<Span>> spans;
  if (result.error == nullptr) {
    spans.emplace();
    for (int i = 0; i < result.n_stmts; ++i) {
      const auto begin = static_cast<std::size_t>(result.stmts[i]->stmt_location);
      spans->push_back({begin, begin + static_cast<std::size_t>(result.stmts[i]->stmt_len)});
    }
  }
  pg_query_free_split_result(result);
  return spans;
}

std::optional<std::vector<Span>> sqlite_run_spans(const std::string& sql) {
  std::vector<Span> spans;
  if (!prepare_all(sql, true, spans)) return std::nullopt;
  return spans;
}

std::vector<Span> sqlite_prepared_spans(const std::string& sql) {
  std::vector<Span> spans;
  prepare_all(sql, false, spans);
  return spans;
}

bool sqlite_complete(const std::string& sql) { return sqlite3_complete(sql.c_str()) != 0; }

}  // namespace seedbed::host::sql::test
