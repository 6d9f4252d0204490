#pragma once
// Other programs' readings of SQL text, to compare ours with.

#include <optional>
#include <string>
#include <vector>

namespace seedbed::host::sql::test {

/// A statement as another reader sees it: bytes from `begin` to `end`, with space and comments
/// around it.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The statements that PostgreSQL's own grammar finds; nothing if it refuses the text.
std::optional<std::vector<Span>> postgres_grammar_spans(const std::string& sql);

/// The statements that sqlite3_prepare_v3() finds and sqlite3_step() runs, one after the other on
/// an empty database in memory; nothing if one of them fails.
std::optional<std::vector<Span>> sqlite_run_spans(const std::string& sql);

/// The same, of what sqlite3_prepare_v3() takes without running it, up to the first that fails.
std::vector<Span> sqlite_prepared_spans(const std::string& sql);

/// True if sqlite3_complete() takes `sql` for a whole statement.
bool sqlite_complete(const std::string& sql);

}  // namespace seedbed::host::sql::test
