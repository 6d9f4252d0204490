#include "database/changed_rows.hpp"

#include "database/postgres/postgres_changed_rows.hpp"
#include "database/sqlite/sqlite_changed_rows.hpp"
#include "database/sqlite/sqlite_database.hpp"

namespace seedbed::host {

std::unique_ptr<ChangedRows> watch_rows(Database& database) {
  if (database.engine() == Engine::postgres) return watch_postgres_rows(database);
  return std::make_unique<SqliteChangedRows>(dynamic_cast<SqliteDatabase&>(database));
}

}  // namespace seedbed::host
