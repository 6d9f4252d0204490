#include "database/sql/changing_value.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "database/sql/lexer.hpp"

namespace seedbed::host::sql {

namespace {

// In lower case, as all words below.
constexpr std::string_view kPostgresFunctions[] = {
    "now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday", "random", "random_normal",
    "gen_random_uuid", "gen_random_bytes", "gen_salt", "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "uuidv4", "uuidv7",
    "nextval", "txid_current", "pg_current_xact_id", "pg_backend_pid"};
constexpr std::string_view kSqliteFunctions[] = {"random", "randomblob"};
constexpr std::string_view kSqliteTimes[] = {"datetime", "julianday", "unixepoch", "strftime", "date", "time"};  // of 'now', or of nothing
constexpr std::string_view kTimes[] = {"current_timestamp", "current_time", "localtimestamp", "localtime"};
constexpr std::string_view kCoarse[] = {"date_trunc", "date_part", "date_bin", "to_char", "extract"};
constexpr std::string_view kRandom[] = {"random", "random_normal", "randomblob"};  // which decide about rows in a condition, too
constexpr std::string_view kConditions[] = {"where", "having", "returning"};
constexpr std::string_view kClauses[] = {"select", "set", "values", "on", "when", "group", "order", "union", "except",
                                         "intersect", "insert", "update", "delete", "merge"};
constexpr std::string_view kWrites[] = {"insert", "update", "merge", "replace"};
constexpr std::string_view kTypes[] = {"timestamptz", "timestamp", "date", "time", "timetz"};
constexpr std::string_view kNows[] = {"'now'", "'today'", "'tomorrow'", "'yesterday'"};

struct Piece {
  TokenKind kind;
  std::string_view text;
  std::size_t offset;
};

bool among(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view each) { return same_word(word, each); });
}

std::vector<Piece> pieces_of(std::string_view text, Engine dialect) {
  Lexer lexer(text, {dialect, true});
  std::vector<Piece> pieces;
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (token.kind != TokenKind::comment) pieces.push_back({token.kind, lexer.text(token), token.offset});
    if (token.kind == TokenKind::unterminated) break;
  }
  return pieces;
}

/// Walks the words of one statement, or of the body of a DO block.
class Search {
 public:
  Search(std::string_view text, Engine dialect) : pieces_(pieces_of(text, dialect)), dialect_(dialect) {}

  bool has_word(std::span<const std::string_view> words) const {
    return std::ranges::any_of(pieces_, [&](const Piece& piece) { return piece.kind == TokenKind::word && among(piece.text, words); });
  }

  std::string_view first() const { return pieces_.empty() ? std::string_view() : pieces_.front().text; }

  /// The last string, which is the body of a DO block.
  const Piece* last_string() const {
    const auto found = std::find_if(pieces_.rbegin(), pieces_.rend(), [](const Piece& piece) { return piece.kind == TokenKind::string; });
    return found == pieces_.rend() ? nullptr : &*found;
  }

