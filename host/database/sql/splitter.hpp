#pragma once
// The one pass over SQL text behind split() and token_hash().

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "database/sql/kind.hpp"
#include "database/sql/lexer.hpp"
#include "database/sql/reading_state.hpp"
#include "database/sql/script.hpp"

namespace seedbed::host::sql {

/// Hears what a splitter reads, in the order of the text.
class ScriptListener {
 public:
  virtual ~ScriptListener() = default;
  /// A token of a statement.
  virtual void on_token(TokenKind kind, std::string_view text) = 0;
  virtual void on_comment(std::string_view text) = 0;
  virtual void on_copy_data(std::string_view data) = 0;
  virtual void on_statement_end() = 0;
};

/// Cuts one text into statements.  Used once.
class Splitter {
 public:
  /// `text`, `file` and `listener`, which may be null, must outlive the splitter.
  Splitter(std::string_view text, Engine dialect, const std::string& file,
           ScriptListener* listener);

  /// Throws what sql::split() throws.
  std::vector<Statement> run();

 private:
  /// How far the current statement has come in having semicolons of its own.
  enum class Body {
    unknown,   ///< all words so far could lead to CREATE FUNCTION or CREATE TRIGGER
    none,      ///< the next semicolon ends it
    possible,  ///< a routine or trigger, before its body
    open,      ///< inside BEGIN ATOMIC … END, or a trigger's BEGIN … END
    closing    ///< directly after a semicolon in that body, where END ends it
  };

  static Body after_postgres_word(std::string_view word);
  static Body after_sqlite_word(std::string_view word);

  void take(const Token& token);
  void track_word(std::string_view word);
  void track_symbol(std::string_view symbol);
  bool ends_statement(const Token& token) const;
  void finish_statement();
  void take_copy_data();
  void skip_copy_line();
  void take_meta_command(const Token& token);
  bool skip_shell_command(const Token& token);
  void follow_settings();
  void advance_place(std::size_t offset);
  void check_zero_bytes() const;
  void check_encoding(std::size_t end) const;
  [[noreturn]] void refuse_unterminated(const Token& token) const;
  Error error_at(std::size_t offset, const std::string& message) const;

  std::string_view statement_text() const {
    return text_.substr(statement_.offset, statement_.size);
  }
  bool at_line_start(std::size_t offset) const;

  std::string_view text_;
  Engine dialect_;
  const std::string& file_;
  ScriptListener* listener_;
  Lexer lexer_;
  ReadingState reading_;
  std::vector<Statement> statements_;

  bool in_statement_ = false;
  Statement statement_;
  Body body_ = Body::unknown;
  std::size_t depth_ = 0;  // of parentheses
  std::string_view last_word_;

  // The place up to which lines and characters have been counted.
  std::size_t counted_ = 0;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
  std::size_t invalid_at_ = 0;
};

}  // namespace seedbed::host::sql
