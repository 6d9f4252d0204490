#pragma once
// Hashes of what may be larger than memory, and hashes as bytes.

#include <array>
#include <iosfwd>
#include <string>
#include <string_view>

namespace seedbed::host::sql {

/// SHA-256 of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();

  void add(std::string_view bytes);

  /// For the end: nothing can be added afterwards, and it is called once.
  std::array<unsigned char, 32> bytes();

 private:
  alignas(8) std::array<unsigned char, 112> state_;  ///< OpenSSL's
};

/// In lower case.
std::string hex(const std::array<unsigned char, 32>& hash);

/// SHA-256 of the bytes that `stream` still holds, in lower-case hex.
std::string sha256(std::istream& stream);

std::array<unsigned char, 32> sha256_bytes(std::string_view bytes);

}  // namespace seedbed::host::sql
