#include "database/sql/kind.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "database/sql/setting.hpp"
#include "database/sql/token_cursor.hpp"

namespace seedbed::host::sql {

namespace {

Kind non_transactional_if(bool condition) {
  return condition ? Kind::non_transactional : Kind::ordinary;
}

/// What the options from here on say about `name`: a bare name turns it on, as in (concurrently),
/// and false turns it off, as in WITH (create_slot = false).
std::optional<bool> option(TokenCursor cursor, std::string_view name) {
  while (!cursor.at_end() && !cursor.at(name)) cursor.advance();
  if (!cursor.accept(name)) return std::nullopt;
  cursor.accept_symbol("=");
  std::string_view value = cursor.text();
  if (cursor.token().kind == TokenKind::string) value = value.substr(1, value.size() - 2);
  return as_boolean(value).value_or(true);
}

bool turns_off(const TokenCursor& cursor, std::string_view name) {
  return option(cursor, name) == false;
}

/// True if the statement's last words are `first second`.
bool ends_with(TokenCursor cursor, std::string_view first, std::string_view second) {
  bool after_first = false;
  bool found = false;
  for (; !cursor.at_end(); cursor.advance()) {
    found = after_first && cursor.at(second);
    after_first = cursor.at(first);
  }
  return found;
}

/// TimescaleDB fills a continuous aggregate in transactions of its own unless told not to.
bool fills_continuous_aggregate(TokenCursor cursor) {
  const bool empty = ends_with(cursor, "no", "data");
  for (; !cursor.at_end() && !cursor.at("as"); cursor.advance()) {
    if (cursor.accept("timescaledb") && cursor.accept_symbol(".") && cursor.at("continuous")) {
      return !empty;
    }
  }
  return false;
}

Kind create(TokenCursor& cursor) {
  if (cursor.at("database") || cursor.at("tablespace")) return Kind::non_transactional;
  if (cursor.accept("subscription")) {
    return non_transactional_if(!turns_off(cursor, "connect") && !turns_off(cursor, "create_slot"));
  }
  if (cursor.accept("materialized"))
    return non_transactional_if(fills_continuous_aggregate(cursor));
  cursor.accept("unique");
  return non_transactional_if(cursor.accept("index") && cursor.at("concurrently"));
}

Kind drop(TokenCursor& cursor) {
  if (cursor.at("database") || cursor.at("tablespace") || cursor.at("subscription")) {
    return Kind::non_transactional;
  }
  return non_transactional_if(cursor.accept("index") && cursor.at("concurrently"));
}

bool detaches_concurrently(TokenCursor cursor) {
  bool detaches = false;
  bool concurrently = false;
  for (; !cursor.at_end(); cursor.advance()) {
    detaches = detaches || (cursor.accept("detach") && cursor.at("partition"));
    concurrently = cursor.at("concurrently");
  }
  return detaches && concurrently;
}

Kind alter_subscription(TokenCursor& cursor) {
  cursor.advance();
  if (cursor.at("refresh")) return Kind::non_transactional;
  const bool changes = cursor.accept("set") || cursor.accept("add") || cursor.accept("drop");
  return non_transactional_if(changes && cursor.at("publication") && !turns_off(cursor, "refresh"));
}

Kind alter(TokenCursor& cursor) {
  if (cursor.at("system")) return Kind::non_transactional;
  if (cursor.accept("table")) return non_transactional_if(detaches_concurrently(cursor));
  if (cursor.accept("subscription")) return alter_subscription(cursor);
  if (!cursor.accept("database")) return Kind::ordinary;
  cursor.advance();
  return non_transactional_if(cursor.accept("set") && cursor.at("tablespace"));
}

Kind reindex(TokenCursor& cursor) {
  if (cursor.at_symbol("(")) {
    TokenCursor options = cursor;
    while (!cursor.at_end() && !cursor.accept_symbol(")")) cursor.advance();
    if (option(options, "concurrently") == true) return Kind::non_transactional;
  }
  if (cursor.at("database") || cursor.at("system") || cursor.at("schema")) {
    return Kind::non_transactional;
  }
  cursor.advance();
  return non_transactional_if(cursor.at("concurrently"));
}

/// CLUSTER without a table goes through all of them, a transaction each.
Kind cluster(TokenCursor& cursor) {
  if (cursor.at_symbol("(")) {
    while (!cursor.at_end() && !cursor.accept_symbol(")")) cursor.advance();
  }
  cursor.accept("verbose");
  return non_transactional_if(cursor.at_end());
}

Kind copy(TokenCursor& cursor) {
  int depth = 0;
  for (; !cursor.at_end(); cursor.advance()) {
    if (cursor.at_symbol("(")) ++depth;
    if (cursor.at_symbol(")")) --depth;
    if (depth > 0 || !cursor.accept("from")) continue;
    // The server takes STDOUT for STDIN here.
    return cursor.at("stdin") || cursor.at("stdout") ? Kind::copy_in : Kind::ordinary;
  }
  return Kind::ordinary;
}

Kind rollback(TokenCursor& cursor) {
  if (cursor.at("prepared")) return Kind::non_transactional;
  if (!cursor.accept("work")) cursor.accept("transaction");
  return cursor.at("to") ? Kind::savepoint : Kind::rollback;
}

Kind prepare(TokenCursor& cursor) {
  const bool transaction = cursor.accept("transaction") && cursor.token().kind == TokenKind::string;
  return transaction ? Kind::commit : Kind::ordinary;
}

Kind set(std::string_view statement, Syntax syntax) {
  const std::vector<Setting> settings = settings_in(statement, syntax);
  const bool reading = std::any_of(settings.begin(), settings.end(), is_reading_setting);
  return reading ? Kind::session : Kind::ordinary;
}

/// False if no statement that begins with this letter is anything but ordinary.
bool may_be_special(char first) {
  switch (first | 0x20) {  // in lower case, if it is a letter
    case 'a':
    case 'b':
    case 'c':
    case 'd':
    case 'e':
    case 'p':
    case 'r':
    case 's':
    case 'v':
      return true;
    default:
      return false;
  }
}

Kind postgres_kind(TokenCursor& cursor, std::string_view statement, Syntax syntax) {
  if (cursor.accept("select")) {
    const bool configures = cursor.at("pg_catalog") || cursor.at("set_config");
    return configures ? set(statement, syntax) : Kind::ordinary;
  }
  if (cursor.accept("create")) return create(cursor);
  if (cursor.accept("alter")) return alter(cursor);
  if (cursor.accept("drop")) return drop(cursor);
  if (cursor.accept("copy")) return copy(cursor);
  if (cursor.at("set") || cursor.at("reset")) return set(statement, syntax);
  if (cursor.accept("begin")) return Kind::begin;
  if (cursor.accept("start")) return cursor.at("transaction") ? Kind::begin : Kind::ordinary;
  if (cursor.accept("end")) return Kind::commit;
  if (cursor.accept("commit")) {
    return cursor.at("prepared") ? Kind::non_transactional : Kind::commit;
  }
  if (cursor.accept("rollback") || cursor.accept("abort")) return rollback(cursor);
  if (cursor.at("savepoint") || cursor.at("release")) return Kind::savepoint;
  if (cursor.accept("prepare")) return prepare(cursor);
  if (cursor.accept("reindex")) return reindex(cursor);
  if (cursor.accept("cluster")) return cluster(cursor);
  if (cursor.accept("discard")) return non_transactional_if(cursor.at("all"));
  if (cursor.accept("call")) return non_transactional_if(cursor.at("refresh_continuous_aggregate"));
  return non_transactional_if(cursor.at("vacuum"));
}

Kind sqlite_kind(TokenCursor& cursor, std::string_view statement, Syntax syntax) {
  if (cursor.accept("begin")) return Kind::begin;
  if (cursor.accept("commit") || cursor.accept("end")) return Kind::commit;
  if (cursor.accept("rollback")) return rollback(cursor);
  if (cursor.at("savepoint") || cursor.at("release")) return Kind::savepoint;
  if (cursor.at("pragma")) {
    const std::vector<Setting> settings = settings_in(statement, syntax);
    const bool outside = std::any_of(settings.begin(), settings.end(), is_outside_pragma);
    return outside ? Kind::session : Kind::ordinary;
  }
  return non_transactional_if(cursor.at("vacuum"));
}

}  // namespace

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::ordinary:
      return "ordinary";
    case Kind::begin:
      return "begin";
    case Kind::commit:
      return "commit";
    case Kind::rollback:
      return "rollback";
    case Kind::savepoint:
      return "savepoint";
    case Kind::copy_in:
      return "copy_in";
    case Kind::non_transactional:
      return "non_transactional";
    case Kind::session:
      return "session";
  }
  return "ordinary";
}

bool copies_binary(std::string_view copy, Syntax syntax) {
  TokenCursor cursor(copy, syntax);
  bool binary = false;
  for (bool format = false; !cursor.at_end() && !binary; cursor.advance()) {
    binary = cursor.at("binary") || (format && same_word(cursor.text(), "'binary'"));
    format = cursor.at("format");
  }
  return binary;
}

Kind kind_of(std::string_view statement, Syntax syntax) {
  if (statement.empty() || !may_be_special(statement.front())) return Kind::ordinary;
  TokenCursor cursor(statement, syntax);
  if (syntax.dialect == Engine::sqlite) return sqlite_kind(cursor, statement, syntax);
  return postgres_kind(cursor, statement, syntax);
}

}  // namespace seedbed::host::sql
