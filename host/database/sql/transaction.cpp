#include "database/sql/transaction.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "database/sql/setting.hpp"
#include "database/sql/token_cursor.hpp"

namespace seedbed::host::sql {

namespace {

// PostgreSQL's syntax does for both: SQLite has no SET, and ends transactions in the same words.

/// The name under which set_config() knows a setting that SET has other words for.
std::string config_name(const std::string& name) {
  if (name == "time") return "timezone";
  if (name == "schema") return "search_path";
  if (name == "xml") return "xmloption";
  return name;
}

/// What `statement` sets until the transaction ends.
std::vector<Setting> local_settings(std::string_view statement) {
  std::vector<Setting> settings = settings_in(statement, Syntax{});
  std::erase_if(settings, [](const Setting& setting) { return !setting.local || setting.name == "transaction"; });
  for (Setting& setting : settings) setting.name = config_name(setting.name);
  return settings;
}

/// Puts one setting into another until the transaction ends.
std::string copying(const std::string& from, const std::string& to) {
  return "SELECT set_config('" + to + "', current_setting('" + from + "', true), true)";
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

namespace {

/// Goes through a file once.
class Joining {
 public:
  Joining(std::string_view text, const std::vector<Statement>& statements) : text_(text), statements_(statements) {}

  OneTransaction run() {
    if (!statements_.empty() && statements_.back().kind == Kind::commit) {
      const auto begin = std::ranges::find(statements_.rbegin(), statements_.rend(), Kind::begin, &Statement::kind);
      if (begin != statements_.rend()) last_ = &*begin;
    }
    for (const Statement& statement : statements_) take(statement);
    if (open_ != nullptr) stray(*open_);
    result_.wrapped = result_.blocks > 0 && statements_.front().kind == Kind::begin && !loose_;
    if (!added_.empty()) result_.text = std::string(text_) + added_;
    return std::move(result_);
  }

 private:
  std::string_view sql(const Statement& statement) const { return text_.substr(statement.offset, statement.size); }

  void stray(const Statement& statement) {
    if (result_.stray == nullptr) result_.stray = &statement;
  }

  void take(const Statement& statement) {
    switch (statement.kind) {
      case Kind::begin: return begin(statement);
      case Kind::commit: return commit(statement);
      case Kind::rollback:
        if (open_ != nullptr || loose_) stray(statement);
        open_ = nullptr;
        return;
      default: break;
    }
    if (open_ != nullptr && is_ignored(statement.kind, sql(statement))) return;
    loose_ = loose_ || open_ == nullptr;
    if (open_ != nullptr && open_ != last_) save_settings(statement);
    result_.statements.push_back(statement);
  }

  void begin(const Statement& statement) {
    if (open_ != nullptr) stray(statement);
    open_ = &statement;
    const std::string wanted = transaction_modes(sql(statement));
    if (wanted.empty()) return;
    if (&statement == &statements_.front()) result_.begin = &statement;
    if (result_.begin == nullptr || wanted != transaction_modes(sql(*result_.begin))) stray(statement);
  }

  void commit(const Statement& statement) {
    if (open_ == nullptr || !ends_block(sql(statement))) stray(statement);
    if (open_ != nullptr) ++result_.blocks;
    open_ = nullptr;
    loose_ = false;
    for (const std::string& name : std::exchange(saved_, {})) add(copying("seedbed." + name, name), name);
  }

  void save_settings(const Statement& statement) {
    for (const Setting& setting : local_settings(sql(statement))) {
      if (std::ranges::find(saved_, setting.name) != saved_.end()) continue;
      saved_.push_back(setting.name);
      add(copying(setting.name, "seedbed." + setting.name), "");
    }
  }

  /// A statement that changes `setting`.
  void add(const std::string& text, const std::string& setting) {
    added_ += '\n';
    Statement statement;
    statement.offset = text_.size() + added_.size();
    statement.size = text.size();
    statement.kind = is_reading_setting({setting, std::nullopt, true}) ? Kind::session : Kind::ordinary;
    added_ += text;
    result_.statements.push_back(statement);
  }

  std::string_view text_;
  const std::vector<Statement>& statements_;
  OneTransaction result_;
  std::string added_;               ///< to the text
  const Statement* open_ = nullptr;
  const Statement* last_ = nullptr;  ///< the BEGIN of a block with which the file ends
  bool loose_ = false;              ///< something stands outside of all blocks, after the last of them
  std::vector<std::string> saved_;  ///< settings of the open block
};

}  // namespace

std::string transaction_modes(std::string_view begin) {
  TokenCursor cursor(begin, Syntax{});
  cursor.advance();
  if (!cursor.accept("transaction")) cursor.accept("work");
  if (!cursor.at("isolation") && !cursor.at("read") && !cursor.at("not") && !cursor.at("deferrable")) return "";
  std::string words;
  for (; !cursor.at_end(); cursor.advance()) words.append(cursor.text()) += ' ';
  std::ranges::transform(words, words.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return words;
}

bool sets_transaction(std::string_view statement) {
  TokenCursor cursor(statement, Syntax{});
  return cursor.accept("set") && cursor.at("transaction");
}

OneTransaction as_one_transaction(std::string_view text, const std::vector<Statement>& statements) {
  return Joining(text, statements).run();
}

}  // namespace seedbed::host::sql
