#include "database/sql/splitter.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <fmt/core.h>

#include "database/sql/setting.hpp"
#include "database/sql/utf8.hpp"

namespace seedbed::host::sql {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kCopyEnd = "\\.";
constexpr std::size_t kMostReserved = std::size_t{1} << 20;  // data have semicolons too

/// The offset after the line end that follows `offset`, or the end of the text.
std::size_t next_line(std::string_view text, std::size_t offset) {
  const std::size_t newline = text.find('\n', offset);
  return newline == npos ? text.size() : newline + 1;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> known) {
  return std::any_of(known.begin(), known.end(),
                     [word](std::string_view lower) { return same_word(word, lower); });
}

/// The first word of a command such as \d+ or .read.
std::string command_name(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of(" \t\r\n;")));
}

}  // namespace

Splitter::Splitter(std::string_view text, Engine dialect, const std::string& file,
                   ScriptListener* listener)
    : text_(text),
      dialect_(dialect),
      file_(file),
      listener_(listener),
      lexer_(text, {dialect, true}) {}

std::vector<Statement> Splitter::run() {
  check_zero_bytes();
  invalid_at_ = first_invalid_utf8(text_);
  if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    counted_ = kByteOrderMark.size();
    lexer_.move_to(counted_);
  }
  // Growing would copy, and touch, more memory than all of the statements.
  const auto semicolons = static_cast<std::size_t>(std::count(text_.begin(), text_.end(), ';'));
  statements_.reserve(std::min(semicolons + 1, kMostReserved));
  for (Token token = lexer_.next(); token.kind != TokenKind::end; token = lexer_.next())
    take(token);
  if (in_statement_) finish_statement();
  check_encoding(text_.size());
  return std::move(statements_);
}

void Splitter::take(const Token& token) {
  if (token.kind == TokenKind::unterminated) refuse_unterminated(token);
  if (token.kind == TokenKind::backslash) return take_meta_command(token);
  if (token.kind == TokenKind::comment) {
    if (listener_ != nullptr) listener_->on_comment(lexer_.text(token));
    return;
  }
  if (ends_statement(token)) {
    if (in_statement_) finish_statement();
    return;
  }
  if (!in_statement_) {
    if (skip_shell_command(token)) return;
    in_statement_ = true;
    statement_ = Statement{};
    statement_.offset = token.offset;
    body_ = Body::unknown;
    depth_ = 0;
    last_word_ = {};
  }
  statement_.size = token.offset + token.size - statement_.offset;
  const std::string_view text = lexer_.text(token);
  if (listener_ != nullptr) listener_->on_token(token.kind, text);
  if (token.kind == TokenKind::symbol) return track_symbol(text);
  track_word(token.kind == TokenKind::word ? text : std::string_view{});
}

/// Follows the words that open and close a body.  END closes it only directly after a semicolon:
/// the END of a CASE never stands there, and a column of that name neither.
void Splitter::track_word(std::string_view word) {
  const std::string_view before = std::exchange(last_word_, word);
  const bool sqlite = dialect_ == Engine::sqlite;
  switch (body_) {
    case Body::unknown:
      body_ = sqlite ? after_sqlite_word(word) : after_postgres_word(word);
      return;
    case Body::possible:
      if (sqlite && same_word(word, "begin")) body_ = Body::open;
      if (!sqlite && same_word(before, "begin") && same_word(word, "atomic")) body_ = Body::closing;
      return;
    case Body::closing:
      body_ = same_word(word, "end") ? Body::none : Body::open;
      return;
    case Body::none:
    case Body::open:
      return;
  }
}

Splitter::Body Splitter::after_postgres_word(std::string_view word) {
  if (same_word(word, "function") || same_word(word, "procedure")) return Body::possible;
  return is_one_of(word, {"create", "or", "replace"}) ? Body::unknown : Body::none;
}

Splitter::Body Splitter::after_sqlite_word(std::string_view word) {
  if (same_word(word, "trigger")) return Body::possible;
  const bool leads = is_one_of(word, {"explain", "query", "plan", "create", "temp", "temporary"});
  return leads ? Body::unknown : Body::none;
}

