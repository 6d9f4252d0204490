#include "migration/apply.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <regex>
#include <span>

#include <fmt/format.h>

namespace seedbed::host {

namespace {

using Clock = std::chrono::steady_clock;
using sql::Kind;
using sql::Statement;

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

/// The statements inside a BEGIN … COMMIT that wraps the whole file, or all of them.
std::span<const Statement> unwrapped(const std::vector<Statement>& all) {
  const std::span<const Statement> statements(all);
  if (all.size() >= 2 && all.front().kind == Kind::begin && all.back().kind == Kind::commit) {
    return statements.subspan(1, all.size() - 2);
  }
  return statements;
}

const Statement* first_control(const SqlPart& part) {
  for (const Statement& statement : unwrapped(part.statements)) {
    if (statement.kind == Kind::begin || statement.kind == Kind::commit ||
        statement.kind == Kind::rollback)
      return &statement;
  }
  return nullptr;
}

AppliedMigration ledger_row(const Migration& migration, std::chrono::microseconds took) {
  return {migration.version,
          migration.name,
          migration.file,
          migration.sha256,
          migration.token_hash,
          sql::kTokenHashAlgorithm,
          "",
          took.count() / 1000};
}

void record(Database& database, const Migration& migration, std::chrono::microseconds took,
            const std::string& beside) {
  Ledger ledger(database);
  if (migration.repeatable)
    ledger.record_again(ledger_row(migration, took));
  else
    ledger.record(ledger_row(migration, took));
  if (!beside.empty()) database.execute(beside);
}

void run_part(Database& database, const SqlPart& part, std::span<const Statement> statements) {
  database.run_script(part.text, statements,
                      [&](std::size_t offset) { return place_of(part, offset); });
}

std::string statement_hash(const Migration& migration, const Statement& statement, Engine engine) {
  return sql::token_hash(std::string_view(migration.up.text).substr(statement.offset, statement.size), engine);
}

/// How many of the file's statements an earlier run has recorded.  They have to be the same still.
std::size_t statements_done(Database& database, const Migration& migration) {
  const std::vector<std::string> done = Ledger(database).statements(migration.version);
  const std::vector<Statement>& statements = migration.up.statements;
  for (std::size_t i = 0; i < done.size(); ++i) {
    if (i < statements.size() && statement_hash(migration, statements[i], database.engine()) == done[i]) continue;
    throw Error(ExitCode::refused,
                fmt::format("migration \"{}\" is half applied and was edited since", migration.file))
        .detail(fmt::format("Its first {} statements took effect; statement {} is another now.", done.size(), i + 1))
        .hint("Restore the statements that took effect; those after them may change.");
  }
  return done.size();
}

void record_statement(RunLock& lock, const Migration& migration, std::size_t index) {
  Database& database = lock.database();
  const std::string hash = statement_hash(migration, migration.up.statements[index], database.engine());
  if (database.in_transaction()) {  // the file's own: what it undoes, it undoes with this
    Ledger(database).record_statement(migration.version, index, hash);
    return;
  }
  LockedTransaction transaction(lock);
  Ledger(database).record_statement(migration.version, index, hash);
  transaction.commit();
}

void run_outside(RunLock& lock, const Migration& migration, std::size_t index) {
  Database& database = lock.database();
  try {
    const Heartbeat heartbeat(lock);
    run_part(database, migration.up, std::span(migration.up.statements).subspan(index, 1));
  } catch (Error& error) {
    database.rollback();
    database.reset_session();  // a role of the file's would also be that of what follows
    const std::size_t done = Ledger(database).statements(migration.version).size();
    error.detail(fmt::format("The file runs outside a transaction: {} of its {} statements took effect and are recorded.",
                             done, migration.up.statements.size()));
    error.hint("Mend what follows them and run again: it goes on from there.");
    throw;
  }
}

std::chrono::microseconds apply_outside(RunLock& lock, const Migration& migration,
                                        const std::string& beside) {
  const auto start = Clock::now();
  Database& database = lock.database();
  for (std::size_t i = statements_done(database, migration); i < migration.up.statements.size(); ++i) {
    run_outside(lock, migration, i);
    record_statement(lock, migration, i);
  }
  if (database.in_transaction()) {
    database.rollback();
    throw Error(ExitCode::failed, "the file begins a transaction that it does not end")
        .at({migration.up.path.string(), 0, 0, ""})
        .detail("What it did inside that transaction was rolled back.");
  }
  database.reset_session();  // first: the lock is not that of a role the file has set
  LockedTransaction transaction(lock);
  const auto took = since(start);
  record(database, migration, took, beside);
  Ledger(database).forget_statements(migration.version);
  transaction.commit();
  return took;
}

}  // namespace

bool controls_transactions(const Migration& migration) {
  return migration.up.transactional && first_control(migration.up) != nullptr;
}

void refuse_transaction_control(const Migration& migration) {
  if (!controls_transactions(migration)) return;
  throw Error(ExitCode::refused,
              fmt::format("migration \"{}\" controls transactions itself", migration.file))
      .at(place_of(migration.up, first_control(migration.up)->offset))
      .detail(
          "A migration and its ledger row commit in one transaction, which this statement would end "
          "or split.")
      .hint(
          "Remove the statement, or run the file as it was written with --own-transactions as-is.");
}

bool rebuilds_tables(const Migration& migration) {
  static const std::regex kSwitchOff(R"(pragma\s+(main\s*\.\s*)?foreign_keys\s*[=(]\s*['"]?(off|0|no|false)\b)",
                                     std::regex::icase);
  return std::ranges::any_of(migration.up.statements, [&](const Statement& statement) {
    if (statement.kind != Kind::session) return false;
    const auto text = migration.up.text.begin() + static_cast<std::ptrdiff_t>(statement.offset);
    return std::regex_search(text, text + static_cast<std::ptrdiff_t>(statement.size), kSwitchOff,
                             std::regex_constants::match_continuous);
  });
}

