#include "run/column_origin.hpp"

#include <algorithm>
#include <ranges>
#include <string>

#include <fmt/format.h>

#include "database/sql/lexer.hpp"
#include "database/sql/script.hpp"

namespace seedbed::host {

namespace {

/// "name" of "schema.name".
std::string_view last_part(std::string_view table) { return table.substr(table.rfind('.') + 1); }

/// Whether a statement is CREATE or ALTER TABLE and names both, as words or in quotes.
bool adds_column(std::string_view sql, std::string_view table, std::string_view column) {
  bool begins = false, of_table = false, names_table = false, names_column = false;
  std::size_t seen = 0;
  // Either engine's rules will do: only names are looked for.
  sql::Lexer lexer(sql, {Engine::postgres, true});
  for (sql::Token token = lexer.next(); token.kind != sql::TokenKind::end; token = lexer.next()) {
    if (token.kind != sql::TokenKind::word && token.kind != sql::TokenKind::quoted_name) continue;
    std::string_view word = lexer.text(token);
    if (seen == 0) begins = sql::same_word(word, "create") || sql::same_word(word, "alter");
    if (seen < 3) of_table = of_table || sql::same_word(word, "table");
    if (word.size() > 1 && word.front() == '"') word = word.substr(1, word.size() - 2);
    names_table = names_table || sql::same_word(word, table);
    names_column = names_column || sql::same_word(word, column);
    ++seen;
  }
  return begins && of_table && names_table && names_column;
}

}  // namespace

Error with_origin(Error error, const std::vector<Migration>& files) {
  if (error.column().empty()) return error;
  for (const Migration& file : std::views::reverse(files)) {
    for (const sql::Statement& statement : file.up.statements) {
      const std::string_view text = std::string_view(file.up.text).substr(statement.offset, statement.size);
      if (!adds_column(text, last_part(error.table()), error.column())) continue;
      const Place place = place_of(file.up, statement.offset);
      return error.detail(fmt::format("The column came with migration {} ({}:{}).", file.version, place.file, place.line));
    }
  }
  return error;
}

}  // namespace seedbed::host
