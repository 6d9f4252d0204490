#pragma once
// One connection to a database of either kind.  Nothing outside this folder knows an engine's API.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <seedbed/abi.h>

#include "database/sql/created.hpp"
#include "database/sql/script.hpp"
#include "database/url.hpp"
#include "database/value.hpp"
#include "error.hpp"

namespace seedbed::host {

struct KeyMemory;

/// A result of query(): text as the engine prints it, nullopt for NULL.
using Row = std::vector<std::optional<std::string>>;

/// Rows of one table that really changed, whoever changed them.
struct TableCounts {
  std::string table;  ///< "schema.name" on PostgreSQL unless the schema is on the search path
  std::int64_t inserted = 0;
  std::int64_t updated = 0;
  std::int64_t deleted = 0;

  bool operator==(const TableCounts&) const = default;
};

/// What a bulk writer did so far.
struct WriterCounts {
  std::int64_t rows = 0;     ///< handed to write()
  std::int64_t written = 0;  ///< inserted or updated by the writer's own statements
  std::int64_t updated = 0;  ///< those of them; SQLite does not tell
  std::int64_t kept_deleted = 0;  ///< insert_once: rows that somebody deleted, and that stay so

  WriterCounts& operator+=(const WriterCounts& other) {
    rows += other.rows;
    written += other.written;
    updated += other.updated;
    kept_deleted += other.kept_deleted;
    return *this;
  }
};

/// Streams rows into one table with ON CONFLICT (key).  Made by Database::open_writer.
class RowWriter {
 public:
  virtual ~RowWriter() = default;

  /// Takes `count` rows of as many values as the writer has columns, row by row.
  virtual void write(const seedbed_value* values, std::size_t count) = 0;

  /// To be called after the last write(): two rows that are to update and have one key are refused
  /// here if they were far apart.
  virtual void finish() = 0;

  virtual WriterCounts counts() const = 0;

  /// The name under which changes() reports its table.
  virtual const std::string& table() const = 0;
};

/// A table's column, as the catalog has it.
struct Column {
  std::string name;
  std::string type;
  bool not_null = false;
  bool has_default = false;
};

/// A table as one that was dropped and made anew is told from it.
struct TableIdentity {
  std::string name;    ///< in full, whatever the search path
  std::string number;  ///< no other table of the database has had it; empty where there is no such number (SQLite)
};

/// Something in a database's catalog.
struct CatalogObject {
  std::string kind;  ///< as SQL calls it, in lower case: "table", "materialized view", "function" …
  std::string name;  ///< as DROP names it: "public.customer", "public.total(integer)"

  bool operator==(const CatalogObject&) const = default;
};

/// What lies in the schemas that a reset empties.
struct OwnObjects {
  std::vector<CatalogObject> own;     ///< in the order in which they can be dropped
  std::vector<CatalogObject> others;  ///< of other roles
};

/// What tells a database from others, a restored copy of it included.  A file has no such marks: whoever
/// copies it makes another, and so does every checkout and every restart of a container.
struct DatabaseFacts {
  std::string name;    ///< PostgreSQL's, or the file's without its folder; ":memory:"
  std::string system;  ///< the server's system identifier; empty on SQLite, and where the role may not read it
  std::string oid;     ///< the database's; empty on SQLite
  bool has_table = false;  ///< the one that was asked about
};

struct ConnectOptions {
  std::chrono::milliseconds wait{0};  ///< how long to retry; zero is one attempt
  bool create = true;  ///< SQLite: make a missing file; otherwise it reads as an empty database
  std::chrono::milliseconds patience{5000};  ///< SQLite: for another process to unlock the file
  std::string journal{};  ///< SQLite: "wal" or "delete", of a file that is made; empty: SQLite's default
};

/// How long one statement may take, or wait for somebody else's lock.  Nothing: as the server has
/// it; zero: for ever.  SQLite has no such limits: begin() has the only lock there is.
struct TimeLimits {
  std::optional<std::chrono::milliseconds> lock, statement;
};

struct BeginOptions {
  std::chrono::milliseconds patience{0};

  /// No other transaction that was begun so may overlap: for what happens before there is a ledger
  /// with a lock.
  bool alone = false;

