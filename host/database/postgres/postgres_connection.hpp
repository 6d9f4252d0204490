#pragma once
// One connection to a PostgreSQL server: libpqxx for its life and its transactions, libpq's own
// interface for statements, whose waits can be interrupted and whose errors keep every field.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "database/postgres/error_offset.hpp"
#include "database/url.hpp"
#include "error.hpp"

struct pg_conn;
struct pg_result;

namespace seedbed::host {

struct PgClear {
  void operator()(pg_result* result) const;
};
using PgResult = std::unique_ptr<pg_result, PgClear>;

/// A parameter in PostgreSQL's binary format, and the number of its type.
struct BinaryParam {
  unsigned type;
  std::string_view bytes;
};

class PostgresConnection {
 public:
  /// See connect().
  PostgresConnection(const DatabaseUrl& url, std::chrono::milliseconds wait, const std::atomic<bool>* given_up);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  void begin();
  /// Throws in_doubt() when the connection is lost before the server's answer.
  void commit();
  void rollback() noexcept;
  /// True between begin() and commit(), also after an error.
  bool in_transaction() const;
  /// True if the server is still inside the transaction that begin() started.
  bool server_in_transaction() const;

  /// Runs `sql` and returns the last result.  With `params` it is one statement and they stand for
  /// $1, $2, …; without, it may be several.  `copy_data` answers a COPY FROM stdin.  When the server
  /// refuses, `place` tells where, if it is given.
  PgResult run(const std::string& sql, std::span<const std::optional<std::string>> params = {},
               std::string_view copy_data = {}, PgErrorPlace* place = nullptr);

  /// Runs the statements of `sql` in one message and returns the result of each.  For statements of our own:
  /// what runs ahead of them is part of the message.
  std::vector<PgResult> run_each(const std::string& sql);

  /// Takes the results of statements, one of each.
  using Take = std::function<void(std::span<const PgResult>)>;

  /// Has `statements` run before whatever is run next, which saves waiting for them.  Their results are
  /// given to `take`, if there is one; what they throw, the next one throws.  The end of the transaction
  /// makes them needless.
  void run_ahead_of_next(std::vector<std::string> statements, Take take = {});

  /// The error of a commit whose answer never came.
  Error in_doubt() const;

  /// `text` as a literal that the server reads alike whatever its settings.
  std::string literal(std::string_view text) const;

  /// Runs one statement, `params` standing for $1, $2, ….  With `again` the server keeps it parsed
  /// and planned for a call that repeats it with nothing else in between.
  /// Rationale: not a named statement, which outlives the transaction and, behind a pooler, its client.
  PgResult run_binary(const std::string& sql, std::span<const BinaryParam> params, bool again = false);

  std::string server_version() const;

  /// The role that has connected.
  std::string user() const;

  /// The process that serves this connection, as the start of the session told.
  int backend_pid() const;

  /// See PostgresDatabase::encryption().
  std::string encryption() const;

  /// See Database::while_waiting().
  void while_waiting(std::function<void()> work) { while_waiting_ = std::move(work); }

 private:
  struct Life;

  struct Ahead {
    std::vector<std::string> statements;
    Take take;
  };

  void run_what_is_ahead();
  /// Sends what is ahead, and what `send` does, one after the other without waiting; returns the last result,
  /// the answer to `sql`.
  PgResult run_in_line(std::string_view sql, const std::function<int()>& send);
  /// One result a statement, up to the end of the line.
  std::vector<PgResult> collect_line(PgErrorPlace& place);
  /// Gives each part of what ran ahead its results; returns where the rest begins.
  static std::vector<PgResult>::iterator hand_out(const std::vector<Ahead>& ahead, std::vector<PgResult>& results);
  void wait_readable();
  /// The last result; all of them are put into `all`, if it is given.
  PgResult collect(std::string_view copy_data, PgErrorPlace* place, std::vector<PgResult>* all);
  /// The answer to `sql`.
  PgResult collect_for(std::string_view sql, std::string_view copy_data, PgErrorPlace* place, std::vector<PgResult>* all = nullptr);
  void send_copy(std::string_view data);
  void skip_copy_out();
  Error lost() const;

  std::unique_ptr<Life> life_;
  pg_conn* raw_ = nullptr;
  DatabaseUrl url_;
  std::vector<Ahead> ahead_;
  std::string prepared_;  ///< the SQL of the server's unnamed statement, if it is ours to repeat
  bool cancelled_ = false;
  std::function<void()> while_waiting_;
};

}  // namespace seedbed::host
