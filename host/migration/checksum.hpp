#pragma once
// The checksums by which other tools know a migration file.

#include <cstdint>
#include <string>
#include <string_view>

#include "migration/migration.hpp"

namespace seedbed::host {

/// sqlx's: SHA-384 of the forward file's bytes, in lower-case hex.
std::string sqlx_checksum(const Migration& migration);

/// Flyway's: CRC-32 of the lines without their ends and without a byte order mark; for a repeatable
/// migration after placeholders are replaced.
std::int32_t flyway_checksum(const Migration& migration);

}  // namespace seedbed::host
