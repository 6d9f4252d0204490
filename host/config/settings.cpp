#include "config/settings.hpp"

#include <string_view>

#include <fmt/core.h>
#include <unistd.h>

#include "config/names.hpp"

namespace seedbed::host {

const char* tier_name(Tier tier) {
  switch (tier) {
    case Tier::development:
      return "development";
    case Tier::staging:
      return "staging";
    case Tier::production:
      break;
  }
  return "production";
}

Tier parse_tier(const std::string& text, const std::string& source) {
  std::vector<std::string> names;
  for (const Tier tier : {Tier::development, Tier::staging, Tier::production}) {
    if (text == tier_name(tier)) return tier;
    names.emplace_back(tier_name(tier));
  }
  throw no_such("tier", text, names, fmt::format("({})", source));
}

Environment process_environment() {
  Environment result;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

}  // namespace seedbed::host
