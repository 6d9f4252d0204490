#include <algorithm>

#include "database/sql/script.hpp"
#include "database/sql/utf8.hpp"

namespace seedbed::host::sql {

namespace {

/// `line` with U+FFFD for every byte that is no character, so that whatever prints it (JSON
/// included) can, and the caret still stands under the right one.
std::string printable(std::string_view line) {
  std::string result;
  while (!line.empty()) {
    const std::size_t good = first_invalid_utf8(line);
    result += line.substr(0, good);
    line.remove_prefix(good);
    if (line.empty()) break;
    result += "\xEF\xBF\xBD";
    line.remove_prefix(1);
  }
  return result;
}

}  // namespace

Place place_at(const std::string& file, std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  if (start == 0 && before.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    start = kByteOrderMark.size();
  }
  std::string_view line = text.substr(start, text.find('\n', offset) - start);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);

  Place place;
  place.file = file;
  place.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  place.column = 1 + count_characters(text.substr(start, offset - start));
  place.text = printable(line);
  return place;
}

}  // namespace seedbed::host::sql
