#include "config/names.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

#include <fmt/core.h>

#include "nearest.hpp"

namespace seedbed::host {

namespace {

Error with_nearest(Error error, const std::string& name, const std::vector<std::string>& known) {
  const std::string meant = nearest(name, known);
  return meant.empty() ? error : error.hint(fmt::format("Did you mean \"{}\"?", meant));
}

}  // namespace

std::string enumerated(const std::vector<std::string>& names, const std::string& word) {
  std::string result;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) result += i + 1 == names.size() ? " " + word + " " : ", ";
    result += names[i];
  }
  return result;
}

std::string in_sentence(const std::string& source) {
  return source == "command line" || source == "environment" ? "the " + source : source;
}

Error no_such(const std::string& kind, const std::string& name,
              const std::vector<std::string>& known, const std::string& where) {
  Error error(ExitCode::usage, fmt::format("there is no {} \"{}\"{}{}", kind, name,
                                           where.empty() ? "" : " ", where));
  if (known.empty())
    error.detail(fmt::format("There is no {} at all.", kind));
  else if (known.size() == 1)
    error.detail(fmt::format("The only {} is {}.", kind, known[0]));
  else
    error.detail(fmt::format("The {}s are {}.", kind, enumerated(known)));
  return with_nearest(error, name, known);
}

void require_one_of(const std::string& key, const std::string& value,
                    const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  Error error(ExitCode::usage, fmt::format("\"{}\" cannot be \"{}\"", key, value));
  error.detail(fmt::format("It can be {}.", enumerated(allowed, "or")));
  throw with_nearest(error, value, allowed);
}

void require_environment_name(const std::string& name) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  };
  const bool whole = std::all_of(name.begin(), name.end(), fits);
  if (whole && !name.empty() && std::isalnum(static_cast<unsigned char>(name[0]))) return;
  throw Error(ExitCode::usage, fmt::format("\"{}\" cannot be the name of an environment", name))
      .hint(
          "A name has letters, digits, \"-\", \"_\" and \".\", and begins with a letter or a "
          "digit.");
}

}  // namespace seedbed::host
