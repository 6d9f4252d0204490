#include "ledger/schema.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace seedbed::host {

namespace {

// Written once for both engines: @ stands before a table's name, TIME for the type of a time, INT
// for that of a number, HASH for that of 16 bytes.
constexpr const char* kVersion1[] = {
    "CREATE TABLE @identity (only_row INT NOT NULL PRIMARY KEY CHECK (only_row = 1), ledger_version INT NOT NULL, "
    "created_at TIME NOT NULL)",
    "CREATE TABLE @migrations (version TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, file TEXT NOT NULL, "
    "sha256 TEXT NOT NULL, token_hash TEXT NOT NULL, token_algorithm INT NOT NULL, applied_at TIME NOT NULL, "
    "took_ms INT NOT NULL)",
    // Of migrations that run outside a transaction and have not ended.
    "CREATE TABLE @statements (version TEXT NOT NULL, position INT NOT NULL, hash TEXT NOT NULL, ran_at TIME NOT NULL, "
    "PRIMARY KEY (version, position))",
    // Row 1 is the lock; row 2 the heartbeat of a run whose statement runs outside a transaction.
    "CREATE TABLE @lock (id INT NOT NULL PRIMARY KEY CHECK (id IN (1, 2)), fence INT NOT NULL, run TEXT, operator TEXT, "
    "host TEXT, process INT, backend INT, backend_start TIME, since TIME, lease_until TIME)",
    "INSERT INTO @lock (id, fence) VALUES (1, 0), (2, 0)",
    "CREATE TABLE @seeds (seeder TEXT NOT NULL, item TEXT NOT NULL, fingerprint TEXT NOT NULL, version TEXT NOT NULL, "
    "ran_at TIME NOT NULL, PRIMARY KEY (seeder, item))",
    "CREATE TABLE @runs (id TEXT NOT NULL PRIMARY KEY, started_at TIME NOT NULL, took_ms INT NOT NULL, "
    "command TEXT NOT NULL, environment TEXT NOT NULL, tier TEXT NOT NULL, operator TEXT NOT NULL, host TEXT NOT NULL, "
    "seedbed_version TEXT NOT NULL, git_commit TEXT, outcome TEXT NOT NULL, error TEXT, migrations INT NOT NULL, "
    "inserted INT NOT NULL, updated INT NOT NULL, deleted INT NOT NULL)",
};

constexpr const char* kVersion2[] = {
    // How a row came to be: applied, as-is, stamped, adopted.
    "ALTER TABLE @migrations ADD COLUMN origin TEXT NOT NULL DEFAULT 'applied'",
    // 1: another tool's history has, or had, the row as well.
    "ALTER TABLE @migrations ADD COLUMN shared INT NOT NULL DEFAULT 0",
    // begun, failed, ended: see StatementState.
    "ALTER TABLE @statements ADD COLUMN state TEXT NOT NULL DEFAULT 'ended'",
};

constexpr const char* kVersion3[] = {
    // The last five columns of @identity, in this order: Ledger::look() reads them by their places.
    "ALTER TABLE @identity ADD COLUMN environment TEXT",
    "ALTER TABLE @identity ADD COLUMN tier TEXT",
    "ALTER TABLE @identity ADD COLUMN id TEXT",
    "ALTER TABLE @identity ADD COLUMN system_identifier TEXT",
    "ALTER TABLE @identity ADD COLUMN database_oid TEXT",
};

constexpr const char* kVersion4[] = {
    // The keys of rows that seeders insert once, as hashes in lists, one for each seeder and table; see
    // RememberedRows.  declared is 0 once the seeder's last run had the key no more.
    "CREATE TABLE @rows (list INT NOT NULL, hash HASH NOT NULL, declared INT NOT NULL, PRIMARY KEY (list, hash))",
};

constexpr std::span<const char* const> kVersions[] = {kVersion1, kVersion2, kVersion3, kVersion4};
static_assert(std::size(kVersions) == kLedgerVersion);

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// As `engine` has it.
std::string written_for(Engine engine, std::string statement) {
  const bool postgres = engine == Engine::postgres;
  statement = replaced(std::move(statement), "@", postgres ? "seedbed." : "seedbed_");
  for (const char* after : {" ", ",", ")"}) {
    statement = replaced(std::move(statement), std::string(" TIME") + after, (postgres ? " timestamptz" : " TEXT") + std::string(after));
    statement = replaced(std::move(statement), std::string(" INT") + after, (postgres ? " bigint" : " INTEGER") + std::string(after));
    statement = replaced(std::move(statement), std::string(" HASH") + after, (postgres ? " uuid" : " BLOB") + std::string(after));
  }
  if (!postgres && statement.starts_with("CREATE TABLE")) {
    // Without rowids a row and its key are one page to write and to sync, not two.
    const bool numbered = statement.find(" INTEGER NOT NULL PRIMARY KEY") != std::string::npos;
    statement += numbered ? " STRICT" : " STRICT, WITHOUT ROWID";
  }
  return statement;
}

std::vector<std::string> before_tables(Engine engine) {
  if (engine == Engine::sqlite) return {};
  return {"CREATE SCHEMA seedbed"};
}

/// Puts what `addition`, an ALTER TABLE of those above, adds behind the last column of its table.
void fold_in(std::vector<std::string>& statements, std::string_view addition) {
  constexpr std::string_view kAlter = "ALTER TABLE ", kAdd = " ADD COLUMN ";
  const std::size_t add = addition.find(kAdd);
  const std::string head = fmt::format("CREATE TABLE {} (", addition.substr(kAlter.size(), add - kAlter.size()));
  const auto table = std::ranges::find_if(statements, [&](const std::string& statement) { return statement.starts_with(head); });
  if (add == addition.npos || table == statements.end()) throw std::logic_error("a step of the ledger that cannot be folded in");
  const std::size_t key = table->find(", PRIMARY KEY (");  // of the table, after all columns
  table->insert(key == std::string::npos ? table->size() - 1 : key, fmt::format(", {}", addition.substr(add + kAdd.size())));
}

}  // namespace

std::vector<std::string> ledger_upgrade(int step, Engine engine) {
  if (step < 1 || step > kLedgerVersion) throw std::logic_error("the ledger has no such version");
  std::vector<std::string> statements = step == 1 ? before_tables(engine) : std::vector<std::string>();
  for (const char* statement : kVersions[step - 1]) statements.push_back(written_for(engine, statement));
  return statements;
}

std::vector<std::string> ledger_creation(Engine engine, bool has_schema) {
  std::vector<std::string> made;
  for (const auto& version : kVersions) {
    for (const std::string_view statement : version) {
      if (statement.starts_with("ALTER TABLE ")) fold_in(made, statement);
      else made.emplace_back(statement);
    }
  }
  std::vector<std::string> statements = has_schema ? std::vector<std::string>() : before_tables(engine);
  for (std::string& statement : made) statements.push_back(written_for(engine, std::move(statement)));
  return statements;
}

}  // namespace seedbed::host
