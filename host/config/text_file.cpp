#include "config/text_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include <fmt/core.h>

namespace seedbed::host {

namespace {

std::string_view line_of(std::string_view text, std::size_t number) {
  for (; number > 1; --number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// A line without these may be in the middle of a string, whose name nobody sees.
bool shows_what_it_is(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first == std::string_view::npos || line.find('=') != std::string_view::npos ||
         std::string_view("[]{}\"'#").find(line[first]) != std::string_view::npos;
}

bool may_hold_secret(std::string_view line) {
  if (!shows_what_it_is(line)) return true;
  constexpr std::array<std::string_view, 7> kSigns{"://",    "@",     "pass", "pwd",
                                                   "secret", "token", "key"};
  std::string lower(line);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [&](std::string_view sign) { return lower.find(sign) != std::string::npos; });
}

}  // namespace

Place TextFile::place(std::size_t line, std::size_t column) const {
  const std::string_view shown = line_of(text, line);
  return {name, line, column, may_hold_secret(shown) ? std::string() : std::string(shown)};
}

std::string source_of(const Place& place) {
  return place.line ? fmt::format("{}:{}", place.file, place.line) : place.file;
}

std::string name_for_people(const std::filesystem::path& path,
                            const std::filesystem::path& directory) {
  const std::string relative = path.lexically_relative(directory).string();
  return relative.empty() || relative.size() > path.string().size() ? path.string() : relative;
}

TextFile read_text_file(const std::filesystem::path& path, const std::string& name) {
  const auto failure = [&](const std::string& reason) {
    return Error(ExitCode::usage, fmt::format("could not read \"{}\": {}", name, reason));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw failure("it is a folder");
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw failure(errno ? std::strerror(errno) : "it could not be opened");
  TextFile file{name, {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()}};
  if (stream.bad()) throw failure(errno ? std::strerror(errno) : "reading stopped half-way");
  return file;
}

}  // namespace seedbed::host