  std::optional<ChangingValue> find() const {
    std::vector<bool> in_condition{false};  // a flag for each open parenthesis
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      if (piece.text == "(") in_condition.push_back(in_condition.back());
      if (piece.text == ")" && in_condition.size() > 1) in_condition.pop_back();
      if (piece.text == ";") in_condition.assign(1, false);
      if (piece.kind == TokenKind::word && among(piece.text, kConditions)) in_condition.back() = true;
      const bool outer = in_condition.size() > 1 && in_condition[in_condition.size() - 2];
      if (piece.kind == TokenKind::word && !outer && among(piece.text, kClauses)) in_condition.back() = false;
      if (in_condition.back() && !among(piece.text, kRandom)) continue;
      if (const std::string name = changing(i); !name.empty()) return ChangingValue{name, piece.offset, is_coarse(i)};
    }
    return std::nullopt;
  }

 private:
  std::string_view at(std::size_t i) const { return i < pieces_.size() ? pieces_[i].text : std::string_view(); }

  /// The name of what changes at piece `i`, empty if nothing does.
  std::string changing(std::size_t i) const {
    const Piece& piece = pieces_[i];
    const bool called = at(i + 1) == "(";
    if (piece.kind == TokenKind::string && dialect_ == Engine::postgres && among(piece.text, kNows)) {
      const bool typed = at(i + 1) == "::" || (i > 0 && among(at(i - 1), kTypes));
      return typed ? std::string(piece.text) : "";
    }
    if (piece.kind != TokenKind::word) return "";
    if (among(piece.text, kTimes) || same_word(piece.text, "current_date")) return i > 0 && at(i - 1) == "." ? "" : std::string(piece.text);
    if (!called) return "";
    const bool clock = dialect_ == Engine::sqlite && among(piece.text, kSqliteTimes) && of_now(i);
    const bool known = dialect_ == Engine::sqlite ? among(piece.text, kSqliteFunctions) : among(piece.text, kPostgresFunctions);
    return clock || known ? std::string(piece.text) + "()" : "";
  }

  /// The end of the parenthesis that opens after piece `i`.
  std::size_t end_of_call(std::size_t i) const {
    std::size_t depth = 0;
    for (++i; i < pieces_.size(); ++i) {
      if (pieces_[i].text == "(") ++depth;
      if (pieces_[i].text == ")" && --depth == 0) break;
    }
    return i;
  }

  /// True if SQLite's function of time at piece `i` is one of now: that, or no time at all, is given.
  bool of_now(std::size_t i) const {
    const std::size_t end = end_of_call(i);
    const bool only_format = same_word(pieces_[i].text, "strftime") && end == i + 3;
    const auto now = std::find_if(pieces_.begin() + static_cast<std::ptrdiff_t>(i), pieces_.begin() + static_cast<std::ptrdiff_t>(std::min(end, pieces_.size())),
                                  [](const Piece& piece) { return same_word(piece.text, "'now'"); });
    return only_format || end == i + 2 || now != pieces_.begin() + static_cast<std::ptrdiff_t>(std::min(end, pieces_.size()));
  }

  /// True if what changes at piece `i` may be the same in two runs that follow each other.
  bool is_coarse(std::size_t i) const {
    const std::string_view name = pieces_[i].text;
    if (among(name, kNows) && !same_word(name, "'now'")) return true;
    if (same_word(name, "current_date")) return true;
    if (dialect_ == Engine::sqlite) {
      if (same_word(name, "strftime")) return !has_seconds(at(i + 2));
      return same_word(name, "date") || cut();
    }
    return cut();
  }

  static bool has_seconds(std::string_view format) {
    return std::ranges::any_of(std::initializer_list<std::string_view>{"%S", "%s", "%f", "%J", "%T"},
                               [&](std::string_view each) { return format.find(each) != std::string_view::npos; });
  }

  /// True if the statement may cut a time to its day, or to another part of it.
  bool cut() const {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const bool is_date = same_word(at(i), "date");
      const bool cast = i > 0 && (at(i - 1) == "::" || same_word(at(i - 1), "as"));
      if (is_date && (cast || at(i + 1) == "(")) return true;
      if (among(at(i), kCoarse) && at(i + 1) == "(") return true;
      if (dialect_ == Engine::sqlite && same_word(at(i), "substr") && at(i + 1) == "(") return true;
    }
    return false;
  }

  std::vector<Piece> pieces_;
  Engine dialect_;
};

/// The text between the quotes of a string, and where it begins.
std::pair<std::string_view, std::size_t> body_of(const Piece& string) {
  const std::string_view text = string.text;
  std::size_t open = 1;
  if (text.starts_with('$')) open = text.find('$', 1) + 1;
  else if (!text.starts_with('\'')) open = text.find('\'') + 1;
  const std::size_t close = text.starts_with('$') ? open : 1;
  if (text.size() < open + close) return {};
  return {text.substr(open, text.size() - open - close), string.offset + open};
}

}  // namespace

std::optional<ChangingValue> changing_value(std::string_view statement, Engine dialect) {
  const Search search(statement, dialect);
  if (same_word(search.first(), "do")) {
    const Piece* const string = search.last_string();
    if (string == nullptr) return std::nullopt;
    const auto [body, offset] = body_of(*string);
    const Search inside(body, dialect);
    if (!inside.has_word(kWrites) && !inside.has_word(std::array<std::string_view, 1>{"execute"})) return std::nullopt;
    std::optional<ChangingValue> found = inside.find();
    if (found) found->offset += offset;
    return found;
  }
  constexpr std::string_view kReads[] = {"select", "values", "table", "with"};
  const bool writes = among(search.first(), kWrites) || (among(search.first(), kReads) && search.has_word(kWrites));
  return writes ? search.find() : std::nullopt;
}

}  // namespace seedbed::host::sql
