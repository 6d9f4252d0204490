#include "ledger/operator.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <initializer_list>
#include <system_error>

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
  std::array<char, 16> bytes{};
  if (getentropy(bytes.data(), bytes.size()) != 0) throw std::system_error(errno, std::generic_category(), "could not get random bytes");
  return uuid_text({bytes.data(), bytes.size()});
}

}  // namespace seedbed::host
