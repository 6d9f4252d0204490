#include "database/sql/lexer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "database/sql/utf8.hpp"

namespace seedbed::host::sql {

namespace {

constexpr auto npos = std::string_view::npos;

enum Class : std::uint8_t { kSpace = 1, kWordStart = 2, kWordPart = 4, kDigit = 8, kOperator = 16 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (const char c : std::string_view(" \t\n\r\f\v"))
    classes[static_cast<unsigned char>(c)] = kSpace;
  for (const char c : std::string_view("~!@#^&|`?+-*/%<>=")) {
    classes[static_cast<unsigned char>(c)] = kOperator;
  }
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit | kWordPart;
  for (unsigned c = 'a'; c <= 'z'; ++c)
    classes[c] = classes[c - 'a' + 'A'] = kWordStart | kWordPart;
  for (unsigned c = 0x80; c <= 0xFF; ++c) classes[c] = kWordStart | kWordPart;
  classes['_'] = kWordStart | kWordPart;
  classes['$'] = kWordPart;
  return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

bool is(char c, Class wanted) { return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The end of PostgreSQL's operator at `at`: the longest run of operator characters without a
/// comment, less the signs at its end that belong to what follows (a=-1 is a = -1).
std::size_t operator_end(std::string_view text, std::size_t at) {
  std::size_t end = at;
  bool keeps_sign = false;
  for (; end < text.size() && is(text[end], kOperator); ++end) {
    const std::string_view pair = text.substr(end, 2);
    if (end > at && (pair == "--" || pair == "/*")) break;
    keeps_sign = keeps_sign || std::string_view("~!@#^&|`?%").find(text[end]) != npos;
  }
  if (keeps_sign) return end;
  while (end > at + 1 && (text[end - 1] == '+' || text[end - 1] == '-')) --end;
  return end;
}

std::size_t sqlite_symbol_size(std::string_view text) {
  if (text.substr(0, 3) == "->>") return 3;
  for (const std::string_view known : {"->", "||", "<<", "<=", "<>", ">>", ">=", "==", "!="}) {
    if (text.substr(0, 2) == known) return 2;
  }
  return 1;
}

}  // namespace

bool same_letters(std::string_view word, std::string_view wanted) {
  return std::equal(word.begin(), word.end(), wanted.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

void Lexer::move_to(std::size_t offset) {
  at_ = offset;
  after_string_ = false;
}

Token Lexer::next() {
  skip_space();
  if (at_ == text_.size()) return token(TokenKind::end, at_);
  const char c = text_[at_];
  if (is(c, kWordStart)) return word();
  if (is(c, kDigit) || (c == '.' && is(peek(1), kDigit))) return number();
  switch (c) {
    case '\'':
      if (continues_string()) return string(at_, last_escapes_);
      return string(at_, sqlite() || syntax_.standard_strings ? Escapes::none : Escapes::backslash);
    case '"':
      return quoted_name(at_, '"');
    case '-':
      return peek(1) == '-' ? line_comment() : symbol();
    case '/':
      return peek(1) == '*' ? block_comment() : symbol();
    case '$':
      return sqlite() ? sqlite_variable() : dollar();
    case '`':
      return sqlite() ? quoted_name(at_, '`') : symbol();
    case '[':
      return sqlite() ? quoted_name(at_, ']') : symbol();
    case '@':
    case '#':
    case ':':
    case '?':
      return sqlite() ? sqlite_variable() : symbol();
    case '\\':
      return sqlite() ? symbol() : token(TokenKind::backslash, at_ + 1);
    default:
      return symbol();
  }
}

void Lexer::skip_space() {
  for (;;) {
    while (at_ < text_.size() && is(text_[at_], kSpace)) ++at_;
    // SQLite takes a byte order mark for space wherever a token could begin.
    if (!sqlite() || text_.substr(at_, kByteOrderMark.size()) != kByteOrderMark) return;
    at_ += kByteOrderMark.size();
  }
}

bool Lexer::continues_string() const {
  return after_string_ && text_.substr(last_end_, at_ - last_end_).find_first_of("\r\n") != npos;
}

Token Lexer::token(TokenKind kind, std::size_t end) {
  const Token result{kind, at_, end - at_};
  const bool line_comment = kind == TokenKind::comment && text_[at_] == '-';
  if (!line_comment) after_string_ = false;
  at_ = end;
  return result;
}

Token Lexer::word() {
  std::size_t end = at_ + 1;
  while (end < text_.size() && is(text_[end], kWordPart)) ++end;
  const char following = end < text_.size() ? text_[end] : '\0';
  if (end > at_ + 1 || (following != '\'' && following != '&')) return token(TokenKind::word, end);

  const char prefix = lower(text_[at_]);
  if (following == '\'') {
    if (prefix == 'x' || (prefix == 'b' && !sqlite())) return string(end, Escapes::none);
    if (prefix == 'e' && !sqlite()) return string(end, Escapes::backslash);
  } else if (prefix == 'u' && !sqlite()) {
    if (peek(2) == '\'') return string(end + 1, Escapes::none);
    if (peek(2) == '"') return quoted_name(end + 1, '"');
  }
  return token(TokenKind::word, end);
}

Token Lexer::number() {
  std::size_t end = at_;
  while (end < text_.size() && is(text_[end], kDigit)) ++end;
  for (; end < text_.size(); ++end) {
    const char c = text_[end];
    const char before = end > at_ ? lower(text_[end - 1]) : '\0';
    const bool hexadecimal = end > at_ + 1 && lower(text_[at_ + 1]) == 'x';
    const char following = end + 1 < text_.size() ? text_[end + 1] : '\0';
    const bool sign =
        (c == '+' || c == '-') && before == 'e' && !hexadecimal && is(following, kDigit);
    const bool point = c == '.' && following != '.';
    const bool part = is(c, kWordPart) && c != '$' && static_cast<unsigned char>(c) < 0x80;
    if (!part && !sign && !point) break;
  }
  return token(TokenKind::number, end);
}

Token Lexer::line_comment() {
  std::size_t end = std::min(text_.find('\n', at_), text_.size());
  if (!sqlite()) end = at_ + std::min(text_.substr(at_, end - at_).find('\r'), end - at_);
  return token(TokenKind::comment, end);
}

Token Lexer::block_comment() {
  std::size_t depth = 1;
  for (std::size_t at = at_ + 2; at + 1 < text_.size();) {
    if (text_[at] == '*' && text_[at + 1] == '/') {
      at += 2;
      if (--depth == 0) return token(TokenKind::comment, at);
    } else if (!sqlite() && text_[at] == '/' && text_[at + 1] == '*') {
      at += 2;
      ++depth;
    } else {
      ++at;
    }
  }
  return token(TokenKind::unterminated, text_.size());
}

/// The string whose opening quote is at `quote`.
Token Lexer::string(std::size_t quote, Escapes escapes) {
  const bool part = quote == at_ && continues_string();
  const std::string_view stops = escapes == Escapes::backslash ? "'\\" : "'";
  std::size_t at = quote + 1;
  for (;;) {
    at = stops.size() == 1 ? text_.find('\'', at) : text_.find_first_of(stops, at);
    if (at == npos) return token(TokenKind::unterminated, text_.size());
    const bool doubled = text_.substr(at, 2) == "''";
    if (text_[at] == '\'' && !doubled) break;
    at += 2;
  }
  const Token result = token(part ? TokenKind::string_part : TokenKind::string, at + 1);
  after_string_ = !sqlite();
  last_escapes_ = escapes;
  last_end_ = at + 1;
  return result;
}

Token Lexer::quoted_name(std::size_t quote, char closing) {
  std::size_t at = text_.find(closing, quote + 1);
  while (at != npos && closing != ']' && at + 1 < text_.size() && text_[at + 1] == closing) {
    at = text_.find(closing, at + 2);
  }
  if (at == npos) return token(TokenKind::unterminated, text_.size());
  return token(TokenKind::quoted_name, at + 1);
}

/// $tag$…$tag$, or a parameter such as $1, or a lone dollar sign.
Token Lexer::dollar() {
  std::size_t end = at_ + 1;
  if (is(peek(1), kDigit)) {
    while (end < text_.size() && is(text_[end], kDigit)) ++end;
    return token(TokenKind::symbol, end);
  }
  while (end < text_.size() && is(text_[end], kWordPart) && text_[end] != '$') ++end;
  if (end == text_.size() || text_[end] != '$') return token(TokenKind::symbol, at_ + 1);
  const std::string_view tag = text_.substr(at_, end + 1 - at_);
  const std::size_t closing = text_.find(tag, end + 1);
  if (closing == npos) return token(TokenKind::unterminated, text_.size());
  return token(TokenKind::string, closing + tag.size());
}

/// ?1, :name, @name, $name.
Token Lexer::sqlite_variable() {
  std::size_t end = at_ + 1;
  while (end < text_.size() && is(text_[end], kWordPart)) ++end;
  return token(TokenKind::symbol, end);
}

Token Lexer::symbol() {
  if (sqlite()) return token(TokenKind::symbol, at_ + sqlite_symbol_size(text_.substr(at_)));
  if (is(text_[at_], kOperator)) return token(TokenKind::symbol, operator_end(text_, at_));
  const std::string_view pair = text_.substr(at_, 2);
  const bool two = pair == "::" || pair == ":=" || pair == "..";
  return token(TokenKind::symbol, at_ + (two ? 2 : 1));
}

}  // namespace seedbed::host::sql
