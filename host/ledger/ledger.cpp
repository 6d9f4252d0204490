#include "ledger/ledger.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <tuple>

#include <fmt/format.h>

#include <seedbed/version.h>

#include "ledger/operator.hpp"
#include "ledger/schema.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

/// In the order of StatementState.
constexpr std::array<std::string_view, 3> kStatementStates{"begun", "failed", "ended"};

std::int64_t now_microseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// CREATE SCHEMA IF NOT EXISTS takes the right to create schemas even where there is one.
bool has_schema(Database& database) {
  return database.engine() == Engine::postgres && database.query("SELECT to_regnamespace('seedbed') IS NOT NULL")[0][0] == "t";
}

/// In the order of time, as texts, too.
std::string sortable(std::int64_t microseconds) {
  std::string text = iso_timestamp(microseconds);
  if (constexpr std::size_t kToMilliseconds = 24; text.size() == kToMilliseconds) text.insert(kToMilliseconds - 1, "000");
  return text;
}

StatementState parse_state(std::string_view name) {
  const auto state = std::ranges::find(kStatementStates, name);
  if (state == kStatementStates.end()) {
    throw Error(ExitCode::failed, fmt::format("the ledger has a statement in the state \"{}\", which this seedbed does not know", name));
  }
  return static_cast<StatementState>(state - kStatementStates.begin());
}

}  // namespace

std::string Ledger::table(std::string_view name) const {
  return fmt::format("{}{}", database_.engine() == Engine::postgres ? "seedbed." : "seedbed_", name);
}

std::string Ledger::utc(std::string_view column) const {
  if (database_.engine() == Engine::postgres) {
    return fmt::format("to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')", column);
  }
  return fmt::format("replace(substr({}, 1, 19), 'T', ' ')", column);
}

std::string Ledger::instant(std::int64_t microseconds) const { return database_.literal(iso_timestamp(microseconds)); }

std::string Ledger::text_or_null(std::string_view text) const { return text.empty() ? "NULL" : database_.literal(text); }

bool Ledger::owns(std::string_view name) const {
  const std::string prefix = table("");
  if (!name.starts_with(prefix)) return false;
  constexpr std::array<std::string_view, 7> kTables{"identity", "migrations", "statements", "lock", "runs", "seeds", "rows"};
  return std::ranges::find(kTables, name.substr(prefix.size())) != kTables.end();
}

bool Ledger::exists() { return database_.table_exists(table("identity")); }

int Ledger::version() {
  if (version_) return *version_;
  version_ = 0;
  if (!exists()) return 0;
  const std::vector<Row> rows = database_.query(fmt::format("SELECT ledger_version FROM {}", table("identity")));
  if (!rows.empty()) version_ = std::stoi(rows[0][0].value_or("0"));
  return *version_;
}

bool Ledger::ready() { return version() == kLedgerVersion; }

LedgerLook Ledger::look() {
  LedgerLook look;
  look.facts = database_.identify(table("identity"));
  if (!look.facts.has_table) return look;
  const std::vector<Row> rows = database_.query(fmt::format("SELECT * FROM {}", table("identity")));
  if (rows.empty()) {
    throw Error(ExitCode::refused, fmt::format("the ledger is damaged: {} has lost its only row", table("identity")))
        .detail("Whose database it is, and of which version its ledger, is not known. Nothing was changed.")
        .hint("Restore the row from a backup; or drop what is left of the ledger, and record what is applied with \"seedbed stamp VERSION\".");
  }
  // Columns stand in the order in which versions of the ledger have added them.
  const Row& row = rows[0];
  look.version = std::stoi(row[1].value_or("0"));
  version_ = look.version;
  if (row.size() < 8 || !row[3]) return look;
  look.identity = {*row[3], row[4].value_or(""), row[5].value_or(""), row[6].value_or(""), row[7].value_or("")};
  return look;
}