bool runs_outside_transaction(const Migration& migration, std::string* why) {
  if (!migration.up.transactional) {
    if (why != nullptr) *why = "it runs outside a transaction";
    return true;
  }
  const auto found =
      std::ranges::find(migration.up.statements, Kind::non_transactional, &Statement::kind);
  if (found == migration.up.statements.end()) return false;
  if (why != nullptr)
    *why = fmt::format("the statement in line {} cannot run in a transaction", found->line);
  return true;
}

std::optional<std::chrono::microseconds> apply_migration(RunLock& lock, const Migration& migration,
                                                         const std::string& beside) {
  Database& database = lock.database();
  const auto applied_meanwhile = [&] {
    return !migration.repeatable && Ledger(database).is_applied(migration.version);
  };
  if (runs_outside_transaction(migration)) {
    if (applied_meanwhile()) return std::nullopt;
    return apply_outside(lock, migration, beside);
  }
  LockedTransaction transaction(lock, rebuilds_tables(migration));
  if (applied_meanwhile()) return std::nullopt;
  const auto took = rehearse_migration(database, migration, beside);
  try {
    transaction.commit();
  } catch (Error& error) {
    if (error.place().file.empty()) error.at({migration.up.path.string(), 0, 0, ""});
    throw;
  }
  return took;
}

std::chrono::microseconds rehearse_migration(Database& database, const Migration& migration,
                                             const std::string& beside) {
  const auto start = Clock::now();
  run_part(database, migration.up, unwrapped(migration.up.statements));
  try {
    database.reset_session();
  } catch (Error& error) {  // a deferred constraint
    if (error.place().file.empty()) error.at({migration.up.path.string(), 0, 0, ""});
    throw;
  }
  const auto took = since(start);
  record(database, migration, took, beside);
  return took;
}

}  // namespace seedbed::host
