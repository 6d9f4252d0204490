#include "database/database.hpp"

#include "database/postgres/postgres_database.hpp"
#include "database/sqlite/sqlite_database.hpp"

namespace seedbed::host {

bool Database::run_transaction(const ScriptTransaction& work) {
  run_ahead(work.text, work.statements, work.locate);
  Transaction transaction(*this, work.begin);
  if (!work.guard.empty() && query(work.guard).empty()) return false;
  if (!work.statements.empty()) {
    start_script();
    run_script(work.text, work.statements, work.locate);
    reset_session();
  }
  for (const std::string& statement : work.after) execute(statement);
  transaction.commit();
  return true;
}

std::unique_ptr<Database> connect(const DatabaseUrl& url, const ConnectOptions& options) {
  if (url.engine == Engine::sqlite) return std::make_unique<SqliteDatabase>(url, options);
  return std::make_unique<PostgresDatabase>(url, options);
}

}  // namespace seedbed::host
