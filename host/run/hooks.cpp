#include "run/hooks.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

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

void run_hook(Database& database, const HookText& hook, std::chrono::milliseconds patience) {
  const std::vector<sql::Statement> statements = sql::split(hook.sql, database.engine(), hook.name);
  const auto place = [&](std::size_t offset) { return sql::place_at(hook.name, hook.sql, offset); };
  const bool outside = std::ranges::find(statements, sql::Kind::non_transactional, &sql::Statement::kind) != statements.end();
  if (outside) {
    database.run_script(hook.sql, statements, place);
    return;
  }
  Transaction transaction(database, patience);
  database.run_script(hook.sql, statements, place);
  database.reset_session();
  transaction.commit();
}

}  // namespace

std::size_t run_hooks(Database& database, const std::vector<Hook>& hooks, const std::filesystem::path& root,
                      std::chrono::milliseconds patience) {
  std::size_t count = 0;
  for (const Hook& hook : hooks) {
    const std::string& sql = database.engine() == Engine::postgres ? hook.postgres : hook.sqlite;
    if (sql.empty()) continue;
    log::info("hook_started", {{"source", hook.source}});
    run_hook(database, read_hook(hook, sql, root), patience);
    ++count;
  }
  return count;
}

}  // namespace seedbed::host
