#pragma once
// Keys whose hash needs no server.

#include <optional>
#include <string>
#include <vector>

#include "database/key_memory.hpp"
#include "database/postgres/postgres_database.hpp"

namespace seedbed::host {

/// The hash of the key that `row` has in the columns `key` of `columns`, as key_hash_sql() has it of the
/// key that is stored; nothing where only the server knows what it makes of the values.
std::optional<KeyHash> host_key_hash(const std::vector<PostgresColumn>& columns, const std::vector<std::size_t>& key,
                                     const seedbed_value* row, const KeyMemory& memory);

}  // namespace seedbed::host
