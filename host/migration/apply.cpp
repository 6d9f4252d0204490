#include "migration/apply.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "database/sql/setting.hpp"
#include "database/sql/token_cursor.hpp"
#include "database/sql/transaction.hpp"
#include "duration.hpp"
#include "migration/migration_plan.hpp"
#include "migration/outside_run.hpp"

namespace seedbed::host {

namespace {

using Clock = std::chrono::steady_clock;
using sql::Kind;
using sql::Statement;

sql::OneTransaction as_one_transaction(const Migration& migration) {
  return sql::as_one_transaction(migration.up.text, migration.up.statements);
}

/// The statement that records it.  `took_ms` is SQL.
std::string recording(const Ledger& ledger, const Migration& migration, const std::string& took_ms) {
  AppliedMigration row;
  row.version = migration.version;
  row.name = migration.name;
  row.file = migration.file;
  row.sha256 = migration.sha256;
  row.token_hash = migration.token_hash;
  if (migration.as_is) row.origin = "as-is";
  return ledger.recording(row, took_ms, migration.repeatable);
}

/// An error of what follows the file's statements: a constraint that was to be checked then, or a
/// ledger that cannot be written any more.
Error after_script(Error error, const Migration& migration) {
  if (error.code() != ExitCode::failed) return error;
  error.at({migration.up.path.string(), 0, 0, ""});
  const auto says = [&](const char* words) { return error.message().find(words) != std::string::npos; };
  const bool missing = error.sqlstate() == "42P01" || error.sqlstate() == "3F000";
  if (!(missing && says("seedbed")) && !says("no such table: seedbed_")) return error;
  return Error(ExitCode::failed, "the file has taken away the ledger: " + error.message())
      .at(error.place())
      .sqlstate(error.sqlstate())
      .detail("A migration is recorded in the ledger in its own transaction, which therefore was rolled back.")
      .hint("Leave the schema \"seedbed\", or the tables \"seedbed_…\" of SQLite, alone.");
}

/// What other tools, or psql with what it is told, would have put there before the server sees it.
void hint_at_templates(Error& error) {
  struct Sign {
    std::string_view near, hint;
  };
  static constexpr std::array<Sign, 3> kSigns{
      {{"\":\"", "If this is a variable of psql's: they have no values here.  Write the value, or read it with current_setting()."},
       {"\"{\"", "If this is a template of the tool that ran this folder: seedbed fills none in.  Write what it stands for."},
       {"\"$\"", "If this is a placeholder: they have values in the format flyway, and in goose's between ENVSUB ON and OFF."}}};
  if (error.sqlstate() != "42601") return;
  for (const Sign& sign : kSigns) {
    if (error.message().ends_with(sign.near)) error.hint(std::string(sign.hint));
  }
}

/// The place of what stands at `offset` of a text that begins with the part's.
Database::Locate locator(const SqlPart& part) {
  return [&part](std::size_t offset) { return place_of(part, std::min(offset, part.text.size())); };
}

std::chrono::microseconds apply_outside(RunLock& lock, const Migration& migration,
                                        const std::vector<std::string>& beside, const TimeLimits& limits) {
  const auto start = Clock::now();
  Database& database = lock.database();
  database.limit_session(limits);
  database.start_script();
  run_statements_outside(lock, migration, migration.version);
  database.reset_session();  // first: the lock is not that of a role the file has set
  LockedTransaction transaction(lock);
  const auto took = since(start);
  Ledger ledger(database);
  database.execute(recording(ledger, migration, std::to_string(took.count() / 1000)));
  for (const std::string& statement : beside) database.execute(statement);
  ledger.forget_statements(migration.version);
  transaction.commit();
  return took;
}

}  // namespace

bool controls_transactions(const Migration& migration) {
  if (!migration.up.transactional) return false;
  const sql::OneTransaction file = as_one_transaction(migration);
  return file.stray != nullptr || file.blocks > 1 || (file.blocks == 1 && !file.wrapped);
}

void refuse_transaction_control(const Migration& migration) {
  if (!migration.up.transactional) return;
  const Statement* const stray = as_one_transaction(migration).stray;
  if (stray == nullptr) return;
  Error error(ExitCode::refused, fmt::format("migration \"{}\" controls transactions itself", migration.file));
  error.at(place_of(migration.up, stray->offset));
  const bool never_ends = stray->kind == Kind::begin && std::ranges::none_of(migration.up.statements, [&](const Statement& other) {
    return other.offset > stray->offset && (other.kind == Kind::commit || other.kind == Kind::rollback);
  });
  if (never_ends) {
    throw error.detail("The file does not end the transaction that it begins here: psql would undo what follows it without a word.")
        .hint("Remove the statement, since a migration is a transaction anyway, or write the COMMIT.");
  }
  throw error
      .detail(
          "A migration and its ledger row commit in one transaction, which this statement would end "
          "or split.")
      .hint(
          "Remove the statement, or run the file as it was written with --own-transactions as-is.");
}

bool chooses_transaction(const Migration& migration) {
  const sql::OneTransaction file = as_one_transaction(migration);
  if (file.begin != nullptr) return true;
  if (file.statements.empty()) return false;
  const Statement& first = file.statements.front();
  return sql::sets_transaction(std::string_view(migration.up.text).substr(first.offset, first.size));
}

bool attaches_database(const Migration& migration) {
  return std::ranges::any_of(migration.up.statements, [&](const Statement& statement) {
    const std::string_view text = std::string_view(migration.up.text).substr(statement.offset, statement.size);
    return sql::TokenCursor(text, {Engine::sqlite, true}).at("attach");
  });
}

std::vector<std::string> file_layout(const Migration& migration) {
  static constexpr std::array<std::string_view, 3> kNames{"page_size", "auto_vacuum", "encoding"};
  std::vector<std::string> pragmas;
  for (const Statement& statement : migration.up.statements) {
    if (statement.kind == Kind::begin) continue;
    const std::string_view text = std::string_view(migration.up.text).substr(statement.offset, statement.size);
    if (!sql::TokenCursor(text, {Engine::sqlite, true}).at("pragma")) break;
    const std::vector<sql::Setting> settings = sql::settings_in(text, {Engine::sqlite, true});
    if (!settings.empty() && std::ranges::find(kNames, settings[0].name) != kNames.end()) pragmas.emplace_back(text);
  }
  return pragmas;
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

std::chrono::microseconds apply_migration(RunLock& lock, const Migration& migration, const Beside& beside, const TimeLimits& limits) {
  if (migration.unread) throw std::logic_error("migration \"" + migration.file + "\" is to be applied and was not read");
  if (runs_outside_transaction(migration)) return apply_outside(lock, migration, beside.after, limits);
  const auto start = Clock::now();
  const Ledger ledger(lock.database());
  Database::ScriptTransaction work;
  work.begin = {.patience = lock.patience(), .limits = limits};
  work.guard = lock.guard();
  sql::OneTransaction file = as_one_transaction(migration);
  work.text = file.text.empty() ? migration.up.text : file.text;
  if (file.begin != nullptr) file.statements.insert(file.statements.begin(), *file.begin);
  work.statements = file.statements;
  work.locate = locator(migration.up);
  work.before = beside.before;
  work.after.push_back(recording(ledger, migration, ledger.duration_of_transaction()));
  work.after.insert(work.after.end(), beside.after.begin(), beside.after.end());
  bool held = false;
  try {
    held = lock.database().run_transaction(work);
  } catch (Error& error) {
    if (error.sqlstate() == "55P04") {
      error.hint(file.blocks > 1 ? "The transactions of a file are one here; --own-transactions as-is runs them as they were written."
                                 : "A migration of its own, before this one, can add the value; or let this one run outside a transaction.");
    }
    hint_at_templates(error);
    if (error.sqlstate() == "2D000") {
      error.hint("What ends transactions itself, a DO block or a procedure, runs only outside of one: a line \"-- seedbed: no-transaction\", "
                 "or what your tool has for it, runs the file so.");
    }
    if (!error.place().file.empty()) throw;
    throw after_script(error, migration);
  }
  if (!held) throw lock.lost();
  return since(start);
}

std::chrono::microseconds rehearse_migration(Database& database, const Migration& migration,
                                             const std::vector<std::string>& beside) {
  const auto start = Clock::now();
  run_in_transaction(database, migration.up);
  try {
    const Ledger ledger(database);
    database.execute(recording(ledger, migration, ledger.duration_of_transaction()));
    for (const std::string& statement : beside) database.execute(statement);
  } catch (Error& error) {
    if (!error.place().file.empty()) throw;
    throw after_script(error, migration);
  }
  return since(start);
}

void run_in_transaction(Database& database, const SqlPart& part, const std::function<void()>& hold) {
  const sql::OneTransaction file = sql::as_one_transaction(part.text, part.statements);
  if (file.begin != nullptr) {
    try {
      database.execute("SET TRANSACTION " + sql::transaction_modes(std::string_view(part.text).substr(file.begin->offset, file.begin->size)));
    } catch (Error& error) {
      throw error.at(place_of(part, file.begin->offset));
    }
  }
  const std::string_view text = file.text.empty() ? part.text : file.text;
  const auto body = std::ranges::find_if_not(file.statements, [&](const Statement& statement) {
    return sql::sets_transaction(text.substr(statement.offset, statement.size));
  });
  database.run_script(text, {file.statements.begin(), body}, locator(part));
  if (hold) hold();
  database.start_script();
  database.run_script(text, {body, file.statements.end()}, locator(part));
  try {
    database.reset_session();
  } catch (Error& error) {  // a deferred constraint
    const bool constraint = error.code() == ExitCode::failed && error.place().file.empty();
    if (constraint) error.at({part.path.string(), 0, 0, ""});
    throw;
  }
}

}  // namespace seedbed::host
