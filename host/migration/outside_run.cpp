#include "migration/outside_run.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "database/sql/setting.hpp"
#include "interrupt.hpp"
#include "ledger/ledger.hpp"
#include "log.hpp"
#include "migration/migration_plan.hpp"

namespace seedbed::host {

namespace {

using sql::Kind;
using sql::Statement;

/// "Cannot run inside a transaction block", and what a procedure meets that commits by itself.
bool wants_no_transaction(const Error& error) { return error.sqlstate() == "25001" || error.sqlstate() == "2D000"; }

/// What a statement meets that has taken effect before: something that exists, or exists no more.
bool says_it_is_done(const Error& error) {
  static constexpr std::array<std::string_view, 6> kStates{"42P07", "42710", "42P04", "42704", "42P01", "3D000"};
  return std::ranges::find(kStates, error.sqlstate()) != kStates.end();
}

class OutsideRun {
 public:
  OutsideRun(RunLock& lock, const Migration& migration, const std::string& key)
      : lock_(lock), database_(lock.database()), ledger_(lock.database()), migration_(migration), key_(key),
        statements_(migration.up.statements) {}

  void run() {
    std::size_t next = recorded_before();
    try {
      restore_session(next);
    } catch (Error& error) {
      tidy_up();
      throw error.detail("An earlier run stopped behind this statement; what it set has to be set again.");
    }
    for (std::size_t i = next; i < statements_.size(); ++i) {
      try {
        run(i);
      } catch (Error& error) {
        tidy_up();
        throw error
            .detail(fmt::format("The file runs outside a transaction: {} of its {} statements took effect and are recorded.",
                                recorded_, statements_.size()))
            .hint("Mend what follows them and run again: it goes on from there.");
      }
    }
  }

 private:
  std::string_view text(std::size_t i) const {
    return std::string_view(migration_.up.text).substr(statements_[i].offset, statements_[i].size);
  }

  std::string hash(std::size_t i) const { return statement_hash(migration_.up, i, database_.engine()); }

  /// Those an earlier run has recorded have to be the same still.
  std::size_t recorded_before() {
    const std::vector<RememberedStatement> all = ledger_.statements(key_);
    for (const RememberedStatement& remembered : all) {
      if (remembered.state != StatementState::ended) {
        unfinished_ = remembered;
        continue;
      }
      const std::size_t i = recorded_++;
      if (i < statements_.size() && hash(i) == remembered.hash) continue;
      throw Error(ExitCode::refused, fmt::format("migration \"{}\" is half {} and was edited since", migration_.file,
                                                   key_ == migration_.version ? "applied" : "reverted"))
          .detail(fmt::format("Its first {} statements took effect; statement {} is another now.",
                              std::ranges::count(all, StatementState::ended, &RememberedStatement::state), i + 1))
          .hint("Restore the statements that took effect; those after them may change.")
          .hint(fmt::format("\"seedbed repair\" shows them; \"seedbed repair --abandon {}\" lets {} start anew.", migration_.version,
                            key_ == migration_.version ? "the file" : "the down part"));
    }
    return recorded_;
  }

  /// The session of the run that stopped is gone, and with it what the first `count` statements set.
  void restore_session(std::size_t count) {
    std::vector<std::size_t> block;  // of a transaction of the file's, which may roll back
    bool open = false;
    for (std::size_t i = 0; i < count; ++i) {
      const Kind kind = statements_[i].kind;
      if (kind == Kind::begin) open = true;
      if (kind == Kind::rollback) block.clear();
      const bool control = kind != Kind::ordinary && kind != Kind::session;
      if (!control && sql::sets_session(text(i), {database_.engine(), true})) block.push_back(i);
      if (kind == Kind::commit || kind == Kind::rollback) open = false;
      if (open) continue;
      for (const std::size_t each : std::exchange(block, {})) execute(each);
    }
  }

  void run(std::size_t i) {
    log::info("statement_started", {{"file", migration_.file}, {"line", std::size_t{statements_[i].line}}});
    const Kind kind = statements_[i].kind;
    if (database_.in_transaction()) {
      run_in_own_transaction(i);
    } else if (kind == Kind::begin) {
      execute(i);
      database_.as_ourselves([&] { lock_.hold(); });
    } else if (!run_with_record(i)) {
      run_alone(i);
    }
  }

