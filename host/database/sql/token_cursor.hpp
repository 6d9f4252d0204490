#pragma once
// Walks the words of one statement, comments left out.

#include <string_view>

#include "database/sql/lexer.hpp"

namespace seedbed::host::sql {

class TokenCursor {
 public:
  /// `statement` must outlive the cursor.
  TokenCursor(std::string_view statement, Syntax syntax) : lexer_(statement, syntax) { advance(); }

  const Token& token() const { return token_; }
  std::string_view text() const { return lexer_.text(token_); }
  bool at_end() const { return token_.kind == TokenKind::end; }

  /// True if the current token is the keyword `word` (in lower case).
  bool at(std::string_view word) const {
    return token_.kind == TokenKind::word && same_word(text(), word);
  }

  bool at_symbol(std::string_view symbol) const {
    return token_.kind == TokenKind::symbol && text() == symbol;
  }

  /// Steps over the keyword `word`, if that is the current token.
  bool accept(std::string_view word) {
    if (!at(word)) return false;
    advance();
    return true;
  }

  bool accept_symbol(std::string_view symbol) {
    if (!at_symbol(symbol)) return false;
    advance();
    return true;
  }

  void advance() {
    do {
      token_ = lexer_.next();
    } while (token_.kind == TokenKind::comment);
  }

 private:
  Lexer lexer_;
  Token token_;
};

}  // namespace seedbed::host::sql