void Splitter::track_symbol(std::string_view symbol) {
  last_word_ = {};
  if (body_ == Body::unknown) body_ = Body::none;
  if (body_ == Body::closing) body_ = Body::open;
  if (symbol == ";" && depth_ == 0 && body_ == Body::open) body_ = Body::closing;
  // SQLite ends a statement inside parentheses all the same.
  if (dialect_ == Engine::sqlite) return;
  if (symbol == "(") ++depth_;
  if (symbol == ")" && depth_ > 0) --depth_;
}

bool Splitter::ends_statement(const Token& token) const {
  if (token.kind != TokenKind::symbol || lexer_.text(token) != ";") return false;
  if (!in_statement_) return true;
  return depth_ == 0 && body_ != Body::open && body_ != Body::closing;
}

void Splitter::finish_statement() {
  in_statement_ = false;
  advance_place(statement_.offset);
  statement_.line = static_cast<std::uint32_t>(line_);
  statement_.column = static_cast<std::uint32_t>(column_);
  statement_.kind = kind_of(statement_text(), lexer_.syntax());
  check_encoding(statement_.offset + statement_.size);
  if (statement_.kind == Kind::copy_in) take_copy_data();
  if (listener_ != nullptr) listener_->on_statement_end();
  statements_.push_back(statement_);
  follow_settings();
}

/// The data begin on the line after the semicolon and end before a line that is only `\.`.
void Splitter::take_copy_data() {
  if (copies_binary(statement_text(), lexer_.syntax())) {
    throw error_at(statement_.offset, "binary COPY data cannot stand in an SQL file")
        .hint("Write the data in COPY's text or csv format.");
  }
  skip_copy_line();
  const std::size_t start = lexer_.position();
  for (std::size_t end = text_.find(kCopyEnd, start); end != npos;
       end = text_.find(kCopyEnd, end + 1)) {
    if (end != start && text_[end - 1] != '\n') continue;
    const std::size_t after = next_line(text_, end);
    const std::string_view rest =
        text_.substr(end + kCopyEnd.size(), after - end - kCopyEnd.size());
    if (!rest.empty() && rest != "\n" && rest != "\r\n") continue;
    check_encoding(end);
    statement_.data_offset = start;
    statement_.data_size = end - start;
    if (listener_ != nullptr) listener_->on_copy_data(text_.substr(start, end - start));
    lexer_.move_to(after);
    return;
  }
  throw error_at(statement_.offset, "unterminated COPY data")
      .hint("End the data with a line that is only \"\\.\".");
}

/// psql would run what follows the semicolon on the same line, but after the data; nobody means
/// that.
void Splitter::skip_copy_line() {
  const std::size_t end = next_line(text_, lexer_.position());
  Lexer line(text_.substr(0, end), lexer_.syntax());
  line.move_to(lexer_.position());
  for (Token token = line.next(); token.kind != TokenKind::end; token = line.next()) {
    if (token.kind != TokenKind::comment) {
      throw error_at(token.offset, "text after COPY … FROM stdin on its line")
          .hint("Move it to a line after the data, which begin on the next line.");
    }
    if (listener_ != nullptr) listener_->on_comment(line.text(token));
  }
  lexer_.move_to(end);
}

void Splitter::take_meta_command(const Token& token) {
  const std::size_t end = next_line(text_, token.offset);
  const std::string name = command_name(text_.substr(token.offset, end - token.offset));
  // What pg_dump writes since its fix of CVE-2025-8714; it means nothing outside psql.
  if (!in_statement_ && (name == "\\restrict" || name == "\\unrestrict"))
    return lexer_.move_to(end);
  if (name.starts_with("\\'")) {
    throw error_at(token.offset, "a backslash outside of a string")
        .hint("A backslash does not quote what follows it: write two quotes, '', or begin the string with E.");
  }
  throw error_at(token.offset, fmt::format("\"{}\" is a command of psql, not SQL", name))
      .hint("Remove it, or write what it does in SQL.");
}

