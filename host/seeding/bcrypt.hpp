#pragma once
// Password hashes for seeded users.

#include <cstdint>
#include <string>

namespace seedbed::host {

/// Writes the bcrypt hash of `password`, "$2a$…" and 60 bytes long, to `hash`.
///
/// $2a$, because pgcrypto's crypt() does not know $2b$ and falls back to DES.
///
/// Throws Error{plugin} for a cost outside 4 to 31, and for a password with a zero byte.
void bcrypt_hash(const std::string& password, int cost, const std::uint8_t salt[16], char hash[60]);

}  // namespace seedbed::host
