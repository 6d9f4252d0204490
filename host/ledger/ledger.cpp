#include "ledger/ledger.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include <seedbed/version.h>

#include "ledger/operator.hpp"
#include "ledger/schema.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

std::int64_t now_microseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
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

bool Ledger::owns(std::string_view name) const {
  const std::string prefix = table("");
  if (!name.starts_with(prefix)) return false;
  constexpr std::array<std::string_view, 7> kTables{"identity", "migrations", "statements", "lock", "runs", "seeds", "rows"};
  return std::ranges::find(kTables, name.substr(prefix.size())) != kTables.end();
}

bool Ledger::exists() { return database_.table_exists(table("identity")); }

int Ledger::version() {
  if (!exists()) return 0;
  const std::vector<Row> rows = database_.query(fmt::format("SELECT ledger_version FROM {}", table("identity")));
  return rows.empty() ? 0 : std::stoi(rows[0][0].value_or("0"));
}

bool Ledger::ready() { return version() == kLedgerVersion; }

void Ledger::prepare() {
  const int found = version();
  if (found > kLedgerVersion) {
    throw Error(ExitCode::refused, fmt::format("the database's ledger has version {}, this seedbed knows version {}", found, kLedgerVersion))
        .hint("A newer seedbed has worked on this database. Use that one, or a newer one still.");
  }
  if (found == kLedgerVersion) return;
  for (int step = found + 1; step <= kLedgerVersion; ++step) {
    for (const std::string& statement : ledger_upgrade(step, database_.engine())) database_.execute(statement);
  }
  const std::array params{integer_value(kLedgerVersion), timestamp_value(now_microseconds())};
  database_.execute(fmt::format("INSERT INTO {} (only_row, ledger_version, created_at) VALUES (1, $1, $2) "
                                "ON CONFLICT (only_row) DO UPDATE SET ledger_version = excluded.ledger_version",
                                table("identity")), params);
  log::info("ledger_prepared", {{"from_version", found}, {"to_version", kLedgerVersion}});
}

std::vector<AppliedMigration> Ledger::migrations() {
  const char* const origin = version() < 2 ? "'applied'" : "origin";
  std::vector<AppliedMigration> applied;
  for (const Row& row : database_.query(
           fmt::format("SELECT version, name, file, sha256, token_hash, token_algorithm, {}, took_ms, {} FROM {} ORDER BY applied_at, version",
                       utc("applied_at"), origin, table("migrations")))) {
    applied.push_back({*row[0], *row[1], *row[2], *row[3], *row[4], std::stoi(*row[5]), *row[6], std::stoll(*row[7]), *row[8]});
  }
  return applied;
}

bool Ledger::is_applied(std::string_view version) {
  const std::array params{text_value(version)};
  return !database_.query(fmt::format("SELECT 1 FROM {} WHERE version = $1", table("migrations")), params).empty();
}

void Ledger::record(const AppliedMigration& migration) {
  const std::array params{text_value(migration.version), text_value(migration.name), text_value(migration.file),
                          text_value(migration.sha256), text_value(migration.token_hash),
                          integer_value(migration.token_algorithm), timestamp_value(now_microseconds()),
                          integer_value(migration.took_ms), text_value(migration.origin)};
  database_.execute(fmt::format("INSERT INTO {} (version, name, file, sha256, token_hash, token_algorithm, applied_at, took_ms, origin) "
                                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", table("migrations")), params);
}

void Ledger::record_again(const AppliedMigration& migration) {
  const std::array params{text_value(migration.version)};
  database_.execute(fmt::format("DELETE FROM {} WHERE version = $1", table("migrations")), params);
  record(migration);
}

std::vector<std::string> Ledger::statements(std::string_view version) {
  const std::array params{text_value(version)};
  std::vector<std::string> hashes;
  for (const Row& row : database_.query(fmt::format("SELECT hash FROM {} WHERE version = $1 ORDER BY position", table("statements")), params)) {
    hashes.push_back(*row[0]);
  }
  return hashes;
}

void Ledger::record_statement(std::string_view version, std::size_t index, std::string_view hash) {
  const std::array params{text_value(version), integer_value(static_cast<std::int64_t>(index)), text_value(hash),
                          timestamp_value(now_microseconds())};
  database_.execute(fmt::format("INSERT INTO {} (version, position, hash, ran_at) VALUES ($1, $2, $3, $4)", table("statements")), params);
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

void Ledger::record(const RecordedRun& run) {
  const Operator who = current_operator();
  const std::string id = random_id();
  const std::string error = log::redacted(run.error);
  const std::array params{text_value(id), timestamp_value(run.started_at), integer_value(run.took_ms),
                          text_value(run.command), text_value(run.environment), text_value(run.tier),
                          text_value(who.name), text_value(who.host), text_value(SEEDBED_VERSION),
                          who.commit.empty() ? null_value() : text_value(who.commit), text_value(run.outcome),
                          error.empty() ? null_value() : text_value(error), integer_value(run.migrations),
                          integer_value(run.inserted), integer_value(run.updated), integer_value(run.deleted)};
  database_.execute(fmt::format("INSERT INTO {} (id, started_at, took_ms, command, environment, tier, operator, host, "
                                "seedbed_version, git_commit, outcome, error, migrations, inserted, updated, deleted) VALUES "
                                "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)", table("runs")), params);
}

}  // namespace seedbed::host
