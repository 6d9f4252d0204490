#include "database/key_memory.hpp"

#include <algorithm>

#include "database/sql/stream_hash.hpp"

namespace seedbed::host {

KeyHash key_hash(std::string_view prefix, std::string_view canonical) {
  const std::array<unsigned char, 32> digest = sql::sha256_bytes(std::string(prefix).append(canonical));
  KeyHash hash{};
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

std::string hex_text(const KeyHash& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : hash) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace seedbed::host
