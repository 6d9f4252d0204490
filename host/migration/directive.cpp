#include "migration/directive.hpp"

#include <algorithm>
#include <array>
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

/// What other tools that have one file for each direction write at its top.
bool asks_for_no_transaction(std::string_view line) {
  const std::size_t at = skip_blanks(line, 0);
  if (!matches(line, at, "--")) return false;
  std::string words = normalized(line.substr(at + 2));
  words.erase(words.find_last_not_of("!;") + 1);
  static constexpr std::array<std::string_view, 4> kLines{"no-transaction", "morph:nontransactional", "atlas:txmode none", "disable_ddl_transaction"};
  return std::ranges::find(kLines, words) != kLines.end();
}

bool is_blank_or_comment(std::string_view line) {
  const std::size_t at = skip_blanks(line, 0);
  return at == line.size() || matches(line, at, "--");
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

/// What a tool writes between the dashes of a comment, in lower case.
struct OtherTool {
  const char* name;
  std::string_view up, down;
  bool plain = false;  ///< people write the same without any tool
};

constexpr std::array<OtherTool, 10> kOtherTools{{{"sql-migrate", "+migrate up", "+migrate down"},
                                                {"micrate", "+micrate up", "+micrate down"},
                                                {"rambler", "rambler up", "rambler down"},
                                                {"Play", "!ups", "!downs"},
                                                {"yoyo", "migrate: apply", "migrate: rollback"},
                                                {"tern", "", "create above / drop below"},
                                                {"MyBatis Migrations", "", "//@undo"},
                                                {"another tool", "", "@down", true},
                                                {"node-pg-migrate", "up migration", "down migration", true},
                                                {"another tool", "up", "down", true}}};

/// Without what frames a heading: "==== DOWN ====", "[DOWN]", "+++ Down +++".
std::string_view unframed(std::string_view words) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto begin = std::find_if(words.begin(), words.end(), is_word);
  const auto end = std::find_if(words.rbegin(), std::make_reverse_iterator(begin), is_word).base();
  return {begin, end};
}

/// A comment line without its dashes, the blanks around it, and a colon at its end.
/// Play's lines may begin with "#", which is no comment in SQL.
std::string comment_words(std::string_view line) {
  const std::size_t begin = skip_blanks(line, 0);
  const bool of_play = matches(line, begin, "#");
  if (!of_play && !matches(line, begin, "--")) return "";
  std::string words = normalized(line.substr(begin));
  const std::size_t first = words.find_first_not_of(of_play ? "#- " : "- ");
  const std::size_t last = words.find_last_not_of("-: ");
  if (first == std::string::npos || (of_play && words[first] != '!')) return "";
  return words.substr(first, last + 1 - first);
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
    case Directive::Family::sqlx:
      return "sqlx";
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
  bool leading = true;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    const std::string_view line = text.substr(begin, end - begin - (text[end - 1] == '\n'));
    if (auto directive = parse_line(line)) {
      directive->begin = begin;
      directive->word += begin;
      directive->end = end;
      found.push_back(std::move(*directive));
    } else if (leading && asks_for_no_transaction(line)) {
      found.push_back({Directive::Family::sqlx, begin, end, begin, "no-transaction"});
    }
    leading = leading && is_blank_or_comment(line);
    begin = end;
  }
  return found;
}

std::optional<OtherToolsDown> find_other_tools_down(std::string_view text, bool plain) {
  std::array<bool, kOtherTools.size()> begun{};
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    // Most lines are no comments: they cost a look at their beginning.
    const std::string words = comment_words(text.substr(begin, end - begin));
    for (std::size_t i = 0; !words.empty() && i < kOtherTools.size(); ++i) {
      const OtherTool& tool = kOtherTools[i];
      if (tool.plain && !plain) continue;
      const bool whole = tool.plain || tool.up.empty();  // the others may have options behind them
      const auto is = [&](std::string_view word) {
        if (whole) return words == word || (tool.plain && unframed(words) == word);
        return words == word || words.starts_with(std::string(word) + ' ');
      };
      if (is(tool.down) && (begun[i] || tool.up.empty())) return OtherToolsDown{tool.name, begin};
      begun[i] = begun[i] || (!tool.up.empty() && is(tool.up));
    }
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace seedbed::host
