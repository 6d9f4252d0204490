#include "database/sql/transaction.hpp"

#include <algorithm>

#include "database/sql/setting.hpp"
#include "database/sql/token_cursor.hpp"

namespace seedbed::host::sql {

namespace {

// PostgreSQL's syntax does for both: SQLite has no SET, and ends transactions in the same words.

bool sets_locally(std::string_view statement) {
  return std::ranges::any_of(settings_in(statement, Syntax{}), &Setting::local);
}

/// False for what Kind::commit also stands for: PREPARE TRANSACTION, and COMMIT AND CHAIN.
bool ends_block(std::string_view statement) {
  TokenCursor cursor(statement, Syntax{});
  if (cursor.at("prepare")) return false;
  bool no = false;
  for (; !cursor.at_end(); cursor.advance()) {
    if (cursor.at("chain")) return no;
    no = cursor.at("no");
  }
  return true;
}

/// A PRAGMA that SQLite takes only outside a transaction and ignores inside one.
bool is_ignored(Kind kind, std::string_view statement) {
  return kind == Kind::session && TokenCursor(statement, Syntax{}).at("pragma");
}

}  // namespace

OneTransaction as_one_transaction(std::string_view text, const std::vector<Statement>& statements) {
  OneTransaction result;
  const Statement* open = nullptr;
  bool local = false;
  const auto stray = [&](const Statement& statement) {
    if (result.stray == nullptr) result.stray = &statement;
  };
  for (const Statement& statement : statements) {
    const std::string_view sql = text.substr(statement.offset, statement.size);
    switch (statement.kind) {
      case Kind::begin:
        if (open != nullptr) stray(statement);
        open = &statement;
        local = false;
        break;
      case Kind::commit:
        if (open == nullptr || (local && &statement != &statements.back()) || !ends_block(sql)) stray(statement);
        if (open != nullptr) ++result.blocks;
        open = nullptr;
        break;
      case Kind::rollback:
        stray(statement);
        open = nullptr;
        break;
      default:
        if (open != nullptr && is_ignored(statement.kind, sql)) break;
        local = local || (open != nullptr && sets_locally(sql));
        result.statements.push_back(statement);
    }
  }
  if (open != nullptr) stray(*open);
  result.wrapped = result.blocks > 0 && statements.front().kind == Kind::begin && statements.back().kind == Kind::commit;
  return result;
}

}  // namespace seedbed::host::sql
