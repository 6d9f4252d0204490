#include "seeding/constants.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "database/sql/lexer.hpp"
#include "nearest.hpp"

namespace seedbed::host {

namespace {

using sql::Token;
using sql::TokenKind;

/// In parentheses where it has a sign: "1 -$n" would begin a comment, and "$n::smallint" be -(5::smallint).
std::string number_literal(const seedbed_value& value, Engine engine) {
  std::string text = *postgres_text(value);
  if (value.type == SEEDBED_DOUBLE && !std::isfinite(value.as.real)) {
    if (engine == Engine::postgres) return fmt::format("('{}'::double precision)", text);
    if (std::isnan(value.as.real)) throw Error(ExitCode::failed, "SQLite cannot store NaN: it would become NULL");
    text = value.as.real < 0 ? "-9e999" : "9e999";
  }
  return text.starts_with('-') ? '(' + text + ')' : text;
}

std::string literal(const seedbed_value& value, Engine engine) {
  if (value.type == SEEDBED_NULL) return "NULL";
  if (value.type == SEEDBED_INTEGER || value.type == SEEDBED_DOUBLE) return number_literal(value, engine);
  if (value.type == SEEDBED_BOOL) {
    if (engine == Engine::postgres) return value.as.integer != 0 ? "true" : "false";
    return value.as.integer != 0 ? "1" : "0";
  }
  const std::string text = value.type == SEEDBED_TIMESTAMP ? iso_timestamp(value.as.integer) : *postgres_text(value);
  // With E'' PostgreSQL reads a backslash alike whatever standard_conforming_strings says.
  const bool escapes = engine == Engine::postgres && text.find('\\') != std::string::npos;
  std::string quoted = escapes ? "E'" : "'";
  for (const char c : text) {
    if (c == '\'' || (escapes && c == '\\')) quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

/// A name such as `:now` or `$scale`, which the two dialects cut into tokens differently.
struct Reference {
  char sigil;
  std::string_view name;
  std::size_t end;
};

std::optional<Reference> reference_at(std::string_view text, const Token& token) {
  const std::size_t at = token.offset;
  const char sigil = text[at];
  if (token.kind != TokenKind::symbol || (sigil != ':' && sigil != '$')) return std::nullopt;
  if (sigil == ':' && ((at > 0 && text[at - 1] == ':') || text.substr(at, 2) == "::")) return std::nullopt;
  std::size_t end = at + 1;
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  while (end < text.size() && is_word(text[end])) ++end;
  if (end == at + 1 || std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0) return std::nullopt;
  return Reference{sigil, text.substr(at + 1, end - at - 1), end};
}

std::string no_constant(const Reference& reference) {
  return fmt::format("\"{}{}\" is neither a parameter of this seeder nor a constant of the run", reference.sigil, reference.name);
}

std::string suggestion(const Reference& reference, const Constants& constants) {
  std::vector<std::string> known;
  for (const auto& [name, value] : constants) known.push_back(name);
  const std::string near = nearest(reference.name, known);
  return near.empty() ? "" : fmt::format("Perhaps \"{}{}\" is meant.", reference.sigil, near);
}

}  // namespace

std::size_t BoundScript::source_offset(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(marks, offset, {}, &std::pair<std::size_t, std::size_t>::first);
  if (after == marks.begin()) return offset;
  const auto& [here, there] = *std::prev(after);
  const std::size_t distance = offset - here;
  // Inside a literal the place is the name that it stands for.
  return after == marks.end() ? there + distance : std::min(there + distance, after->second);
}

std::string hint_on_unknown(std::string_view source, std::size_t offset, const Constants& constants) {
  const Reference reference = *reference_at(source, {TokenKind::symbol, offset, 1});
  const std::string near = suggestion(reference, constants);
  return no_constant(reference) + (near.empty() ? "." : ". " + near);
}

BoundScript bind_constants(std::string_view source, const std::vector<sql::Statement>& statements,
                           const Constants& constants, Engine engine, const std::string& file) {
  BoundScript bound;
  for (const sql::Statement& statement : statements) {
    sql::Statement moved = statement;
    moved.offset = bound.text.size();
    bound.marks.emplace_back(bound.text.size(), statement.offset);
    const std::string_view text = source.substr(statement.offset, statement.size);
    sql::Lexer lexer(text, {engine, true});
    std::size_t copied = 0;
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
      const auto reference = reference_at(text, token);
      if (!reference) continue;
      const auto found = constants.find(reference->name);
      if (found == constants.end()) {
        const std::size_t at = statement.offset + token.offset;
        if (reference->sigil == '$' || engine == Engine::sqlite) {
          throw Error(ExitCode::usage, no_constant(*reference))
              .at(sql::place_at(file, source, at))
              .hint(suggestion(*reference, constants));
        }
        bound.unknown.push_back(at);
        continue;
      }
      bound.text += text.substr(copied, token.offset - copied);
      bound.marks.emplace_back(bound.text.size(), statement.offset + token.offset);
      bound.text += literal(found->second, engine);
      bound.marks.emplace_back(bound.text.size(), statement.offset + reference->end);
      copied = reference->end;
      lexer.move_to(copied);
    }
    bound.text += text.substr(copied);
    moved.size = bound.text.size() - moved.offset;
    if (statement.data_size > 0) {
      moved.data_offset = bound.text.size();
      bound.text += source.substr(statement.data_offset, statement.data_size);
    }
    bound.text += ";\n";
    bound.statements.push_back(moved);
  }
  return bound;
}

}  // namespace seedbed::host
