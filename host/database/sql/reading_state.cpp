#include "database/sql/reading_state.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace seedbed::host::sql {

namespace {

/// The name as the server compares it: letters and digits only, in lower case.
std::string plain_name(const std::string& encoding) {
  std::string name;
  for (const char c : encoding) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte)) name += static_cast<char>(std::tolower(byte));
  }
  return name;
}

bool is_utf8(const std::string& encoding) {
  const std::string name = plain_name(encoding);
  return name == "utf8" || name == "unicode";
}

}  // namespace

void ReadingState::apply(const Setting& setting) {
  apply(setting, now_);
  if (!setting.local) apply(setting, session_);
}

void ReadingState::apply(const Setting& setting, Values& values) {
  const bool all = setting.name == "all";
  if (all || setting.name == "standard_conforming_strings") {
    const std::optional<bool> on = setting.value ? as_boolean(*setting.value) : true;
    values.standard_strings = on.value_or(values.standard_strings);
  }
  if (all || setting.name == "client_encoding") {
    values.utf8 = !setting.value || is_utf8(*setting.value);
  }
}

bool has_ascii_trail_bytes(const std::string& encoding) {
  static constexpr std::array<std::string_view, 17> kNames{
      "big5",         "gb18030",       "gbk",        "johab",      "mskanji",   "shiftjis",
      "shiftjis2004", "shiftjisx0213", "sjis",       "uhc",        "win932",    "win936",
      "win949",       "win950",        "windows932", "windows936", "windows949"};
  const std::string name = plain_name(encoding);
  return name == "windows950" || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace seedbed::host::sql
