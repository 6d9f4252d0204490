#include "config/dotenv.hpp"

#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "error.hpp"

namespace seedbed::host {

namespace {

constexpr char kEnd = '\0';

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; }

/// A walk through the text that knows its line.
class Parser {
 public:
  explicit Parser(const TextFile& file) : file_(file), text_(file.text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    line_begin_ = text_.data();
  }

  DotenvFile parse() {
    DotenvFile result;
    result.name = file_.name;
    while (!text_.empty()) {
      skip_blanks();
      if (!at_line_end() && peek() != '#') {
        const std::size_t line = line_;
        std::string name = variable_name();
        result.values[std::move(name)] = {value(), line};
      }
      skip_line();
    }
    return result;
  }

 private:
  char peek(std::size_t ahead = 0) const { return ahead < text_.size() ? text_[ahead] : kEnd; }

  bool at_line_end() const {
    return text_.empty() || peek() == '\n' ||
           (peek() == '\r' && (text_.size() == 1 || peek(1) == '\n'));
  }

  char take() {
    const char c = text_.front();
    text_.remove_prefix(1);
    if (c == '\n') {
      ++line_;
      line_begin_ = text_.data();
    }
    return c;
  }

  void skip_blanks() {
    while (is_blank(peek())) take();
  }

  void skip_line() {
    while (!text_.empty() && take() != '\n') {
    }
  }

  std::string word() {
    std::string result;
    while (is_name(peek())) result += take();
    return result;
  }

  std::string variable_name() {
    if (!is_name_start(peek())) throw failure("a variable's name was expected");
    std::string name = word();
    if (name == "export" && is_blank(peek())) {
      skip_blanks();
      if (!is_name_start(peek())) throw failure("a variable's name was expected after export");
      name = word();
    }
    skip_blanks();
    if (peek() != '=') throw failure("\"=\" was expected after the variable's name");
    take();
    return name;
  }

  std::string value() {
    const bool blank = is_blank(peek());
    skip_blanks();
    if (blank && peek() == '#') return {};
    if (peek() == '"' || peek() == '\'') return quoted();
    std::string result;
    while (!at_line_end() && !(is_blank(peek()) && comment_follows())) result += take();
    while (!result.empty() && is_blank(result.back())) result.pop_back();
    return result;
  }

  bool comment_follows() const {
    const std::size_t next = text_.find_first_not_of(" \t");
    return next != std::string_view::npos && text_[next] == '#';
  }

  std::string quoted() {
    const Place opened = here();
    const char quote = take();
    std::string result;
    while (peek() != quote) {
      if (text_.empty()) throw failure("the quote that opens here is not closed").at(opened);
      if (at_line_end() && peek() == '\r') {
        take();
        continue;  // it may have been the file's last byte
      }
      const char c = take();
      const std::optional<char> escaped = quote == '"' && c == '\\' ? escape(peek()) : std::nullopt;
      if (escaped) take();
      result += escaped.value_or(c);
    }
    take();
    skip_blanks();
    if (!at_line_end() && peek() != '#') throw failure("text follows the closing quote");
    return result;
  }

  static std::optional<char> escape(char c) {
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case '"':
      case '\\':
      case '$':
        return c;
      default:
        return std::nullopt;
    }
  }

  Place here() const {
    const std::string_view before(line_begin_,
                                  static_cast<std::size_t>(text_.data() - line_begin_));
    std::size_t column = 1;
    for (const char c : before) column += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return {file_.name, line_, column, {}};
  }

  Error failure(const std::string& why) const {
    return Error(ExitCode::usage, fmt::format("could not parse \"{}\": {}", file_.name, why))
        .at(here())
        .hint("A line is NAME=value, NAME=\"value\" or NAME='value', or begins with #.");
  }

  const TextFile& file_;
  std::string_view text_;
  std::size_t line_ = 1;
  const char* line_begin_ = nullptr;
};

}  // namespace

DotenvFile parse_dotenv(const TextFile& file) { return Parser(file).parse(); }

DotenvFile read_dotenv(const std::filesystem::path& path, const std::string& name) {
  std::error_code problem;
  const std::filesystem::file_status status = std::filesystem::status(path, problem);
  if (status.type() == std::filesystem::file_type::not_found) return {name, "no such file", {}};
  if (status.type() == std::filesystem::file_type::directory) return {name, "is a folder", {}};
  return parse_dotenv(read_text_file(path, name));
}

}  // namespace seedbed::host
