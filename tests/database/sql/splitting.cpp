#include "splitting.hpp"

#include <fmt/core.h>

#include "database/sql/lexer.hpp"
#include "support/catch.hpp"

namespace seedbed::host::sql::test {

namespace {

std::vector<std::string> texts(std::string_view sql, Engine dialect) {
  std::vector<std::string> result;
  for (const Statement& statement : split(sql, dialect, kFile)) {
    result.emplace_back(sql.substr(statement.offset, statement.size));
  }
  return result;
}

std::string kinds(std::string_view sql, Engine dialect) {
  std::string result;
  for (const Statement& statement : split(sql, dialect, kFile)) {
    if (!result.empty()) result += ' ';
    result += kind_name(statement.kind);
  }
  return result;
}

/// True if nothing between statements is a token but semicolons and \restrict lines.
bool is_gap(std::string_view gap, Engine dialect) {
  Lexer lexer(gap, {dialect, true});
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (token.kind == TokenKind::comment || lexer.text(token) == ";") continue;
    const bool command = token.kind == TokenKind::backslash;
    const std::string_view rest = gap.substr(token.offset);
    const bool end_of_data = rest.substr(0, 2) == "\\.";
    const bool skipped = rest.substr(0, 9) == "\\restrict" || rest.substr(0, 11) == "\\unrestrict";
    if (!command || (!end_of_data && !skipped)) return false;
    const std::size_t newline = gap.find('\n', token.offset);
    if (newline == std::string_view::npos) return true;
    lexer.move_to(newline + 1);
  }
  return true;
}

}  // namespace

std::vector<std::string> postgres(std::string_view sql) { return texts(sql, Engine::postgres); }
std::vector<std::string> sqlite(std::string_view sql) { return texts(sql, Engine::sqlite); }

std::string postgres_kinds(std::string_view sql) { return kinds(sql, Engine::postgres); }
std::string sqlite_kinds(std::string_view sql) { return kinds(sql, Engine::sqlite); }

Error refusal(std::string_view sql, Engine dialect) {
  try {
    split(sql, dialect, kFile);
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown for: " << sql);
  return Error(ExitCode::done, "");
}

std::string place_of(const Error& error) {
  return fmt::format("{}:{}", error.place().line, error.place().column);
}

std::string broken_property(std::string_view sql, Engine dialect) {
  std::size_t end = sql.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  for (const Statement& statement : split(sql, dialect, kFile)) {
    if (statement.offset < end) return fmt::format("overlap at {}", statement.offset);
    if (statement.size == 0) return fmt::format("empty statement at {}", statement.offset);
    if (statement.offset + statement.size > sql.size()) return "statement past the end";
    const std::string_view gap = sql.substr(end, statement.offset - end);
    if (!is_gap(gap, dialect)) return fmt::format("left out: {}", gap);
    const Place place = place_at(kFile, sql, statement.offset);
    if (place.line != statement.line || place.column != statement.column) {
      return fmt::format("{}:{} is not the place of {}", statement.line, statement.column,
                         statement.offset);
    }
    end = statement.offset + statement.size;
    if (statement.kind != Kind::copy_in) continue;
    if (statement.data_offset < end) return "data before their statement";
    end = statement.data_offset + statement.data_size;
  }
  if (!is_gap(sql.substr(end), dialect)) return fmt::format("left out: {}", sql.substr(end));
  return "";
}

}  // namespace seedbed::host::sql::test
