#include "database/database.hpp"

#include "database/pending_connection.hpp"
#include "database/postgres/postgres_database.hpp"
#include "database/sqlite/sqlite_database.hpp"

namespace seedbed::host {

namespace {

std::unique_ptr<Database> open(const DatabaseUrl& url, const ConnectOptions& options, const std::atomic<bool>* given_up) {
  if (url.engine == Engine::sqlite) return std::make_unique<SqliteDatabase>(url, options, given_up);
  return std::make_unique<PostgresDatabase>(url, options, given_up);
}

}  // namespace

bool Database::run_transaction(const ScriptTransaction& work) {
  run_ahead(work.text, work.statements, work.locate);
  Transaction transaction(*this, work.begin);
  if (!work.guard.empty() && query(work.guard).empty()) return false;
  for (const std::string& statement : work.before) execute(statement);
  if (!work.statements.empty()) {
    start_script();
    run_script(work.text, work.statements, work.locate);
    reset_session();
  }
  for (const std::string& statement : work.after) execute(statement);
  transaction.commit();
  return true;
}

std::unique_ptr<Database> connect(const DatabaseUrl& url, const ConnectOptions& options) { return open(url, options, nullptr); }

PendingConnection::PendingConnection(const DatabaseUrl& url, const ConnectOptions& options, First first)
    : connection_(std::async([this, url, options, first = std::move(first)] {
        std::unique_ptr<Database> database = open(url, options, &given_up_);
        if (first && !given_up_) first(*database);
        return database;
      })) {}

PendingConnection::~PendingConnection() {
  given_up_ = true;
  if (connection_.valid()) connection_.wait();
}

}  // namespace seedbed::host
