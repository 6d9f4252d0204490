#include "database/sql/dropped.hpp"

#include "database/sql/token_cursor.hpp"

namespace seedbed::host::sql {

std::vector<std::string> dropped_tables(std::string_view statement, Engine engine) {
  TokenCursor cursor(statement, {engine, true});
  if (!cursor.accept("drop")) return {};
  cursor.accept("foreign");
  if (!cursor.accept("table")) return {};
  if (cursor.accept("if")) cursor.accept("exists");
  std::vector<std::string> tables;
  do {
    std::string name;
    do {
      const bool is_name = cursor.token().kind == TokenKind::word || cursor.token().kind == TokenKind::quoted_name;
      if (!is_name) return tables;
      name += (name.empty() ? "" : ".") + std::string(cursor.text());
      cursor.advance();
    } while (cursor.accept_symbol("."));
    tables.push_back(name);
  } while (cursor.accept_symbol(","));
  return tables;
}

}  // namespace seedbed::host::sql
