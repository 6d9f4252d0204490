#include "database/sql/created.hpp"

#include <algorithm>

#include "database/sql/token_cursor.hpp"

namespace seedbed::host::sql {

namespace {

char lowered(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

/// The name that the current token is; steps over it.
std::optional<std::string> name(TokenCursor& cursor) {
  std::string text(cursor.text());
  if (cursor.token().kind == TokenKind::word) {
    std::transform(text.begin(), text.end(), text.begin(), lowered);
  } else if (cursor.token().kind == TokenKind::quoted_name && text.starts_with('"') && text.size() > 2) {
    text = text.substr(1, text.size() - 2);
    for (auto at = text.find("\"\""); at != std::string::npos; at = text.find("\"\"", at + 1)) text.erase(at, 1);
  } else {
    return std::nullopt;
  }
  cursor.advance();
  return text;
}

bool if_not_exists(TokenCursor& cursor) {
  return cursor.accept("if") && cursor.accept("not") && cursor.accept("exists");
}

/// The words of an object's kind, as SQL writes them.
std::string kind(TokenCursor& cursor) {
  for (const char* one : {"schema", "extension", "publication", "server", "policy", "trigger"}) {
    if (cursor.accept(one)) return one;
  }
  if (cursor.accept("constraint")) return cursor.accept("trigger") ? "trigger" : "";
  if (cursor.accept("event")) return cursor.accept("trigger") ? "event trigger" : "";
  if (cursor.accept("foreign")) return cursor.accept("data") && cursor.accept("wrapper") ? "foreign data wrapper" : "";
  return "";
}

std::optional<std::vector<std::string>> table_after_on(TokenCursor& cursor) {
  while (!cursor.at_end() && !cursor.accept("on")) cursor.advance();
  std::vector<std::string> parts;
  do {
    const std::optional<std::string> part = name(cursor);
    if (!part) return std::nullopt;
    parts.push_back(*part);
  } while (cursor.accept_symbol("."));
  if (parts.size() > 2) return std::nullopt;
  return parts;
}

}  // namespace

std::optional<Created> created(std::string_view statement) {
  TokenCursor cursor(statement, {Engine::postgres, true});
  if (!cursor.accept("create")) return std::nullopt;
  if (cursor.accept("or")) cursor.accept("replace");
  Created made;
  made.kind = kind(cursor);
  if (made.kind.empty()) return std::nullopt;
  made.if_not_exists = if_not_exists(cursor);
  if (made.kind == "schema") cursor.accept("authorization");  // alone, it names the schema, too
  const std::optional<std::string> own = name(cursor);
  if (!own) return std::nullopt;
  made.name = *own;
  if (made.kind != "policy" && made.kind != "trigger") return made;
  std::optional<std::vector<std::string>> table = table_after_on(cursor);
  if (!table) return std::nullopt;
  made.table = std::move(*table);
  return made;
}

}  // namespace seedbed::host::sql
