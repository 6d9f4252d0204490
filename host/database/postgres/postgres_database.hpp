#pragma once
// PostgreSQL, and what speaks its protocol, behind Database.

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "database/database.hpp"
#include "database/postgres/postgres_connection.hpp"

namespace seedbed::host {

struct WriterSpec;

/// A column as the writer needs it: how text is cast to it, and how two values are compared.
struct PostgresColumn {
  std::string name;
  std::string type;
  std::string cast;                ///< a type name whose casts leave the length for the assignment to check
  bool not_null = false;
  bool has_default = false;
  bool always_identity = false;    ///< explicit values need OVERRIDING SYSTEM VALUE
  bool compare_as_text = false;    ///< equality is missing, somewhere within its type, or hides changes
  std::string canonical;           ///< SQL of a text that equal values have in common; "?" stands for the value
  std::size_t max_bytes = 0;       ///< of a type whose assignments cut silently; 0: none
};

/// A unique index, by its number, that covers columns alone.
struct UniqueIndex {
  std::string number;
  std::set<std::string> columns;
  std::string fault;  ///< why ON CONFLICT cannot use it; empty: it can
};

/// What a writer has to know of a table.
struct PostgresTable {
  std::string name;        ///< as SQL has it
  std::string root;        ///< of a partition, the whole; else the same name
  bool is_table = false;   ///< rather than a view or the like
  bool is_new = false;     ///< it cannot have a row
  bool has_heirs = false;  ///< tables that inherit from it, whose keys its indexes do not know
  bool is_distributed = false;  ///< Citus keeps its rows elsewhere
  std::vector<PostgresColumn> columns;
  bool columns_are_plain = true;  ///< they can be taken as they are; else writer_columns() knows them
  std::vector<UniqueIndex> indexes;
};

class PostgresDatabase : public Database {
 public:
  /// It waits no longer once `given_up` is true, which may be nullptr.
  PostgresDatabase(const DatabaseUrl& url, const ConnectOptions& options, const std::atomic<bool>* given_up);

  Engine engine() const override { return Engine::postgres; }
  std::string server_version() const override { return connection_.server_version(); }

  void begin(const BeginOptions& options) override;
  void commit() override { connection_.commit(); }
  void rollback() noexcept override { connection_.rollback(); }
  bool in_transaction() const override {
    return connection_.in_transaction() || connection_.server_in_transaction();
  }
  void limit_session(const TimeLimits& limits) override;
  void as_ourselves(const std::function<void()>& work) override;

  std::int64_t execute(std::string_view sql, std::span<const seedbed_value> params) override;
  std::vector<Row> query(std::string_view sql, std::span<const seedbed_value> params) override;
  void run_with_next(std::string_view statement) override;
  void query_typed(std::string_view sql, std::span<const seedbed_value> params,
                   const TypedRow& row) override;
  void run_ahead(std::string_view, std::span<const sql::Statement>, const Locate&) override {}
  void start_script() override {}
  void run_script(std::string_view text, std::span<const sql::Statement> statements,
                  const Locate& locate) override;
  bool run_transaction(const ScriptTransaction& work) override;
  std::string literal(std::string_view text) const override { return connection_.literal(text); }
  void drop_unfinished(std::string_view statement) override;
  void reset_session() override;

  std::unique_ptr<RowWriter> open_writer(const seedbed_writer& writer, const KeyMemory* memory) override;
  std::int64_t count_undeclared(std::string_view table, const std::vector<std::string>& key, const KeyMemory& memory) override;

  void start_counting() override;
  std::vector<TableCounts> changes() override;
  bool counts_are_complete(std::string_view table) override;

  bool pooled() override;
  /// "TLSv1.3, TLS_AES_256_GCM_SHA384": of the connection as far as a pooler, if there is one; empty: none.
  std::string encryption() const { return connection_.encryption(); }
  void while_waiting(std::function<void()> work) override { connection_.while_waiting(std::move(work)); }

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
  TableIdentity table_identity(std::string_view table) override;

 private:
  // Advisory locks are numbers that all programs of a database share; this is "seedbed" in ASCII.
  static constexpr const char* kLockKey = "32481108471997796";
  static std::string try_lock_sql();

  /// Asked for once, when first needed.
  struct ServerFacts {
    bool pooled = false;
    bool citus = false;
  };
  const ServerFacts& facts();
  bool goes_together(std::string_view text);
  bool try_lock();
  std::string lock_holder();
  void limit_transaction();
  void defer_again();
  PgResult run(std::string_view sql, std::span<const seedbed_value> params);
  std::optional<std::string> sql_name(std::string_view table);
  std::optional<PostgresTable> find_table(std::string_view table);
  std::vector<PostgresColumn> writer_columns(std::string_view sql_table);
  void check_unique_key(const WriterSpec& spec, const PostgresTable& table);
  bool has_insert_trigger(std::string_view sql_table);
  std::vector<std::string> bystanders(std::span<const sql::Created> made);

  PostgresConnection connection_;
  std::string display_;
  std::map<std::string, TableCounts> counted_;
  bool counting_ = false;  ///< since start_counting(), up to changes()
  std::optional<ServerFacts> facts_;
  TimeLimits limits_;  ///< of the open transaction
};

}  // namespace seedbed::host
