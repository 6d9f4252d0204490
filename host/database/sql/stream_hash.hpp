#pragma once
// Hashes of what may be larger than memory.

#include <iosfwd>
#include <string>

namespace seedbed::host::sql {

/// SHA-256 of the bytes that `stream` still holds, in lower-case hex.
std::string sha256(std::istream& stream);

}  // namespace seedbed::host::sql