  TimeLimits limits{};  ///< for every statement of the transaction; of a script, for the script's alone
};

/// Thrown text of the engine, turned into Error{failed} with SQLSTATE, detail and hint.  Every
/// function below may throw it, Error{interrupted} after a signal, and Error{failed} when the
/// connection is lost.
class Database {
 public:
  virtual ~Database() = default;

  virtual Engine engine() const = 0;
  virtual std::string server_version() const = 0;

  /// Starts a transaction that will write.  SQLite has one at a time: waits for another program's
  /// at most `options.patience`, then throws Error{locked}.
  virtual void begin(const BeginOptions& options) = 0;
  virtual void commit() = 0;
  /// Never throws; does nothing outside a transaction.
  virtual void rollback() noexcept = 0;
  virtual bool in_transaction() const = 0;
  /// The same limits for statements outside a transaction, until reset_session(); does nothing behind
  /// a pooler, where the session is not ours alone.
  virtual void limit_session(const TimeLimits&) {}

  /// Calls `work` inside the open transaction as the role that has connected, whatever role a file
  /// has set, which then has it again.
  virtual void as_ourselves(const std::function<void()>& work) { work(); }

  /// Runs one statement; `$1`, `$2`, … stand for `params` on both engines.  Returns the number of
  /// rows it changed.
  virtual std::int64_t execute(std::string_view sql, std::span<const seedbed_value> params = {}) = 0;
  virtual std::vector<Row> query(std::string_view sql, std::span<const seedbed_value> params = {}) = 0;

  /// Runs one query and hands typed rows to `row`, which returns false to end it.
  using TypedRow = std::function<bool(const seedbed_value* values, std::size_t count)>;
  virtual void query_typed(std::string_view sql, std::span<const seedbed_value> params,
                           const TypedRow& row) = 0;

  /// Runs a statement of our own that changes no rows, perhaps no sooner than the next one; what it throws,
  /// that one may throw.
  virtual void run_with_next(std::string_view statement) { execute(statement); }

  using Locate = std::function<Place(std::size_t offset)>;
  /// Runs those of a file's statements that have to come before its transaction and may be repeated
  /// (SQLite: a change of the journal mode into WAL or out of it).
  virtual void run_ahead(std::string_view text, std::span<const sql::Statement> statements,
                         const Locate& locate) = 0;

  /// Lets files run as the engine's own program would run them, until reset_session() or the end of
  /// the open transaction.  SQLite: foreign keys are not enforced unless the file switches them on, so
  /// that a table can be dropped and made anew without its children; reset_session() refuses rows
  /// that have come to refer to none.  "Strings" in double quotes are taken, and schema tables can be
  /// written after PRAGMA writable_schema.
  virtual void start_script() = 0;

  /// Runs the statements of a file, as the file's author wrote them, inside the current
  /// transaction; COPY data included.  `statements` have offsets into `text`; an error is at the
  /// place that `locate` gives for the offset at which it occurred.
  virtual void run_script(std::string_view text, std::span<const sql::Statement> statements,
                          const Locate& locate) = 0;

  /// A script that is a transaction of its own, and what else belongs to that transaction.
  struct ScriptTransaction {
    BeginOptions begin;
    std::string guard;  ///< a query, run first: unless it has a row, nothing is done
    std::vector<std::string> before;  ///< run next
    std::string_view text;
    std::span<const sql::Statement> statements;
    Locate locate;
    std::vector<std::string> after;  ///< run once the session is as it was before the script
  };

  /// Begins a transaction, runs the script as run_script() does, undoes what it left in the session,
  /// and commits.  Returns false if the guard had no row.  Whatever goes wrong, nothing of it
  /// remains, unless the Error is in doubt.  An error without a place is not the script's but that
  /// of what is done before and after it, a deferred constraint's for one.
  ///
  /// Rationale: PostgreSQL is sent all of it in one message, or in few, since it is round trips that
  /// cost; the guard is part of it, so that it holds for everything that commits.
  virtual bool run_transaction(const ScriptTransaction& work);

  /// `text` in quotes, as SQL writes it, for what run_transaction() runs before and after.
  virtual std::string literal(std::string_view text) const = 0;

