#pragma once
// SQL text cut into tokens, by the lexical rules of PostgreSQL's psql or of SQLite.

#include <cstddef>
#include <string_view>

#include "database/engine.hpp"

namespace seedbed::host::sql {

enum class TokenKind {
  end,          ///< of the text
  word,         ///< keyword or unquoted name
  quoted_name,  ///< "…", U&"…"; in SQLite also […] and `…`
  string,       ///< '…' and E'…', U&'…', B'…', X'…', $tag$…$tag$
  string_part,  ///< PostgreSQL: a string that goes on after a line end, as in 'a' ⏎ 'b'
  number,
  symbol,       ///< operators, punctuation, parameters
  comment,      ///< without the line end
  backslash,    ///< PostgreSQL: the start of a psql command
  unterminated  ///< a quote or comment whose end is missing; reaches to the end of the text
};

/// `size` bytes from `offset` of the text.
struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t offset = 0;
  std::size_t size = 0;
};

/// What decides how text is read.
struct Syntax {
  Engine dialect = Engine::postgres;
  bool standard_strings = true;  ///< PostgreSQL's standard_conforming_strings
};

/// Reads one token after the other.  Never fails: what is broken becomes a token of its own.
class Lexer {
 public:
  /// `text` must outlive the lexer.
  Lexer(std::string_view text, Syntax syntax) : text_(text), syntax_(syntax) {}

  /// The next token, comments included.  At the end of the text, again and again, `end`.
  Token next();

  std::string_view text(const Token& token) const { return text_.substr(token.offset, token.size); }

  /// The offset of the first byte that has not been read.
  std::size_t position() const { return at_; }

  /// Goes on reading at `offset`.
  void move_to(std::size_t offset);

  void set_standard_strings(bool on) { syntax_.standard_strings = on; }
  const Syntax& syntax() const { return syntax_; }

 private:
  enum class Escapes { none, backslash };

  bool sqlite() const { return syntax_.dialect == Engine::sqlite; }
  char peek(std::size_t ahead) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void skip_space();
  bool continues_string() const;

  Token token(TokenKind kind, std::size_t end);
  Token word();
  Token number();
  Token line_comment();
  Token block_comment();
  Token string(std::size_t quote, Escapes escapes);
  Token quoted_name(std::size_t quote, char closing);
  Token dollar();
  Token sqlite_variable();
  Token symbol();

  std::string_view text_;
  Syntax syntax_;
  std::size_t at_ = 0;
  // The string that has just been read, as long as nothing but line comments came after it.
  bool after_string_ = false;
  Escapes last_escapes_ = Escapes::none;
  std::size_t last_end_ = 0;
};

/// What same_word() asks of words of one length.
bool same_letters(std::string_view word, std::string_view wanted);

/// True if `word` is `wanted`, which is in lower case, in any case of its ASCII letters.
inline bool same_word(std::string_view word, std::string_view wanted) {
  return word.size() == wanted.size() && same_letters(word, wanted);
}

}  // namespace seedbed::host::sql
