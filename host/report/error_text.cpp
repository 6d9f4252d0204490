#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "log.hpp"
#include "report/display.hpp"
#include "report/text.hpp"

namespace seedbed::host {

namespace {

constexpr std::string_view kIndent = "          ";  // as wide as "  detail: "
constexpr std::size_t kLineWidth = 100;             // of a quoted line; more is cut off
constexpr std::size_t kTab = 8;

// What a terminal shows of a line, and in which of its columns the caret stands.
struct QuotedLine {
  std::string text;
  std::size_t caret = 0;
};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// The place with its line redacted, which must happen before the line is cut: the word that marks
// a literal as a password may be cut off.
Place redacted_place(Place place) {
  std::string shown = log::redacted(place.text);
  if (shown == place.text) return place;
  std::size_t before = 0;
  while (before < place.text.size() &&
         characters(std::string_view(place.text).substr(0, before + 1)) < place.column)
    ++before;
  place.column = characters(log::redacted(std::string_view(place.text).substr(0, before))) + 1;
  place.text = std::move(shown);
  return place;
}

QuotedLine quoted_line(const Place& original) {
  const Place place = redacted_place(original);
  QuotedLine line;
  std::size_t character = 0;
  for (std::size_t at = 0; at < place.text.size(); ++at) {
    const char c = place.text[at];
    const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (!continues && ++character == place.column) line.caret = display_width(line.text);
    if (c == '\t')
      line.text.append(kTab - display_width(line.text) % kTab, ' ');
    else
      line.text += printable(std::string_view(&c, 1));
  }
  if (place.column > character) line.caret = display_width(line.text);  // behind the last one
  while (!line.text.empty() && line.text.back() == ' ') line.text.pop_back();
  return line;
}

// Cuts a long line to the part around its caret.
QuotedLine around_caret(QuotedLine line) {
  if (display_width(line.text) <= kLineWidth) return line;
  const std::size_t skipped = line.caret > kLineWidth * 2 / 3 ? line.caret - kLineWidth / 2 : 0;
  if (skipped > 0) {
    const std::size_t bytes = bytes_within(line.text, skipped);
    line.caret -= display_width(std::string_view(line.text).substr(0, bytes)) - 1;
    line.text = "…" + line.text.substr(bytes);
  }
  line.text = clipped(line.text, kLineWidth);
  return line;
}

std::string location(const Place& place) {
  std::string text = place.file;
  if (place.line > 0) text += fmt::format(":{}", place.line);
  if (place.line > 0 && place.column > 0) text += fmt::format(":{}", place.column);
  return text;
}

// SQLite has result codes of its own and no SQLSTATE.
std::string state_text(const Error& error) {
  if (error.sqlstate().empty()) return "";
  return fmt::format(" ({}{})", error.sqlstate().size() == 5 ? "SQLSTATE " : "", error.sqlstate());
}

std::string indented(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    result += c;
    if (c == '\n') result += kIndent;
  }
  return result;
}

}  // namespace

std::string explanation(const Error& error, bool color) {
  const Place& place = error.place();
  std::string result;
  if (!place.file.empty()) {
    result += fmt::format("  at:     {}{}\n", printable(location(place)), state_text(error));
  }
  if (!place.text.empty()) {
    const QuotedLine line = around_caret(quoted_line(place));
    result += fmt::format("{}{}\n", kIndent, line.text);
    if (place.column > 0) {
      result += fmt::format("{}{:{}}{}\n", kIndent, "", line.caret, painted("^", Ink::red, color));
    }
  }
  if (!error.detail().empty()) result += fmt::format("  detail: {}\n", indented(error.detail()));
  if (!error.hint().empty()) result += fmt::format("  hint:   {}\n", indented(error.hint()));
  return result;
}

std::string to_text(const Error& error, bool color) {
  return fmt::format(
      "seedbed: {} {}{}\n{}", painted("error:", Ink::red, color), printable(error.message()),
      error.place().file.empty() ? state_text(error) : "", explanation(error, color));
}

}  // namespace seedbed::host
