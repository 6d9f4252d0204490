#pragma once
// What seedbed remembers in the database itself: applied migrations, seeders, runs.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

/// A row of the table migrations.
struct AppliedMigration {
  std::string version;
  std::string name;
  std::string file;
  std::string sha256;
  std::string token_hash;
  int token_algorithm = sql::kTokenHashAlgorithm;
  std::string applied_at;  ///< UTC, "2026-08-03 09:12:44"; filled when read
  std::int64_t took_ms = 0;
  std::string origin = "applied";  ///< or "as-is", "stamped", "adopted"
  bool shared = false;  ///< Supabase's history has the row too, or had it and it was taken back there
  bool reverting = false;  ///< a down part outside a transaction stopped half-way; see migrations()
};

/// Of a statement that runs outside a transaction.
enum class StatementState {
  begun,   ///< nobody has noted its end: it may have taken effect
  failed,  ///< the server has refused it; PostgreSQL may have left an invalid index
  ended,   ///< it took effect
};

/// A row of the table statements.
struct RememberedStatement {
  std::string hash;
  StatementState state = StatementState::ended;
};

/// A row of the table seeds: a seeder (empty `item`), or one file of the seeder "sql", as it was
/// when it last ran.
struct RememberedSeed {
  std::string seeder;
  std::string item;
  std::string fingerprint;  ///< of what was run: equal means nothing new to run
  std::string version;
  std::string ran_at;       ///< UTC; filled when read
};

/// Stands before the version under which a down part's statements are remembered.
inline constexpr std::string_view kReverting = "down ";

/// Those of each version that has not ended, in order.
using RememberedStatements = std::map<std::string, std::vector<RememberedStatement>>;

/// A row of the table runs.
struct RecordedRun {
  std::string command;
  std::string environment;
  std::string tier;
  std::string outcome;  ///< "done", "failed", "refused", "interrupted"
  std::string error;    ///< empty when done; without secrets
  std::int64_t started_at = 0;  ///< microseconds since 1970 UTC
  std::int64_t took_ms = 0;
  std::int64_t migrations = 0, inserted = 0, updated = 0, deleted = 0;
  std::string started;        ///< UTC; this and those below: filled when read
  std::string operator_name;  ///< see Operator
  std::string host;
  std::string version;  ///< of seedbed
  std::string commit;   ///< empty if nobody knew
};

/// Which of the user's databases this is: what its first run wrote, or `stamp --identity`.
struct Identity {
  std::string environment;
  std::string tier;
  std::string id;      ///< random
  std::string system;  ///< these two: see DatabaseFacts
  std::string oid;
};

/// What is read before anything else.
struct LedgerLook {
  DatabaseFacts facts;
  int version = 0;                   ///< 0: the database has no ledger
  std::optional<Identity> identity;  ///< nothing: no ledger, or one from before there were identities
};

/// The ledger of one database: schema seedbed on PostgreSQL, tables seedbed_… on SQLite.
///
/// Functions that write need an open transaction, which holds the run lock.
class Ledger {
 public:
  explicit Ledger(Database& database) : database_(database) {}

  /// Of a `version` that the caller knows, so that nobody has to ask for it.
  Ledger(Database& database, int version) : database_(database), version_(version) {}

  Database& database() const { return database_; }

  /// True for the ledger's own tables, by the name that Database::changes() gives them.
  bool owns(std::string_view table) const;

  /// True if the database has a ledger, whatever its version.
  bool exists();

  /// The version of the database's ledger; 0: it has none.
  int version();

  /// Reads a ledger of any version, outside a transaction.
  LedgerLook look();

  /// Creates what is missing, in a transaction of its own, on a database without a ledger.  Returns
  /// false, and does nothing, if it has one or somebody else is at it.
  bool create(const Identity& identity, std::chrono::milliseconds patience);

  /// What creates a ledger where there is none, as statements for somebody else's transaction.
  std::vector<std::string> creation(const Identity& identity) const { return steps_from(0, identity); }

  /// Creates what is missing and upgrades an older ledger, which gets the identity unless it has one;
  /// what will be rolled back needs none.
  ///
  /// Throws Error{refused} when a newer seedbed has written it.
  void prepare(const Identity& identity = {});

  /// Writes another identity into a ledger that is ready.
  void change_identity(const Identity& identity);

  /// True if prepare() would have nothing to do.
  bool ready();

  /// In the order in which they were applied.  Reads a ledger of any version; the table statements, for
  /// which a role that only seeds needs no right, only `with_reverting`.
  std::vector<AppliedMigration> migrations(bool with_reverting = false);

  void record(const AppliedMigration& migration);
  /// The statement that records `migration`, for Database::run_transaction() or execute().  A
  /// repeatable one takes the place of its earlier row.  `took_ms` is SQL.
  std::string recording(const AppliedMigration& migration, std::string_view took_ms, bool repeatable = false) const;
  /// SQL for the milliseconds that the transaction has lasted: by the server's clock on PostgreSQL;
  /// on SQLite, by the system's, since this call.
  std::string duration_of_transaction() const;
  /// A migration that somebody else applied at `applied_at`, in microseconds since 1970 UTC; nothing
  /// if its version is recorded.
  void adopt(const AppliedMigration& migration, std::int64_t applied_at);
  /// The statement that marks the row of `version` as shared.
  std::string sharing(std::string_view version) const;
  /// A migration that counts as applied no more.
  void forget_migration(std::string_view version);

  /// Writes file, name and hashes of `migration` into its row, which is there.
  void accept(const AppliedMigration& migration);

  /// Reads a ledger of any version.
  RememberedStatements all_statements();
  /// The statements of `version`, a file that runs outside a transaction and has not ended, in order.
  std::vector<RememberedStatement> statements(std::string_view version);
  void record_statement(std::string_view version, std::size_t index, const RememberedStatement& statement);
  void forget_statements(std::string_view version);

  std::vector<RememberedSeed> seeds();
  void remember(const RememberedSeed& seed);
  void forget(std::string_view seeder);
  void forget(std::string_view seeder, std::string_view item);

  /// Everything about migrations and seeds.  The identity, the runs and the lock stay.
  void forget_everything();

  /// The statement that records `run`.
  std::string recording(const RecordedRun& run) const;
  /// The newest `most`, the newest first.
  std::vector<RecordedRun> runs(std::size_t most);
  std::size_t count_runs();

 private:
  std::string table(std::string_view name) const;
  std::string utc(std::string_view column) const;
  std::string instant(std::int64_t microseconds) const;
  std::string text_or_null(std::string_view text) const;
  std::vector<std::string> steps_from(int version, const Identity& identity) const;

  Database& database_;
  std::optional<int> version_;  ///< asked for once
};

}  // namespace seedbed::host
