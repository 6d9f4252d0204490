// The splitter: whatever the bytes, it splits or refuses them in the documented way, leaves out
// nothing, takes a time in proportion, and agrees with PostgreSQL's grammar and with SQLite on what
// these accept.  The first byte chooses the dialect.

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "database/sql/lexer.hpp"
#include "database/sql/oracle.hpp"
#include "database/sql/script.hpp"
#include "fuzz/targets.hpp"

namespace seedbed::fuzz {

using namespace seedbed::host;
using namespace seedbed::host::sql;

namespace {

void check_spans(std::string_view text, const std::vector<Statement>& statements) {
  std::size_t end = 0;
  for (const Statement& statement : statements) {
    require(statement.offset >= end && statement.size > 0, "statements are in order");
    const Place place = place_at("", text, statement.offset);
    require(place.line == statement.line && place.column == statement.column, "places agree");
    end = statement.offset + statement.size;
    if (statement.kind != Kind::copy_in) continue;
    require(statement.data_offset >= end, "data follow their statement");
    end = statement.data_offset + statement.data_size;
  }
  require(end <= text.size(), "statements lie in the text");
}

bool contains(std::string_view text, std::string_view word) {
  for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
    if (same_word(text.substr(i, word.size()), word)) return true;
  }
  return false;
}

/// The statements with their data, without all that stood between them, mean what the text means.
void check_rejoined(std::string_view text, Engine dialect,
                    const std::vector<Statement>& statements) {
  std::string rejoined = " ";
  for (const Statement& statement : statements) {
    rejoined += text.substr(statement.offset, statement.size);
    // Only the last one may lack its semicolon, and does if a parenthesis or a body is open.
    const bool last = &statement == &statements.back();
    if (statement.kind != Kind::copy_in) {
      rejoined += last ? "" : "; ";
      continue;
    }
    rejoined += ";\n";
    rejoined += text.substr(statement.data_offset, statement.data_size);
    rejoined += "\\.\n ";
  }
  const std::vector<Statement> again = split(rejoined, dialect, "");
  require(again.size() == statements.size(), "rejoined statements are split alike");
  for (std::size_t i = 0; i < again.size(); ++i) {
    require(rejoined.substr(again[i].offset, again[i].size) ==
                text.substr(statements[i].offset, statements[i].size),
            "rejoined statements are the same");
    require(again[i].kind == statements[i].kind, "rejoined statements are of the same kinds");
  }
  if (contains(text, "seedbed:") || contains(text, "migrate:") || contains(text, "+goose")) return;
  require(token_hash(rejoined, dialect) == token_hash(text, dialect), "layout does not count");
}

void check_inside(const std::vector<sql::test::Span>& spans, const std::vector<Statement>& statements) {
  require(spans.size() <= statements.size(), "no fewer statements than the oracle's");
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const std::size_t end = statements[i].offset + statements[i].size;
    require(statements[i].offset >= spans[i].begin && end <= spans[i].end,
            "the oracle's statements");
  }
}

/// Seconds of the processor's time to read `text`, repeated until it has `size` bytes.
double seconds_to_read(const std::string& text, std::size_t size, Engine dialect) {
  std::string repeated;
  while (repeated.size() < size) repeated += text;
  repeated.resize(size);
  const std::clock_t start = std::clock();
  try {
    split(repeated, dialect, "");
    token_hash(repeated, dialect);
  } catch (const Error&) {  // refusing takes its time, too
  }
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// Thirty-two times the text takes some thirty-two times as long, and a thousand times if it is read
/// once for each statement, quote or line.
void check_linear(const std::string& text, Engine dialect) {
  constexpr std::size_t kSize = 2048, kTimes = 32;
  constexpr double kShortest = 0.001;  // what is less is not measured well
  const double once = std::max(seconds_to_read(text, kSize, dialect), kShortest);
  require(seconds_to_read(text, kSize * kTimes, dialect) < once * kTimes * 4, "the time grows with the text alone");
}

bool knows_more_than_the_grammar(const std::string& text) {
  // Settings and COPY data are not the grammar's, and libpg_query's lexer, unlike the server's,
  // takes no comment between the parts of a string.
  return contains(text, "standard_conforming_strings") || contains(text, "copy") ||
         contains(text, "\xEF\xBB\xBF") || contains(text, "\v");
}

}  // namespace

void split_sql(std::string_view input) {
  if (input.empty()) return;
  const Engine dialect = input[0] % 2 == 0 ? Engine::postgres : Engine::sqlite;
  const std::string text(input.substr(1));
  token_hash(text, dialect);
  if (std::hash<std::string>()(text) % 64 == 0) check_linear(text, dialect);  // of most it would take too long
  std::vector<Statement> statements;
  try {
    statements = split(text, dialect, "");
  } catch (const Error& error) {
    require(error.code() == ExitCode::usage && error.place().line > 0, "an error has a place");
    if (dialect == Engine::sqlite || text.find('\0') != std::string::npos) return;
    if (knows_more_than_the_grammar(text) || error.message().find("UTF-8") != std::string::npos)
      return;
    if (error.message().find("client_encoding") != std::string::npos) return;
    if (text.find("restrict") != std::string::npos) return;
    require(!sql::test::postgres_grammar_spans(text), "what the grammar takes is not refused");
    return;
  }
  check_spans(text, statements);
  check_rejoined(text, dialect, statements);
  if (dialect == Engine::sqlite) {
    check_inside(sql::test::sqlite_prepared_spans(text), statements);
  } else if (!knows_more_than_the_grammar(text)) {
    const auto spans = sql::test::postgres_grammar_spans(text);
    if (spans) require(spans->size() == statements.size(), "as many statements as the grammar's");
    if (spans) check_inside(*spans, statements);
  }
}

}  // namespace seedbed::fuzz
