#pragma once
// SQLite behind Database.

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "database/database.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace seedbed::host {

struct WriterSpec;

/// A prepared statement, finalized with its owner.
struct SqliteFinalize {
  void operator()(sqlite3_stmt* statement) const;
};
using SqliteStatement = std::unique_ptr<sqlite3_stmt, SqliteFinalize>;

class SqliteDatabase : public Database {
 public:
  /// Opens the file, or a private database in memory.  See connect().
  SqliteDatabase(const DatabaseUrl& url, const ConnectOptions& options);
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
  void run_script(std::string_view text, std::span<const sql::Statement> statements,
                  const Locate& locate) override;
  std::string literal(std::string_view text) const override;
  void reset_session() override;

  std::unique_ptr<RowWriter> open_writer(const seedbed_writer& writer) override;

  void start_counting() override;
  std::vector<TableCounts> changes() override;

  bool pooled() override { return false; }
  void while_waiting(std::function<void()>) override {}

  std::vector<std::pair<std::string, std::string>> foreign_keys() override;
  void defer_constraints() override;
  std::map<std::string, std::string> table_shapes() override;
  bool table_exists(std::string_view table) override;
  std::vector<Column> columns(std::string_view table) override;
  std::vector<std::string> user_tables() override;
  std::string canonical_table(std::string_view table) override;

  /// Compiles one statement.  Throws Error{failed}.
  SqliteStatement prepare(std::string_view sql);
  /// Steps once: true while there is a row.  Throws Error{failed} or Error{interrupted}.
  bool step(sqlite3_stmt* statement);

 private:
  void check_foreign_keys();
  void restore_foreign_keys() noexcept;
  void pragma(const char* text);
  void drop_temporary_objects();
  bool has_unique_key(const WriterSpec& spec, const std::string& table);
  bool is_view(std::string_view table);
  void remember_settings();
  void restore_settings();

  sqlite3* handle_ = nullptr;
  std::string display_;
  std::chrono::milliseconds patience_;                  ///< with a file that another process has locked
  std::chrono::steady_clock::time_point waiting_since_;
  bool rebuilds_tables_ = false;
  std::vector<std::string> settings_;  ///< the PRAGMAs that make the session as it was opened
  std::map<std::string, TableCounts, std::less<>> counts_;
  friend struct SqliteHooks;
  friend struct SqliteBusy;
};

}  // namespace seedbed::host
