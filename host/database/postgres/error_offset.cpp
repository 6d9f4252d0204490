#include "database/postgres/error_offset.hpp"

#include <algorithm>
#include <optional>
#include <regex>

#include "database/sql/token_cursor.hpp"

namespace seedbed::host {

namespace {

struct Body {
  std::size_t begin = 0, end = 0;
};

/// What stands between the quotes of `quoted`, as $tag$…$tag$, '…' or E'…'.
Body inside(const sql::Token& quoted, std::string_view text) {
  const auto quote = text.find_first_of("$'");
  const auto size = text[quote] == '\'' ? 1 : text.find('$', quote + 1) + 1 - quote;
  return {quoted.offset + quote + size, quoted.offset + text.size() - size};
}

/// The body of a DO block, or of the function that `statement` creates.
std::optional<Body> body_of(std::string_view statement) {
  sql::TokenCursor cursor(statement, {});
  const bool block = cursor.at("do");
  if (!block && !cursor.at("create")) return std::nullopt;
  bool follows = false;
  for (; !cursor.at_end(); cursor.advance()) {
    if (follows && cursor.token().kind == sql::TokenKind::string)
      return inside(cursor.token(), cursor.text());
    follows = block ? !cursor.at("language") : cursor.at("as");
  }
  return std::nullopt;
}

/// The line of the body that `context` names; 0 if it names none.
std::size_t body_line(const std::string& context) {
  static const std::regex kLine(
      "(inline_code_block line|compilation of PL/pgSQL function \"[^\n]*\" near line) ([0-9]{1,9})");
  std::smatch found;
  return std::regex_search(context, found, kLine) ? std::stoul(found[2]) : 0;
}

std::size_t start_of_line(std::string_view text, Body body, std::size_t line) {
  std::size_t offset = body.begin;
  for (; line > 1 && offset < body.end; --line) {
    offset = std::min(text.find('\n', offset), body.end - 1) + 1;
  }
  const auto token = text.find_first_not_of(" \t\r\n", offset);
  return token < body.end ? token : offset;
}

/// The byte of `body` at which `place.query`, which it ran, failed; npos if the text is not there.
/// The server puts SELECT in place of PERFORM, and before PostgreSQL 14 also before an expression.
std::size_t offset_in_query(std::string_view body, std::size_t start, const PgErrorPlace& place) {
  constexpr std::string_view kSelect = "SELECT";
  std::string_view query = place.query;
  std::size_t byte = byte_of_character(query, place.query_position);
  std::size_t found = body.find(query, start);
  if (found == body.npos && query.starts_with(kSelect) && byte > kSelect.size()) {
    query.remove_prefix(kSelect.size());
    byte -= kSelect.size();
    found = body.find(query, start);
  }
  return found == body.npos ? found : found + byte;
}

/// The query is in this text only if the block ran it itself, not a function that it called.
bool ran_query(const PgErrorPlace& place) {
  const std::string_view context = place.context;
  return place.query_position > 0 && !place.query.empty() &&
         context.substr(0, context.find('\n')).find("inline_code_block") != context.npos;
}

}  // namespace

std::size_t byte_of_character(std::string_view text, std::size_t position) {
  std::size_t byte = 0;
  for (std::size_t seen = 1; byte < text.size() && seen < position; ++seen) {
    do ++byte;
    while (byte < text.size() && (static_cast<unsigned char>(text[byte]) & 0xC0) == 0x80);
  }
  return byte;
}

std::size_t error_offset(std::string_view statement, const PgErrorPlace& place) {
  if (place.position > 0) return byte_of_character(statement, place.position);
  const std::size_t line = body_line(place.context);
  const auto body = line > 0 ? body_of(statement) : std::nullopt;
  if (!body) return 0;
  const std::size_t start = start_of_line(statement, *body, line);
  if (!ran_query(place)) return start;
  const std::size_t offset = offset_in_query(statement.substr(0, body->end), start, place);
  return offset == statement.npos ? start : offset;
}

}  // namespace seedbed::host
