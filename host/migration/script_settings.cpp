#include "migration/script_settings.hpp"

#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "database/sql/script.hpp"
#include "error.hpp"
#include "migration/folder.hpp"
#include "nearest.hpp"

namespace seedbed::host {

namespace {

const std::vector<std::string> kKeys{"executeInTransaction", "placeholderReplacement", "encoding"};

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

bool parse_bool(const std::string& key, const std::string& value, Place place) {
  if (value == "true" || value == "false") return value == "true";
  throw Error(ExitCode::usage, fmt::format("\"{}\" is \"{}\", but is true or false", key, value))
      .at(std::move(place));
}

void apply(ScriptSettings& settings, const std::string& key, const std::string& value,
           Place place) {
  if (key == "executeInTransaction") {
    settings.transactional = parse_bool(key, value, std::move(place));
  } else if (key == "placeholderReplacement") {
    settings.replace_placeholders = parse_bool(key, value, std::move(place));
  } else if (key == "encoding") {
    if (value == "UTF-8" || value == "utf-8" || value == "UTF8") return;
    throw Error(ExitCode::usage, fmt::format("encoding \"{}\" cannot be read", value))
        .at(std::move(place))
        .hint("Migrations are UTF-8.");
  } else {
    Error error(ExitCode::usage, fmt::format("there is no script setting \"{}\"", key));
    const std::string near = nearest(key, kKeys);
    if (near.empty())
      error.hint(fmt::format("Known are: {}.", fmt::join(kKeys, ", ")));
    else
      error.hint(fmt::format("Did you mean \"{}\"?", near));
    throw error.at(std::move(place));
  }
}

}  // namespace

ScriptSettings read_script_settings(const std::filesystem::path& migration,
                                    const std::string& shown) {
  ScriptSettings settings;
  std::filesystem::path path = migration;
  path += ".conf";
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown)) return settings;
  const std::string file = shown + ".conf";
  const std::string text = read_bytes(path, file);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = trimmed(std::string_view(text).substr(begin, end - begin));
    if (!line.empty() && line.front() != '#') {
      const std::size_t equals = line.find('=');
      const std::string value = equals == std::string::npos ? "" : trimmed(line.substr(equals + 1));
      apply(settings, trimmed(line.substr(0, equals)), value, sql::place_at(file, text, begin));
    }
    begin = end + 1;
  }
  return settings;
}

}  // namespace seedbed::host
