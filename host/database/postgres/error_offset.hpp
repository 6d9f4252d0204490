#pragma once
// Where in a statement the server met an error, and what it did before.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seedbed::host {

/// What an error of the server says of its place.  Positions are in characters, from 1; 0: none.
struct PgErrorPlace {
  std::size_t position = 0;        ///< within the text that was sent
  std::size_t query_position = 0;  ///< within `query`
  std::string query;               ///< what a function or DO block ran when it failed
  std::string context;             ///< "PL/pgSQL function … line 4 at …", innermost first
  std::size_t completed = 0;       ///< statements of the message that had succeeded
  std::vector<std::optional<std::int64_t>> rows{};  ///< that each of those changed, if it is one that does
  bool unanswered = false;         ///< sent, and the connection lost before the server said a word
};

/// The byte at which character `position` (from 1) of `text` begins; its size if it has fewer.
std::size_t byte_of_character(std::string_view text, std::size_t position);

/// The byte of `statement`, which was sent alone, at which the error is: the server's position;
/// else, in the body of a DO block or of a function that is being created, the query that failed or
/// the line that the context names; else 0, the first token.
std::size_t error_offset(std::string_view statement, const PgErrorPlace& place);

}  // namespace seedbed::host
