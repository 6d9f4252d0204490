// What reset drops from an SQLite file.

#include <fmt/format.h>

#include "database/sqlite/sqlite_database.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

// Indexes and triggers go with their tables, a virtual table's shadow tables with it.
OwnObjects SqliteDatabase::own_objects(std::span<const sql::Created>) {
  OwnObjects found;
  for (const Row& row : query("SELECT type, name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' "
                              "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                              "ORDER BY CASE type WHEN 'view' THEN 1 WHEN 'virtual' THEN 2 ELSE 3 END, name", {})) {
    found.own.push_back({row[0] == "virtual" ? "virtual table" : *row[0], *row[1]});
  }
  return found;
}

std::vector<CatalogObject> SqliteDatabase::drop_objects(std::span<const CatalogObject> objects, std::span<const sql::Created>) {
  for (const CatalogObject& object : objects) {
    execute(fmt::format("DROP {} main.{}", object.kind == "view" ? "VIEW" : "TABLE", quoted_name(object.name)), {});
  }
  return {};
}

}  // namespace seedbed::host
