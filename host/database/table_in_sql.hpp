#pragma once

#include <string>

#include "database/database.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

/// What SQL calls the table that Database::canonical_table() calls `table`: on PostgreSQL that is SQL,
/// quoted where it has to be.
inline std::string table_in_sql(const Database& database, const std::string& table) {
  return database.engine() == Engine::postgres ? table : quoted_name(table);
}

}  // namespace seedbed::host