std::vector<std::string> Ledger::steps_from(int version, const Identity& identity) const {
  std::vector<std::string> statements;
  if (version == 0) statements = ledger_creation(database_.engine(), has_schema(database_));
  else for (int step = version + 1; step <= kLedgerVersion; ++step) {
    std::ranges::move(ledger_upgrade(step, database_.engine()), std::back_inserter(statements));
  }
  statements.push_back(fmt::format("INSERT INTO {} AS i (only_row, ledger_version, created_at, environment, tier, id, "
                                   "system_identifier, database_oid) VALUES (1, {}, {}, {}, {}, {}, {}, {}) "
                                   "ON CONFLICT (only_row) DO UPDATE SET ledger_version = excluded.ledger_version, "
                                   "environment = coalesce(i.environment, excluded.environment), tier = coalesce(i.tier, excluded.tier), "
                                   "id = coalesce(i.id, excluded.id), "
                                   "system_identifier = coalesce(i.system_identifier, excluded.system_identifier), "
                                   "database_oid = coalesce(i.database_oid, excluded.database_oid)",
                                   table("identity"), kLedgerVersion, instant(now_microseconds()), text_or_null(identity.environment),
                                   text_or_null(identity.tier), text_or_null(identity.id),
                                   text_or_null(identity.system), text_or_null(identity.oid)));
  return statements;
}

void Ledger::change_identity(const Identity& identity) {
  database_.execute(fmt::format("UPDATE {} SET environment = {}, tier = {}, id = {}, system_identifier = {}, database_oid = {}",
                                table("identity"), text_or_null(identity.environment), text_or_null(identity.tier),
                                text_or_null(identity.id), text_or_null(identity.system), text_or_null(identity.oid)));
}

bool Ledger::create(const Identity& identity, std::chrono::milliseconds patience) {
  Database::ScriptTransaction creation;
  creation.begin = {.patience = patience, .alone = true};
  creation.guard = database_.engine() == Engine::postgres
                       ? "SELECT 1 WHERE to_regclass('seedbed.identity') IS NULL"
                       : "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'seedbed_identity')";
  creation.after = steps_from(0, identity);
  if (!database_.run_transaction(creation)) return false;
  version_ = kLedgerVersion;
  log::info("ledger_prepared", {{"from_version", 0}, {"to_version", kLedgerVersion}});
  return true;
}

void Ledger::prepare(const Identity& identity) {
  const int found = version();
  if (found > kLedgerVersion) {
    throw Error(ExitCode::refused, fmt::format("the database's ledger has version {}, this seedbed knows version {}", found, kLedgerVersion))
        .hint("A newer seedbed has worked on this database. Use that one, or a newer one still.");
  }
  if (found == kLedgerVersion) return;
  for (const std::string& statement : steps_from(found, identity)) database_.execute(statement);
  version_ = kLedgerVersion;
  log::info("ledger_prepared", {{"from_version", found}, {"to_version", kLedgerVersion}});
}

std::vector<AppliedMigration> Ledger::migrations(bool with_reverting) {
  const char* const added = version() < 2 ? "'applied', 0" : "origin, shared";
  // Mostly no statement at all is remembered, which is found out faster than whether one is of this migration.
  const std::string reverting = with_reverting ? fmt::format("CASE WHEN EXISTS (SELECT 1 FROM {}) THEN 1 ELSE 0 END", table("statements")) : "0";
  std::vector<AppliedMigration> applied;
  const auto read = [&](const char* when, bool as_text) {
    bool as_expected = true;
    database_.query_typed(
        fmt::format("SELECT version, name, file, sha256, token_hash, token_algorithm, {}, took_ms, {}, {} FROM {}", when, added,
                    reverting, table("migrations")), {}, [&](const seedbed_value* value, std::size_t) {
          const auto text = [&](int column) { return std::string(data_of(value[column])); };
          as_expected = as_text == (value[6].type == SEEDBED_TEXT);
          if (!as_expected) return false;
          applied.push_back({text(0), text(1), text(2), text(3), text(4), static_cast<int>(value[5].as.integer),
                             as_text ? text(6) : sortable(value[6].as.integer), value[7].as.integer, text(8),
                             value[9].as.integer == 1, value[10].as.integer == 1});
          return true;
        });
    return as_expected;
  };
  // A session's own way of printing times costs less than to_char() does, but may be one that is not read here.
  if (database_.engine() == Engine::sqlite) {
    read("applied_at", /*as_text=*/true);
  } else if (!read("applied_at", /*as_text=*/false)) {
    applied.clear();
    read("to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')", /*as_text=*/true);
  }
  if (std::ranges::any_of(applied, &AppliedMigration::reverting)) {
    const RememberedStatements remembered = all_statements();
    for (AppliedMigration& migration : applied) migration.reverting = remembered.contains(std::string(kReverting) + migration.version);
  }
  // Sorted here: mostly they lie in that order, and SQLite would sort whole rows.
  const auto before = [](const AppliedMigration& a, const AppliedMigration& b) {
    return std::tie(a.applied_at, a.version) < std::tie(b.applied_at, b.version);
  };
  if (!std::ranges::is_sorted(applied, before)) std::ranges::sort(applied, before);
  for (AppliedMigration& migration : applied) {
    migration.applied_at.resize(19);
    migration.applied_at[10] = ' ';
  }
  return applied;
}

