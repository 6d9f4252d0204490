#include "database/sql/track_counts.hpp"

#include <algorithm>
#include <cctype>

#include "database/sql/lexer.hpp"
#include "database/sql/token_cursor.hpp"

namespace seedbed::host::sql {

namespace {

constexpr std::string_view kSetting = "track_counts";

bool is_word_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The offset of the word in `text`, whatever stands around it.
std::optional<std::size_t> word_in(std::string_view text) {
  constexpr std::size_t kBefore = kSetting.find('_');
  for (std::size_t at = text.find('_'); at != text.npos; at = text.find('_', at + 1)) {
    if (at < kBefore) continue;
    const std::size_t start = at - kBefore, end = start + kSetting.size();
    if (!same_word(text.substr(start, kSetting.size()), kSetting)) continue;
    if ((start == 0 || !is_word_part(text[start - 1])) && (end == text.size() || !is_word_part(text[end]))) return start;
  }
  return std::nullopt;
}

bool moves_rows(std::string_view statement) {
  const TokenCursor first(statement, {Engine::postgres, true});
  return std::ranges::any_of(std::initializer_list<std::string_view>{"select", "insert", "update", "delete", "merge", "with", "values", "copy"},
                             [&](std::string_view word) { return first.at(word); });
}

std::optional<std::size_t> mention_in(std::string_view text, bool names_count) {
  Lexer lexer(text, {Engine::postgres, true});
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    const bool name = token.kind == TokenKind::word || token.kind == TokenKind::quoted_name;
    if (token.kind == TokenKind::comment || (name && !names_count)) continue;
    std::string_view inside = lexer.text(token);
    std::optional<std::size_t> found;
    if (token.kind == TokenKind::string && inside.front() == '$') {
      const std::size_t tag = inside.find('$', 1) + 1;
      inside = inside.substr(tag, inside.size() - 2 * tag);
      found = mention_in(inside, /*names_count=*/true);
    } else {
      found = word_in(inside);
    }
    if (found) return static_cast<std::size_t>(inside.data() - text.data()) + *found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> mention_of_track_counts(std::string_view statement) {
  if (!word_in(statement)) return std::nullopt;  // most are spared the reading
  return mention_in(statement, !moves_rows(statement));
}

}  // namespace seedbed::host::sql
