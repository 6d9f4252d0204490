#pragma once
// What a CREATE statement makes that does not go away with the tables and functions of a schema.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seedbed::host::sql {

/// A schema, or an object that lies in none, or hangs on somebody's table.
struct Created {
  std::string kind;  ///< schema, extension, publication, event trigger, server, foreign data wrapper, policy, trigger
  std::string name;  ///< as the catalog has it, without quotes
  std::vector<std::string> table;  ///< of a policy or trigger: its name, after its schema's if that is said
  bool if_not_exists = false;
};

/// Reads one statement of PostgreSQL.  nullopt for any other statement, and for names in Unicode
/// escapes.
std::optional<Created> created(std::string_view statement);

}  // namespace seedbed::host::sql
