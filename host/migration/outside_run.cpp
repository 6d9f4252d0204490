#include "migration/outside_run.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "database/sql/setting.hpp"
#include "database/sql/transaction.hpp"
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
    const std::size_t next = recorded_before();
    for (std::size_t i = 0; i < next; ++i) follow(i);
    refuse_settings_that_get_lost(next);
    if (!pooled_) restore_session();
    for (std::size_t i = next; i < statements_.size(); ++i) {
      try {
        run(i);
        follow(i);
      } catch (Error& error) {
        tidy_up();
        throw error
            .detail(fmt::format("The file runs outside a transaction: {} of its {} statements took effect and are recorded.",
                                recorded_, statements_.size()))
            .hint("Mend what follows them and run again: it goes on from there.");
      }
    }
    if (database_.in_transaction()) refuse_open_transaction();
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

  /// Notes what statement `i`, which has run, has set for the session.
  void follow(std::size_t i) {
    const Kind kind = statements_[i].kind;
    if (kind == Kind::begin) in_block_ = true;
    if (kind == Kind::rollback) set_in_block_.clear();
    const bool control = kind != Kind::ordinary && kind != Kind::session;
    if (!control && sql::sets_session(text(i), {database_.engine(), true})) set_in_block_.push_back(i);
    if (kind == Kind::commit || kind == Kind::rollback) in_block_ = false;
    if (in_block_) return;
    settings_.insert(settings_.end(), set_in_block_.begin(), set_in_block_.end());
    set_in_block_.clear();
  }

  [[noreturn]] void refuse_open_transaction() {
    tidy_up();
    const auto begin = std::ranges::find(statements_.rbegin(), statements_.rend(), Kind::begin, &Statement::kind);
    throw Error(ExitCode::failed, "the file begins a transaction that it does not end")
        .at(place_of(migration_.up, begin == statements_.rend() ? 0 : begin->offset))
        .detail("What it did inside that transaction was rolled back.");
  }

  void set_again() {
    for (const std::size_t each : settings_) execute(each);
  }

  /// The session of the run that stopped is gone, and with it what its statements set.
  void restore_session() {
    try {
      set_again();
    } catch (Error& error) {
      tidy_up();
      throw error.detail("An earlier run stopped behind this statement; what it set has to be set again.");
    }
  }

  /// What a file sets is set anew in each transaction behind a pooler, and undone at its end.
  /// Outside of one nothing can be: the statement may get another session than the setting got, and the
  /// setting would stay in that one for whoever comes next.
  void refuse_lost_setting(std::size_t setting, std::size_t statement) const {
    throw Error(ExitCode::refused, fmt::format("what line {} sets would not reach this statement", statements_[setting].line))
        .at(place_of(migration_.up, statements_[statement].offset))
        .detail("A pooler stands before the server and gives every statement that runs outside a transaction the session it likes.")
        .hint("Connect to the server itself, or leave the setting out.");
  }

  /// As far as can be seen before anything runs.
  void refuse_settings_that_get_lost(std::size_t next) const {
    if (!pooled_) return;
    std::optional<std::size_t> setting;
    if (!settings_.empty()) setting = settings_.front();
    for (std::size_t i = next; i < statements_.size(); ++i) {
      const Kind kind = statements_[i].kind;
      const bool sets = (kind == Kind::ordinary || kind == Kind::session) && sql::sets_session(text(i), {database_.engine(), true});
      if (!setting && sets) setting = i;
      if (setting && kind == Kind::non_transactional) refuse_lost_setting(*setting, i);
    }
  }

  void run(std::size_t i) {
    log::info("statement_started", {{"file", migration_.file}, {"line", std::size_t{statements_[i].line}}});
    const Kind kind = statements_[i].kind;
    if (database_.in_transaction()) {
      run_in_own_transaction(i);
    } else if (kind == Kind::begin) {
      execute(i);
      held_ = false;
    } else if (!run_with_record(i)) {
      run_alone(i);
    }
  }

  /// In one that the file has begun: it is recorded as a whole, with its COMMIT or after its ROLLBACK.
  void run_in_own_transaction(std::size_t i) {
    if (!held_ && sql::sets_transaction(text(i))) return execute(i);  // which no query may precede
    if (!held_) {
      database_.as_ourselves([&] { lock_.hold(); });
      if (pooled_) set_again();
      held_ = true;
    }
    const bool commits = statements_[i].kind == Kind::commit;
    if (commits && pooled_) database_.reset_session();
    if (commits) database_.as_ourselves([&] { record_to(i); });
    execute(i);
    if (commits) {
      held_ = false;  // by the next transaction, which AND CHAIN has begun
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
    if (pooled_ && !settings_.empty()) refuse_lost_setting(settings_.front(), i);
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
    if (work && pooled_) set_again();
    if (work) work();
    if (work && pooled_) database_.reset_session();
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
  const bool pooled_ = database_.pooled();
  std::vector<std::size_t> settings_;      ///< statements that have set something for the session
  std::vector<std::size_t> set_in_block_;  ///< of a transaction of the file's, which may roll back
  bool in_block_ = false;
  bool held_ = false;  ///< the lock, by the transaction that the file has begun
};

}  // namespace

void run_statements_outside(RunLock& lock, const Migration& migration, const std::string& key) {
  OutsideRun(lock, migration, key).run();
}

}  // namespace seedbed::host