  /// In one that the file has begun: it is recorded as a whole, with its COMMIT or after its ROLLBACK.
  void run_in_own_transaction(std::size_t i) {
    const bool commits = statements_[i].kind == Kind::commit;
    if (commits) database_.as_ourselves([&] { record_to(i); });
    execute(i);
    if (commits) {
      recorded_ = i + 1;
    } else if (!database_.in_transaction()) {
      in_transaction([&] { record_to(i); });
      recorded_ = i + 1;
    }
  }

  /// False if the statement can share no transaction with its record; then nothing has happened.
  bool run_with_record(std::size_t i) {
    const Kind kind = statements_[i].kind;
    const bool ordinary = kind == Kind::ordinary || kind == Kind::copy_in ||
                          // SQLite ignores a change of foreign_keys inside a transaction.
                          (kind == Kind::session && database_.engine() == Engine::postgres);
    if (!ordinary) return false;
    try {
      in_transaction([&] { record_to(i); }, [&] { execute(i); });
    } catch (const Error& error) {
      if (!wants_no_transaction(error)) throw;
      return false;
    }
    recorded_ = i + 1;
    return true;
  }

  void run_alone(std::size_t i) {
    const bool again = unfinished_.has_value() && unfinished_->hash == hash(i);
    const bool in_doubt = again && unfinished_->state == StatementState::begun;
    note(i, StatementState::begun);
    try {
      const Heartbeat heartbeat(lock_);
      if (again) database_.drop_unfinished(text(i));
      execute(i);
    } catch (const Error& error) {
      if (!in_doubt || !says_it_is_done(error)) {
        note_failure(i);
        throw;
      }
      log::info("statement_had_taken_effect", {{"file", migration_.file}, {"line", std::size_t{statements_[i].line}}, {"cause", error.message()}});
    }
    if (!database_.in_transaction()) note(i, StatementState::ended);
    recorded_ = i + 1;
  }

  void execute(std::size_t i) {
    database_.run_script(migration_.up.text, std::span(statements_).subspan(i, 1),
                         [this](std::size_t offset) { return place_of(migration_.up, offset); });
  }

  void record_to(std::size_t last) {
    for (std::size_t i = recorded_; i <= last; ++i) ledger_.record_statement(key_, i, {hash(i), StatementState::ended});
  }

  void note(std::size_t i, StatementState state) {
    in_transaction([&] { ledger_.record_statement(key_, i, {hash(i), state}); });
  }

  /// Records, and does what belongs to the record, in one transaction that holds the lock.
  void in_transaction(const std::function<void()>& record, const std::function<void()>& work = {}) {
    Transaction transaction(database_, {.patience = lock_.patience()});
    database_.as_ourselves([&] {
      lock_.hold();
      record();
    });
    if (work) work();
    database_.as_ourselves([&] { lock_.extend(); });
    transaction.commit();
  }

  /// Without this record, as after a lost connection, the next run takes it that nobody knows.
  void note_failure(std::size_t i) {
    const UninterruptedScope uninterrupted;
    tidy_up();
    try {
      note(i, StatementState::failed);
    } catch (const Error& error) {
      log::debug("failure_not_recorded", {{"cause", error.message()}});
    }
  }

  /// After an error: a role of the file's would also be that of what follows.
  void tidy_up() {
    const UninterruptedScope uninterrupted;
    database_.rollback();
    try {
      database_.reset_session();
    } catch (const Error& error) {  // the connection is gone; the error at hand says so
      log::debug("session_not_reset", {{"cause", error.message()}});
    }
  }

  RunLock& lock_;
  Database& database_;
  Ledger ledger_;
  const Migration& migration_;
  const std::string& key_;
  const std::vector<Statement>& statements_;
  std::size_t recorded_ = 0;
  std::optional<RememberedStatement> unfinished_;
};

}  // namespace

void run_statements_outside(RunLock& lock, const Migration& migration, const std::string& key) {
  OutsideRun(lock, migration, key).run();
}

}  // namespace seedbed::host
