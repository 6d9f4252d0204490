#include "migration/directive.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace seedbed::host {

namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  while (at < line.size() && is_blank(line[at])) ++at;
  return at;
}

bool matches(std::string_view line, std::size_t at, std::string_view prefix) {
  return line.size() - at >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), line.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, char b) { return a == lower(b); });
}

std::string normalized(std::string_view words) {
  std::string result;
  for (const char c : words) {
    if (!is_blank(c))
      result += lower(c);
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

std::optional<Directive> parse_line(std::string_view line) {
  std::size_t at = skip_blanks(line, 0);
  if (!matches(line, at, "--")) return std::nullopt;
  at = skip_blanks(line, at + 2);
  Directive found;
  if (matches(line, at, "seedbed:")) {
    found.word = at + 8;
  } else if (matches(line, at, "migrate:")) {
    found.family = Directive::Family::dbmate;
    found.word = at + 8;
    if (skip_blanks(line, found.word) != found.word || found.word == line.size())
      return std::nullopt;
  } else if (matches(line, at, "+goose")) {
    found.family = Directive::Family::goose;
    found.word = at + 6;
    if (found.word < line.size() && !is_blank(line[found.word])) return std::nullopt;
  } else {
    return std::nullopt;
  }
  found.word = skip_blanks(line, found.word);
  found.words = normalized(line.substr(found.word));
  return found;
}

}  // namespace

const char* family_name(Directive::Family family) {
  switch (family) {
    case Directive::Family::seedbed:
      return "seedbed";
    case Directive::Family::dbmate:
      return "dbmate";
    case Directive::Family::goose:
      return "goose";
  }
  return "";
}

bool is_foreign(const Directive& directive) {
  if (directive.family != Directive::Family::dbmate) {
    return directive.family == Directive::Family::goose;
  }
  return directive.words.starts_with("up") || directive.words.starts_with("down");
}

std::vector<Directive> find_directives(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::vector<Directive> found;
  std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    if (auto directive = parse_line(text.substr(begin, end - begin - (text[end - 1] == '\n')))) {
      directive->begin = begin;
      directive->word += begin;
      directive->end = end;
      found.push_back(std::move(*directive));
    }
    begin = end;
  }
  return found;
}

}  // namespace seedbed::host
