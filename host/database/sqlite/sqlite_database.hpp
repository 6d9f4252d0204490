#pragma once
// SQLite behind Database.

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "database/database.hpp"
#include "database/sql/setting.hpp"
#include "database/sqlite/sqlite_foreign_keys.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace seedbed::host {

class SqliteChangedRows;
struct WriterSpec;

/// A prepared statement, finalized with its owner.
struct SqliteFinalize {
  void operator()(sqlite3_stmt* statement) const;
};
using SqliteStatement = std::unique_ptr<sqlite3_stmt, SqliteFinalize>;

class SqliteDatabase : public Database {
 public:
  /// Opens the file, or a private database in memory.  See connect().
  /// It waits no longer once `given_up` is true, which may be nullptr.
  SqliteDatabase(const DatabaseUrl& url, const ConnectOptions& options, const std::atomic<bool>* given_up);
  ~SqliteDatabase() override;

  Engine engine() const override { return Engine::sqlite; }
  std::string server_version() const override;

  void begin(const BeginOptions& options) override;
  void commit() override;
  void rollback() noexcept override;
  bool in_transaction() const override;

  std::int64_t execute(std::string_view sql, std::span<const seedbed_value> params) override;
  std::vector<Row> query(std::string_view sql, std::span<const seedbed_value> params) override;
  void query_typed(std::string_view sql, std::span<const seedbed_value> params,
                   const TypedRow& row) override;
  void run_ahead(std::string_view text, std::span<const sql::Statement> statements,
                 const Locate& locate) override;
  void start_script() override;
  void run_script(std::string_view text, std::span<const sql::Statement> statements,
                  const Locate& locate) override;
  std::string literal(std::string_view text) const override;
  void drop_unfinished(std::string_view) override {}
  void reset_session() override;

  std::unique_ptr<RowWriter> open_writer(const seedbed_writer& writer, const KeyMemory* memory) override;
  std::int64_t count_undeclared(std::string_view table, const std::vector<std::string>& key, const KeyMemory& memory) override;

  void start_counting() override;
  std::vector<TableCounts> changes() override;

  bool pooled() override { return false; }
  void while_waiting(std::function<void()>) override {}

  std::vector<std::pair<std::string, std::string>> foreign_keys() override;
  void defer_constraints() override;
  std::map<std::string, std::string> table_shapes() override;
  DatabaseFacts identify(std::string_view table) override;
  bool table_exists(std::string_view table) override;
  std::int64_t count_rows(std::string_view sql_table) override;
  std::vector<Column> columns(std::string_view table) override;
  std::vector<std::string> user_tables() override;
  OwnObjects own_objects(std::span<const sql::Created> made) override;
  std::vector<CatalogObject> drop_objects(std::span<const CatalogObject> objects, std::span<const sql::Created> made) override;
  std::string canonical_table(std::string_view table) override;
  TableIdentity table_identity(std::string_view table) override { return {canonical_table(table), ""}; }

  sqlite3* handle() const { return handle_; }
  /// Compiles one statement.  Throws Error{failed}.
  SqliteStatement prepare(std::string_view sql);
  /// Steps once: true while there is a row.  Throws Error{failed} or Error{interrupted}.
  bool step(sqlite3_stmt* statement);

  /// The collations, in upper case, by which the unique index on the columns `key` of `table` compares them.
  std::vector<std::string> key_collations(const std::string& table, const std::vector<std::string>& key);

  /// Throws Error{failed}: `count` rows of `table` refer to none.  Names the parent and one of them.
  [[noreturn]] void throw_broken_rows(const std::string& table, std::int64_t count);

 private:
  /// How statements run: Script is the way of the sqlite3 program, for files that were written for it.
  enum class Mode { strict, script };

  /// What the statements compiled so far do to the session, as SQLite's authorizer tells.
  struct Traces {
    std::set<std::string> settings;  ///< PRAGMAs that were given a value
    bool temporary = false;          ///< something was created in the schema temp
    bool attached = false;
  };

  /// A table that the statement being compiled writes.
  struct Write {
    std::string table;  ///< in lower case
    bool removes = false;
  };

  void listen();
  void wait_for_locks();
  void set_mode(Mode mode) noexcept;
  void enforce_foreign_keys(bool on) noexcept;
  void leave_script() noexcept;
  void end_script_transaction() noexcept;
  void check_deferred_keys();
  void pragma(const char* text);
  bool is_harmless(const std::string& message);
  bool trust_schema(const std::string& message);
  int compile(std::string_view sql, sqlite3_stmt** statement, const char** tail);
  void run_statement(std::string_view sql, std::size_t& offset);
  bool run_session_pragma(const sql::Setting& setting);
  void switch_journal(std::string_view mode);
  void set_journal(const char* pragma);
  void make_wal();
  void restore_settings();
  void drop_temporary_objects();
  void detach_all() noexcept;
  void check_unique_key(const WriterSpec& spec);

  sqlite3* handle_ = nullptr;
  std::string display_;
  std::chrono::milliseconds patience_;                  ///< with a file that another process has locked
  std::chrono::steady_clock::time_point waiting_since_;
  const std::atomic<bool>* given_up_ = nullptr;         ///< while connecting
  Mode mode_ = Mode::strict;
  bool script_in_transaction_ = false;  ///< Mode::script ends with the open transaction
  bool quoted_strings_ = false;         ///< a trigger or view of the database's needs "strings" in DML
  bool trusted_schema_ = false;         ///< the schema needs what SQLite does not count as harmless, and is
  Traces traces_;
  std::vector<Write> writes_;  ///< of the statement compiled last, in Mode::script
  SqliteForeignKeys keys_{*this};
  std::map<std::string, TableCounts, std::less<>> counts_;
  SqliteChangedRows* noted_ = nullptr;  ///< whoever wants to hear which rows change
  friend class SqliteChangedRows;
  friend struct SqliteHooks;
  friend struct SqliteBusy;
  friend struct SqliteAuthorizer;
};

}  // namespace seedbed::host