/// Skips ".bail on", which asks for what happens anyway; refuses the others.
bool Splitter::skip_shell_command(const Token& token) {
  const bool dot = dialect_ == Engine::sqlite && lexer_.text(token) == ".";
  if (!dot || !at_line_start(token.offset)) return false;
  const std::size_t end = next_line(text_, token.offset);
  std::string_view line = text_.substr(token.offset, end - token.offset);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  if (line == ".bail on") {
    lexer_.move_to(end);
    return true;
  }
  throw error_at(token.offset, fmt::format("\"{}\" is a command of the sqlite3 program, not SQL",
                                           command_name(text_.substr(token.offset))))
      .hint("Remove it, or write what it does in SQL.");
}

bool Splitter::at_line_start(std::size_t offset) const {
  const std::string_view before = text_.substr(0, offset);
  return before.empty() || before.back() == '\n' || before == kByteOrderMark;
}

void Splitter::follow_settings() {
  switch (statement_.kind) {
    case Kind::begin:
      reading_.begin();
      return;
    case Kind::commit:
      reading_.commit();
      break;
    case Kind::rollback:
      reading_.rollback();
      break;
    case Kind::session:
    case Kind::non_transactional: {
      for (const Setting& setting : settings_in(statement_text(), lexer_.syntax())) {
        if (setting.name == "client_encoding" &&
            has_ascii_trail_bytes(setting.value.value_or(""))) {
          throw error_at(
              statement_.offset,
              fmt::format("text in client_encoding \"{}\" cannot be split", *setting.value))
              .hint("Convert the file to UTF-8 and remove this statement.");
        }
        reading_.apply(setting);
      }
      break;
    }
    default:
      return;
  }
  lexer_.set_standard_strings(reading_.standard_strings());
  const std::size_t next = lexer_.position();
  if (reading_.utf8() && invalid_at_ < next) invalid_at_ = first_invalid_utf8(text_, next);
}

void Splitter::advance_place(std::size_t offset) {
  const std::string_view passed = text_.substr(counted_, offset - counted_);
  const std::size_t newline = passed.rfind('\n');
  if (newline == npos) {
    column_ += count_characters(passed);
  } else {
    line_ += static_cast<std::size_t>(std::count(passed.begin(), passed.end(), '\n'));
    column_ = 1 + count_characters(passed.substr(newline + 1));
  }
  counted_ = offset;
}

void Splitter::check_zero_bytes() const {
  const std::size_t zero = text_.find('\0');
  if (zero == npos) return;
  Error error(ExitCode::usage, "zero byte in SQL text");
  error.at(place_at(file_, text_, zero));
  const std::string_view mark = text_.substr(0, 2);
  if (mark == "\xFF\xFE" || mark == "\xFE\xFF") error.hint("The file is UTF-16; save it as UTF-8.");
  throw error;
}

/// Throws if what was read up to `end` is to be UTF-8 and is not.
void Splitter::check_encoding(std::size_t end) const {
  if (!reading_.utf8() || invalid_at_ >= end) return;
  const auto byte = static_cast<unsigned char>(text_[invalid_at_]);
  throw Error(ExitCode::usage, fmt::format("invalid UTF-8: byte 0x{:02X}", byte))
      .at(place_at(file_, text_, invalid_at_))
      .hint("Save the file as UTF-8, or SET client_encoding before this line.");
}

void Splitter::refuse_unterminated(const Token& token) const {
  const std::string_view text = lexer_.text(token);
  switch (text[0]) {
    case '/':
      throw error_at(token.offset, "unterminated comment");
    case '$': {
      const std::string tag(text.substr(0, text.find('$', 1) + 1));
      throw error_at(token.offset, fmt::format("unterminated dollar-quoted string \"{}\"", tag));
    }
    case '"':
    case '`':
    case '[':
      throw error_at(token.offset, "unterminated quoted name");
    default:
      break;
  }
  const bool name = text.substr(1, 2) == "&\"";
  throw error_at(token.offset, name ? "unterminated quoted name" : "unterminated quoted string");
}

/// An error at `offset`, unless the text before it already is not what it should be.
Error Splitter::error_at(std::size_t offset, const std::string& message) const {
  check_encoding(offset);
  return Error(ExitCode::usage, message).at(place_at(file_, text_, offset));
}

std::vector<Statement> split(std::string_view text, Engine dialect, const std::string& file) {
  return Splitter(text, dialect, file, nullptr).run();
}

}  // namespace seedbed::host::sql