std::string Ledger::recording(const AppliedMigration& migration, std::string_view took_ms, bool repeatable) const {
  // One clock for all rows of a server, whoever applied them.
  const std::string now = database_.engine() == Engine::postgres ? "clock_timestamp()" : instant(now_microseconds());
  return fmt::format(
      "INSERT INTO {} (version, name, file, sha256, token_hash, token_algorithm, applied_at, took_ms, origin) "
      "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}){}",
      table("migrations"), database_.literal(migration.version), database_.literal(migration.name),
      database_.literal(migration.file), database_.literal(migration.sha256), database_.literal(migration.token_hash),
      migration.token_algorithm, now, took_ms, database_.literal(migration.origin),
      repeatable ? " ON CONFLICT (version) DO UPDATE SET name = excluded.name, file = excluded.file, sha256 = excluded.sha256, "
                   "token_hash = excluded.token_hash, token_algorithm = excluded.token_algorithm, "
                   "applied_at = excluded.applied_at, took_ms = excluded.took_ms, origin = excluded.origin"
                 : "");
}

void Ledger::adopt(const AppliedMigration& migration, std::int64_t applied_at) {
  const std::array params{text_value(migration.version), text_value(migration.name), text_value(migration.file),
                          text_value(migration.sha256), text_value(migration.token_hash),
                          integer_value(migration.token_algorithm), timestamp_value(applied_at),
                          integer_value(migration.took_ms)};
  database_.execute(fmt::format("INSERT INTO {} (version, name, file, sha256, token_hash, token_algorithm, applied_at, took_ms, origin) "
                                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'adopted') ON CONFLICT (version) DO NOTHING",
                                table("migrations")), params);
}

std::string Ledger::sharing(std::string_view version) const {
  return fmt::format("UPDATE {} SET shared = 1 WHERE version = {}", table("migrations"), database_.literal(version));
}

void Ledger::forget_migration(std::string_view version) {
  const std::array params{text_value(version)};
  database_.execute(fmt::format("DELETE FROM {} WHERE version = $1", table("migrations")), params);
}

void Ledger::record(const AppliedMigration& migration) {
  database_.execute(recording(migration, std::to_string(migration.took_ms)));
}

std::string Ledger::duration_of_transaction() const {
  if (database_.engine() == Engine::postgres) {
    return "(extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)::bigint";
  }
  return fmt::format("max(0, CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) - {})", now_microseconds() / 1000);
}

void Ledger::accept(const AppliedMigration& migration) {
  const std::array params{text_value(migration.version), text_value(migration.name), text_value(migration.file),
                          text_value(migration.sha256), text_value(migration.token_hash),
                          integer_value(migration.token_algorithm)};
  database_.execute(fmt::format("UPDATE {} SET name = $2, file = $3, sha256 = $4, token_hash = $5, token_algorithm = $6 "
                                "WHERE version = $1", table("migrations")), params);
}

RememberedStatements Ledger::all_statements() {
  const char* const state = version() < 2 ? "'ended'" : "state";
  RememberedStatements statements;
  for (const Row& row : database_.query(fmt::format("SELECT version, hash, {} FROM {} ORDER BY version, position", state, table("statements")))) {
    statements[*row[0]].push_back({*row[1], parse_state(*row[2])});
  }
  return statements;
}

std::vector<RememberedStatement> Ledger::statements(std::string_view version) {
  const std::array params{text_value(version)};
  std::vector<RememberedStatement> statements;
  for (const Row& row : database_.query(fmt::format("SELECT hash, state FROM {} WHERE version = $1 ORDER BY position", table("statements")), params)) {
    statements.push_back({*row[0], parse_state(*row[1])});
  }
  return statements;
}

