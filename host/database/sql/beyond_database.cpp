#include "database/sql/beyond_database.hpp"

#include <algorithm>
#include <span>

#include "database/sql/lexer.hpp"

namespace seedbed::host::sql {

namespace {

constexpr std::string_view kVerbs[] = {"create", "alter", "drop"};
constexpr std::string_view kObjects[] = {"role", "user", "group", "database", "tablespace", "system", "server", "subscription"};

bool among(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view each) { return same_word(word, each); });
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

}  // namespace

std::optional<Beyond> reaches_beyond(std::string_view text) {
  Lexer lexer(text, {Engine::postgres, true});
  Token before;
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (token.kind == TokenKind::comment) continue;
    const std::string_view word = lexer.text(token);
    if (token.kind == TokenKind::word) {
      const std::string_view verb = lexer.text(before);
      if (before.kind == TokenKind::word && among(verb, kVerbs) && among(word, kObjects)) return Beyond{upper(verb) + ' ' + upper(word), before.offset};
      if (word.size() >= 6 && same_word(word.substr(0, 6), "dblink")) return Beyond{std::string(word), token.offset};
    }
    before = token;
    const bool body = token.kind == TokenKind::string && word.starts_with('$');
    if (!body) continue;
    // A body may be put together from strings, which are read as if they stood there.
    std::string inside(word.substr(word.find('$', 1) + 1));
    std::ranges::replace(inside, '\'', ' ');
    if (std::optional<Beyond> found = reaches_beyond(inside)) {
      found->offset += token.offset + word.find('$', 1) + 1;
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace seedbed::host::sql
