#include "seeding/bcrypt.hpp"

#include <crypt.h>

#include <cstring>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "error.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kHashSize = 60;

std::string compute(const std::string& password, int cost, const std::string& salt) {
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  if (crypt_gensalt_rn("$2a$", static_cast<unsigned long>(cost), salt.data(), static_cast<int>(salt.size()), setting,
                       sizeof setting) == nullptr) {
    throw Error(ExitCode::plugin, fmt::format("cannot make a bcrypt salt with cost {}", cost));
  }
  const auto data = std::make_unique<crypt_data>();  // 32 KB
  std::memset(data.get(), 0, sizeof *data);
  const char* hash = crypt_rn(password.c_str(), setting, data.get(), sizeof *data);
  if (hash == nullptr || std::strlen(hash) != kHashSize) {
    throw Error(ExitCode::failed, "this system's crypt library cannot compute bcrypt hashes");
  }
  return hash;
}

}  // namespace

void bcrypt_hash(const std::string& password, int cost, const std::uint8_t salt[16], char hash[60]) {
  if (cost < 4 || cost > 31) throw Error(ExitCode::plugin, fmt::format("the bcrypt cost {} is not between 4 and 31", cost));
  if (password.find('\0') != std::string::npos) throw Error(ExitCode::plugin, "cannot hash a password that contains a zero byte");
  const std::string salt_bytes(reinterpret_cast<const char*>(salt), 16);
  const std::string computed = compute(password, cost, salt_bytes);
  std::memcpy(hash, computed.data(), kHashSize);
}

}  // namespace seedbed::host
