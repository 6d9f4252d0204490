#pragma once
// Hashes of what may be larger than memory, and hashes as bytes.

#include <array>
#include <iosfwd>
#include <string>
#include <string_view>

namespace seedbed::host::sql {

/// SHA-256 of the bytes that `stream` still holds, in lower-case hex.
std::string sha256(std::istream& stream);

std::array<unsigned char, 32> sha256_bytes(std::string_view bytes);

}  // namespace seedbed::host::sql
