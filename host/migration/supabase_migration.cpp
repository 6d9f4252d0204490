#include "migration/supabase_migration.hpp"

#include <algorithm>
#include <string_view>

namespace seedbed::host {

namespace {

constexpr std::string_view kBetween = " \t\r\n\f\v;";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The end of the comment that begins at `at`; `at` where none does.
std::size_t comment_end(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) == "--") return std::min(text.find('\n', at), text.size());
  if (text.substr(at, 2) != "/*") return at;
  std::size_t depth = 0;
  do {
    const std::string_view next = text.substr(at, 2);
    if (next == "/*") ++depth;
    if (next == "*/") --depth;
    at += next == "/*" || next == "*/" ? 2 : 1;
  } while (depth > 0 && at < text.size());
  return at;
}

/// Where the semicolon is that ends the statement before `at`; the text's end if there is none.
std::size_t semicolon_after(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != ';') {
    const std::size_t after = comment_end(text, at);
    at = after == at ? at + 1 : after;
  }
  return at;
}

std::string name_in(const std::string& file) {
  const std::size_t start = file.find('_') + 1;
  return file.substr(start, file.size() - start - std::string_view(".sql").size());
}

}  // namespace

SupabaseMigration supabase_migration(const Migration& migration) {
  SupabaseMigration result{migration.version, name_in(migration.file), {}};
  const std::string_view text = migration.up.text;
  const auto add = [&result](std::string_view statement) {
    // Semicolons with nothing between them end nothing.
    statement.remove_prefix(std::min(statement.find_first_not_of(kBetween), statement.size()));
    statement = statement.substr(0, statement.find_last_not_of(kBetween) + 1);
    if (!statement.empty()) result.statements.emplace_back(statement);
  };
  std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  for (const sql::Statement& statement : migration.up.statements) {
    std::size_t end = semicolon_after(text, statement.offset + statement.size);
    if (statement.kind == sql::Kind::copy_in) {
      end = std::min(text.find('\n', statement.data_offset + statement.data_size), text.size());
    }
    add(text.substr(begin, end - begin));
    begin = std::min(end + 1, text.size());
  }
  const bool down_follows = migration.down && migration.down->path == migration.up.path;
  if (!down_follows) add(text.substr(begin));
  return result;
}

bool is_same_text(const Migration& migration, const SupabaseRow& row) {
  return row.text && sql::token_hash(*row.text, Engine::postgres) == migration.token_hash;
}

}  // namespace seedbed::host
