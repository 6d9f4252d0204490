#define OPENSSL_SUPPRESS_DEPRECATED  // as in database/sql/hash.cpp
#include "migration/checksum.hpp"

#include <array>

#include <boost/crc.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/sha.h>

namespace seedbed::host {

namespace {

std::string_view file_bytes(const SqlPart& part) { return part.original.empty() ? part.text : part.original; }

}  // namespace

std::string sqlx_checksum(const Migration& migration) {
  const std::string_view bytes = file_bytes(migration.up);
  std::array<unsigned char, SHA384_DIGEST_LENGTH> digest{};
  SHA512_CTX context;
  SHA384_Init(&context);
  SHA384_Update(&context, bytes.data(), bytes.size());
  SHA384_Final(digest.data(), &context);
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::int32_t flyway_checksum(const Migration& migration) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string_view text = migration.repeatable ? std::string_view(migration.up.text) : file_bytes(migration.up);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  boost::crc_32_type crc;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    crc.process_bytes(text.data(), end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return static_cast<std::int32_t>(crc.checksum());
}

}  // namespace seedbed::host
