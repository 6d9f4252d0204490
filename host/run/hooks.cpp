#include "run/hooks.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "database/sql/setting.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

struct HookText {
  std::string name;  ///< the file, or where the hook is set
  std::string sql;
};

HookText read_hook(const Hook& hook, const std::string& sql, const std::filesystem::path& root) {
  if (!sql.ends_with(".sql")) return {fmt::format("hook of {}", hook.source), sql};
  std::ifstream stream(root / sql, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  if (!stream) throw Error(ExitCode::usage, fmt::format("could not read hook file \"{}\" (set in {})", sql, hook.source));
  return {sql, bytes.str()};
}

/// A hook's text, split, with the way back to its places.
class Script {
 public:
  /// Throws Error{refused} for transaction control: a hook is a transaction, or needs none.
  Script(HookText hook, Engine engine) : hook_(std::move(hook)), statements_(sql::split(hook_.sql, engine, hook_.name)) {
    for (const sql::Statement& statement : statements_) {
      if (statement.kind != sql::Kind::begin && statement.kind != sql::Kind::commit && statement.kind != sql::Kind::rollback) continue;
      throw Error(ExitCode::refused, "a hook cannot control transactions itself")
          .at(sql::place_at(hook_.name, hook_.sql, statement.offset))
          .hint("Each hook is a transaction of its own; make two of it if both should be committed.");
    }
  }

  bool runs_outside_transaction() const {
    return std::ranges::find(statements_, sql::Kind::non_transactional, &sql::Statement::kind) != statements_.end();
  }
  /// Behind a pooler a setting would stay in a session that is not ours, and the statement it is meant for
  /// may get another one.
  void refuse_settings() const {
    for (const sql::Statement& statement : statements_) {
      if (!sql::sets_session(std::string_view(hook_.sql).substr(statement.offset, statement.size), {Engine::postgres, true})) continue;
      throw Error(ExitCode::refused, "a hook that runs outside a transaction cannot set anything behind a pooler")
          .at(sql::place_at(hook_.name, hook_.sql, statement.offset))
          .hint("Connect to the server itself, or leave the setting out.");
    }
  }

  void run(Database& database) const {
    database.run_script(hook_.sql, statements_,
                        [&](std::size_t offset) { return sql::place_at(hook_.name, hook_.sql, offset); });
  }

 private:
  HookText hook_;
  std::vector<sql::Statement> statements_;
};

void run_in_transaction(RunLock& lock, const Script& script) {
  LockedTransaction transaction(lock);
  script.run(lock.database());
  lock.database().reset_session();
  transaction.commit();
}

void run_outside_transaction(RunLock& lock, const Script& script) {
  if (lock.database().pooled()) script.refuse_settings();
  const Heartbeat heartbeat(lock);
  try {
    script.run(lock.database());
  } catch (const Error&) {
    lock.database().rollback();
    lock.database().reset_session();
    throw;
  }
  lock.database().reset_session();
}

const std::string& text_for(const Database& database, const Hook& hook) {
  return database.engine() == Engine::postgres ? hook.postgres : hook.sqlite;
}

}  // namespace

std::size_t run_hooks(RunLock& lock, const std::vector<Hook>& hooks, const std::filesystem::path& root) {
  Database& database = lock.database();
  std::size_t count = 0;
  for (const Hook& hook : hooks) {
    const std::string& sql = text_for(database, hook);
    if (sql.empty()) continue;
    log::info("hook_started", {{"source", hook.source}});
    const Script script(read_hook(hook, sql, root), database.engine());
    if (script.runs_outside_transaction()) run_outside_transaction(lock, script);
    else run_in_transaction(lock, script);
    ++count;
  }
  return count;
}

std::size_t run_hooks_in_spite(RunLock& lock, const std::vector<Hook>& hooks, const std::filesystem::path& root) {
  try {
    return run_hooks(lock, hooks, root);
  } catch (const Error& error) {
    log::warning("hook_failed", {{"cause", error.message()}});
    return 0;
  }
}

std::size_t rehearse_hooks(Database& database, const std::vector<Hook>& hooks, const std::filesystem::path& root,
                           std::vector<std::string>& left_out) {
  std::size_t count = 0;
  for (const Hook& hook : hooks) {
    const std::string& sql = text_for(database, hook);
    if (sql.empty()) continue;
    const Script script(read_hook(hook, sql, root), database.engine());
    if (script.runs_outside_transaction()) {
      left_out.push_back(hook.source);
      continue;
    }
    script.run(database);
    database.reset_session();
    ++count;
  }
  return count;
}

}  // namespace seedbed::host