void Ledger::record_statement(std::string_view version, std::size_t index, const RememberedStatement& statement) {
  const std::array params{text_value(version), integer_value(static_cast<std::int64_t>(index)), text_value(statement.hash),
                          text_value(kStatementStates[static_cast<std::size_t>(statement.state)]),
                          timestamp_value(now_microseconds())};
  database_.execute(fmt::format("INSERT INTO {} (version, position, hash, state, ran_at) VALUES ($1, $2, $3, $4, $5) "
                                "ON CONFLICT (version, position) DO UPDATE SET hash = excluded.hash, state = excluded.state, "
                                "ran_at = excluded.ran_at", table("statements")), params);
}

void Ledger::forget_statements(std::string_view version) {
  const std::array params{text_value(version)};
  database_.execute(fmt::format("DELETE FROM {} WHERE version = $1", table("statements")), params);
}

std::vector<RememberedSeed> Ledger::seeds() {
  std::vector<RememberedSeed> seeds;
  for (const Row& row : database_.query(fmt::format("SELECT seeder, item, fingerprint, version, {} FROM {} ORDER BY seeder, item",
                                                    utc("ran_at"), table("seeds")))) {
    seeds.push_back({*row[0], *row[1], *row[2], *row[3], *row[4]});
  }
  return seeds;
}

void Ledger::remember(const RememberedSeed& seed) {
  const std::array params{text_value(seed.seeder), text_value(seed.item), text_value(seed.fingerprint),
                          text_value(seed.version), timestamp_value(now_microseconds())};
  database_.execute(fmt::format("INSERT INTO {} (seeder, item, fingerprint, version, ran_at) VALUES ($1, $2, $3, $4, $5) "
                                "ON CONFLICT (seeder, item) DO UPDATE SET fingerprint = excluded.fingerprint, "
                                "version = excluded.version, ran_at = excluded.ran_at", table("seeds")), params);
}

void Ledger::forget(std::string_view seeder) {
  const std::array params{text_value(seeder)};
  database_.execute(fmt::format("DELETE FROM {} WHERE seeder = $1", table("seeds")), params);
}

std::string Ledger::recording(const RecordedRun& run) const {
  const Operator who = current_operator();
  const std::string error = log::redacted(run.error);
  const auto text = [&](std::string_view value) { return database_.literal(value); };
  return fmt::format(
      "INSERT INTO {} (id, started_at, took_ms, command, environment, tier, operator, host, seedbed_version, git_commit, "
      "outcome, error, migrations, inserted, updated, deleted) "
      "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})",
      table("runs"), text(random_id()), instant(run.started_at), run.took_ms, text(run.command), text(run.environment),
      text(run.tier), text(who.name), text(who.host), text(SEEDBED_VERSION), text_or_null(who.commit), text(run.outcome),
      text_or_null(error), run.migrations, run.inserted, run.updated, run.deleted);
}

std::vector<RecordedRun> Ledger::runs(std::size_t most) {
  const std::array params{integer_value(static_cast<std::int64_t>(most))};
  std::vector<RecordedRun> runs;
  for (const Row& row : database_.query(fmt::format(
           "SELECT {}, took_ms, command, environment, tier, operator, host, seedbed_version, git_commit, outcome, error, "
           "migrations, inserted, updated, deleted FROM {} ORDER BY started_at DESC, id LIMIT $1",
           utc("started_at"), table("runs")), params)) {
    RecordedRun& run = runs.emplace_back();
    run.started = *row[0];
    run.took_ms = std::stoll(*row[1]);
    run.command = *row[2];
    run.environment = *row[3];
    run.tier = *row[4];
    run.operator_name = *row[5];
    run.host = *row[6];
    run.version = *row[7];
    run.commit = row[8].value_or("");
    run.outcome = *row[9];
    run.error = row[10].value_or("");
    run.migrations = std::stoll(*row[11]);
    run.inserted = std::stoll(*row[12]);
    run.updated = std::stoll(*row[13]);
    run.deleted = std::stoll(*row[14]);
  }
  return runs;
}

std::size_t Ledger::count_runs() {
  return std::stoul(*database_.query(fmt::format("SELECT count(*) FROM {}", table("runs")))[0][0]);
}

void Ledger::forget(std::string_view seeder, std::string_view item) {
  const std::array params{text_value(seeder), text_value(item)};
  database_.execute(fmt::format("DELETE FROM {} WHERE seeder = $1 AND item = $2", table("seeds")), params);
}

void Ledger::forget_everything() {
  for (const char* name : {"migrations", "statements", "seeds", "rows"}) {
    if (database_.table_exists(table(name))) database_.execute(fmt::format("DELETE FROM {}", table(name)));
  }
}

}  // namespace seedbed::host
