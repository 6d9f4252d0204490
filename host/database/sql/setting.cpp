#include "database/sql/setting.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "database/sql/token_cursor.hpp"

namespace seedbed::host::sql {

namespace {

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

/// What stands between the quotes of a name or a string, if it has any.
std::string unquoted(std::string_view text) {
  const std::size_t first = text.find_first_of("'\"");
  if (first == std::string_view::npos) return std::string(text);
  return std::string(text.substr(first + 1, text.size() - first - 2));
}

bool at_value(const TokenCursor& cursor) {
  const TokenKind kind = cursor.token().kind;
  return kind == TokenKind::word || kind == TokenKind::string || kind == TokenKind::quoted_name ||
         kind == TokenKind::number;
}

/// The current token as a value; DEFAULT and whatever is no value are nothing.
std::optional<std::string> value_at(const TokenCursor& cursor) {
  if (!at_value(cursor) || cursor.at("default")) return std::nullopt;
  return unquoted(cursor.text());
}

/// The forms of SET and RESET that have a syntax of their own.
std::optional<std::string> special_name(TokenCursor& cursor) {
  if (cursor.accept("names")) return "client_encoding";
  if (!cursor.accept("authorization")) return std::nullopt;
  return "session_authorization";
}

std::vector<Setting> set(TokenCursor& cursor) {
  Setting setting;
  setting.local = cursor.accept("local");
  if (!setting.local) cursor.accept("session");
  cursor.accept("session");  // SET LOCAL SESSION AUTHORIZATION
  if (auto special = special_name(cursor)) {
    setting.name = *std::move(special);
  } else {
    if (!at_value(cursor)) return {};
    setting.name = lower_case(unquoted(cursor.text()));
    cursor.advance();
    if (!cursor.accept("to")) cursor.accept_symbol("=");
  }
  setting.value = value_at(cursor);
  return {setting};
}

std::vector<Setting> reset(TokenCursor& cursor) {
  cursor.accept("session");
  Setting setting;
  setting.name = special_name(cursor).value_or(lower_case(unquoted(cursor.text())));
  return {setting};
}

/// set_config('name', 'value', is_local), however often it stands in the statement.
std::vector<Setting> configured(TokenCursor& cursor) {
  if (cursor.accept("pg_catalog")) cursor.accept_symbol(".");
  if (!cursor.at("set_config")) return {};
  std::vector<Setting> settings;
  for (; !cursor.at_end(); cursor.advance()) {
    if (!cursor.accept("set_config") || !cursor.accept_symbol("(")) continue;
    Setting setting;
    setting.name = lower_case(value_at(cursor).value_or(""));
    cursor.advance();
    if (!cursor.accept_symbol(",")) continue;
    setting.value = value_at(cursor);
    cursor.advance();
    if (cursor.accept_symbol(",")) {
      setting.local = as_boolean(value_at(cursor).value_or("")).value_or(false);
    }
    settings.push_back(setting);
  }
  return settings;
}

std::vector<Setting> pragma(TokenCursor& cursor) {
  Setting setting;
  setting.name = lower_case(unquoted(cursor.text()));
  cursor.advance();
  if (cursor.accept_symbol(".")) {
    setting.name = lower_case(unquoted(cursor.text()));
    cursor.advance();
  }
  if (!cursor.accept_symbol("=") && !cursor.accept_symbol("(")) {
    return setting.name == "wal_checkpoint" ? std::vector{setting} : std::vector<Setting>{};
  }
  std::string value;
  if (cursor.accept_symbol("-")) value = "-";
  cursor.accept_symbol("+");
  setting.value = value + unquoted(cursor.text());
  return {setting};
}

}  // namespace

std::vector<Setting> settings_in(std::string_view statement, Syntax syntax) {
  TokenCursor cursor(statement, syntax);
  if (syntax.dialect == Engine::sqlite) return cursor.accept("pragma") ? pragma(cursor) : std::vector<Setting>{};
  if (cursor.accept("set")) return set(cursor);
  if (cursor.accept("reset")) return reset(cursor);
  if (cursor.accept("select")) return configured(cursor);
  if (cursor.accept("discard") && cursor.at("all")) return {Setting{"all", std::nullopt, false}};
  return {};
}

bool sets_session(std::string_view statement, Syntax syntax) {
  TokenCursor cursor(statement, syntax);
  if (syntax.dialect == Engine::sqlite) return cursor.at("attach") || cursor.at("detach") || cursor.at("pragma");
  if (cursor.at("prepare")) return true;
  const std::vector<Setting> settings = settings_in(statement, syntax);
  return std::any_of(settings.begin(), settings.end(), [](const Setting& setting) {
    return !setting.local && setting.name != "transaction" && setting.name != "constraints";
  });
}

bool is_reading_setting(const Setting& setting) {
  static constexpr std::array<std::string_view, 6> kNames{
      "all",  "backslash_quote",       "client_encoding",
      "role", "session_authorization", "standard_conforming_strings"};
  return std::find(kNames.begin(), kNames.end(), setting.name) != kNames.end();
}

bool is_outside_pragma(const Setting& setting) {
  static constexpr std::array<std::string_view, 6> kNames{"foreign_keys", "journal_mode", "locking_mode",
                                                          "synchronous",  "temp_store",   "wal_checkpoint"};
  return std::find(kNames.begin(), kNames.end(), setting.name) != kNames.end();
}

bool pragma_boolean(const Setting& setting) {
  const std::string value = lower_case(setting.value.value_or(""));
  if (!value.empty() && value[0] >= '0' && value[0] <= '9') return std::atoi(value.c_str()) != 0;
  return value == "on" || value == "yes" || value == "true";
}

std::optional<bool> as_boolean(std::string_view value) {
  struct Word {
    std::string_view name;
    std::size_t shortest;
    bool value;
  };
  static constexpr std::array<Word, 8> kWords{{{"true", 1, true},
                                               {"false", 1, false},
                                               {"yes", 1, true},
                                               {"no", 1, false},
                                               {"on", 2, true},
                                               {"off", 2, false},
                                               {"1", 1, true},
                                               {"0", 1, false}}};
  const std::string word = lower_case(value);
  for (const Word& known : kWords) {
    if (word.size() >= known.shortest && known.name.substr(0, word.size()) == word)
      return known.value;
  }
  return std::nullopt;
}

}  // namespace seedbed::host::sql
