#include "ledger/operator.hpp"

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <random>

#include <fmt/format.h>

#include "database/value.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

/// The first of `names` that the environment has.
std::string first_variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

}  // namespace

Operator current_operator() {
  Operator who;
  who.name = log::redacted(first_variable({"SEEDBED_OPERATOR", "SUDO_USER", "USER", "LOGNAME"}));
  if (who.name.empty()) who.name = fmt::format("uid {}", getuid());
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  who.host = host;
  who.commit = log::redacted(first_variable({"SEEDBED_GIT_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA", "VERCEL_GIT_COMMIT_SHA"}));
  return who;
}

std::string random_id() {
  std::random_device device;
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t word = device();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  return uuid_text(bytes);
}

}  // namespace seedbed::host
