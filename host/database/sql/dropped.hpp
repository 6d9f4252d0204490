#pragma once
// The tables that a DROP TABLE names.

#include <string>
#include <string_view>
#include <vector>

#include "database/engine.hpp"

namespace seedbed::host::sql {

/// As the statement writes them: "shop.\"Order\"".  Empty for any other statement.
std::vector<std::string> dropped_tables(std::string_view statement, Engine engine);

}  // namespace seedbed::host::sql