  /// Removes what an earlier attempt at `statement`, outside a transaction, may have left unfinished: on
  /// PostgreSQL the invalid index of a CREATE INDEX CONCURRENTLY.
  virtual void drop_unfinished(std::string_view statement) = 0;

  /// Undoes what a file may have left in the session (role, settings, cursors, temporary objects),
  /// inside the current transaction.  Checks deferred constraints.
  virtual void reset_session() = 0;

  /// `memory` is for SEEDBED_INSERT_ONCE, and must outlive the writer.
  virtual std::unique_ptr<RowWriter> open_writer(const seedbed_writer& writer, const KeyMemory* memory = nullptr) = 0;

  /// Counts the rows of `table` whose key, the columns `key`, is remembered and was not declared by
  /// the last run.  Reads the whole table.
  virtual std::int64_t count_undeclared(std::string_view table, const std::vector<std::string>& key, const KeyMemory& memory) = 0;

  /// Starts counting anew: changes() tells what changed in this transaction since this call.
  virtual void start_counting() = 0;
  virtual std::vector<TableCounts> changes() = 0;
  /// False for a table whose rows the server keeps elsewhere and does not count: a distributed one.
  virtual bool counts_are_complete(std::string_view) { return true; }

  /// True if a pooler stands between us and the server, so that the session is not ours alone.
  virtual bool pooled() = 0;
  /// Calls `work` now and then while a statement runs; it must not throw or use this connection.
  virtual void while_waiting(std::function<void()> work) = 0;

  /// Foreign keys as pairs of canonical names: the table that refers, and the one referred to.
  virtual std::vector<std::pair<std::string, std::string>> foreign_keys() = 0;
  /// Lets constraints that can wait be checked at the end of the open transaction.
  virtual void defer_constraints() = 0;
  /// What each table is, apart from its rows: equal shapes mean that it was not truncated, altered,
  /// dropped or made anew.  The ledger's tables and temporary ones are left out.
  virtual std::map<std::string, std::string> table_shapes() = 0;

  /// Facts of this database, and whether it has a table of exactly that name, in one round trip.
  /// Outside a transaction, since asking may fail for want of a right.
  virtual DatabaseFacts identify(std::string_view table) = 0;

  virtual bool table_exists(std::string_view table) = 0;
  /// How many rows a table has whose name is written as SQL writes it; 0 if there is none.
  virtual std::int64_t count_rows(std::string_view sql_table) = 0;
  virtual std::vector<Column> columns(std::string_view table) = 0;
  /// Tables of the user's own: not seedbed's, the system's or a platform's.
  virtual std::vector<std::string> user_tables() = 0;
  /// What belongs to this role in the schemas of its search path and in those among `made`, and the
  /// rest of `made`: what the files of migrations made elsewhere.  Not: what belongs to an
  /// extension, the schemas of the system, of seedbed and of platforms; on SQLite `made` is nothing
  /// and seedbed's own tables are included.
  virtual OwnObjects own_objects(std::span<const sql::Created> made) = 0;
  /// Drops `objects`, inside the open transaction.  Returns those that had to stay: schemas that are
  /// not empty, extensions that are in use.
  ///
  /// Throws Error{refused} if something would go along that is not the role's to drop.
  virtual std::vector<CatalogObject> drop_objects(std::span<const CatalogObject> objects, std::span<const sql::Created> made) = 0;
  /// The name under which changes() reports `table`.
  virtual std::string canonical_table(std::string_view table) = 0;
  /// Of a partition, its root.  Of a table that does not exist, the name as it is given.
  virtual TableIdentity table_identity(std::string_view table) = 0;
};

/// Connects, retrying with exponential backoff and jitter until `options.wait` is over.
///
/// Throws Error{failed} with the last refusal as its detail, and at once when waiting cannot help:
/// a wrong password, a database that does not exist, a file that is no database.
std::unique_ptr<Database> connect(const DatabaseUrl& url, const ConnectOptions& options);

/// Rolls back at the end of its scope unless commit() was called.
class Transaction {
 public:
  Transaction(Database& database, const BeginOptions& options) : database_(database) {
    database_.begin(options);
  }
  ~Transaction() { database_.rollback(); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() { database_.commit(); }

 private:
  Database& database_;
};

}  // namespace seedbed::host
