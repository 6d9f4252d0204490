#include "database/database.hpp"

#include "database/postgres/postgres_database.hpp"
#include "database/sqlite/sqlite_database.hpp"

namespace seedbed::host {

std::unique_ptr<Database> connect(const DatabaseUrl& url, const ConnectOptions& options) {
  if (url.engine == Engine::sqlite) return std::make_unique<SqliteDatabase>(url, options);
  return std::make_unique<PostgresDatabase>(url, options);
}

}  // namespace seedbed::host
