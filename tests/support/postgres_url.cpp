#include "support/postgres_url.hpp"

#include <cctype>
#include <map>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <libpq-fe.h>

namespace seedbed::test {

namespace {

using Options = std::map<std::string, std::string>;

Options parsed(const std::string& conninfo) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.c_str(), &message), &PQconninfoFree);
  if (options == nullptr) {
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(message, &PQfreemem);
    throw std::runtime_error("no connection string of PostgreSQL: " + std::string(message));
  }
  Options given;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) given[option->keyword] = option->val;
  }
  return given;
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.') {
      result += c;
    } else {
      result += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return result;
}

std::string composed(const Options& options) {
  std::string url = "postgresql:///" + percent_encoded(options.at("dbname"));
  char separator = '?';
  for (const auto& [name, value] : options) {
    if (name != "dbname") url += std::exchange(separator, '&') + name + "=" + percent_encoded(value);
  }
  return url;
}

}  // namespace

std::string postgres_url(const std::string& conninfo, const std::string& name) {
  Options options = parsed(conninfo);
  options["dbname"] = name;
  return composed(options);
}

std::string url_through(const std::string& url, const std::filesystem::path& folder) {
  Options options = parsed(url);
  options.erase("hostaddr");
  options["host"] = folder.string();
  options["port"] = "5432";
  return composed(options);
}

std::string option_of(const std::string& url, const std::string& name) {
  Options options = parsed(url);
  return options[name];
}

}  // namespace seedbed::test
