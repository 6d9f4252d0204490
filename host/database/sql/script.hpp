#pragma once
// SQL text cut into statements, without a database: one linear pass over the bytes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "database/engine.hpp"
#include "error.hpp"

namespace seedbed::host::sql {

/// What a statement means to whoever runs it inside a transaction of their own.
enum class Kind : std::uint8_t {
  ordinary,
  begin,              ///< BEGIN, START TRANSACTION
  commit,             ///< COMMIT, END, also PREPARE TRANSACTION
  rollback,           ///< ROLLBACK, ABORT (not ROLLBACK TO)
  savepoint,          ///< SAVEPOINT, RELEASE, ROLLBACK TO
  copy_in,            ///< COPY … FROM stdin, with its data block
  non_transactional,  ///< cannot run in a transaction: CREATE INDEX CONCURRENTLY, VACUUM, …
  session             ///< changes how later text is read: SET client_encoding, role, …; of SQLite, a
                      ///< PRAGMA that means nothing inside a transaction: foreign_keys, journal_mode, …
};

const char* kind_name(Kind kind);

/// One statement: `size` bytes from `offset`, first token to last, without its semicolon.
/// `line` counts from 1, `column` from 1 in characters.  Offsets count from the start of the text
/// that was split.
struct Statement {
  std::size_t offset = 0;
  std::size_t size = 0;
  std::size_t data_offset = 0;  ///< of COPY's data, without the final `\.` line
  std::size_t data_size = 0;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  Kind kind = Kind::ordinary;
};

/// Cuts `text` into its statements by the rules of psql or sqlite3.  Empty statements and
/// comments between statements are dropped.  A UTF-8 byte order mark is skipped.
///
/// Throws Error{usage} at `file`:line:column for an unterminated quote, comment or COPY block, a
/// psql meta-command, a zero byte, or invalid UTF-8.
std::vector<Statement> split(std::string_view text, Engine dialect, const std::string& file);

/// The number of the algorithm behind token_hash().  What a number means never changes.
inline constexpr int kTokenHashAlgorithm = 1;

/// SHA-256, in lower-case hex, over the tokens of `text`: layout, line ends and comments do not
/// count, save comments that are directives (`-- seedbed: …`, `-- migrate:…`, `-- +goose …`).
/// COPY data counts by its bytes.  Text that cannot be split is hashed by its bytes.
std::string token_hash(std::string_view text, Engine dialect);

/// SHA-256 of bytes, in lower-case hex.
std::string sha256(std::string_view bytes);

/// The place of byte `offset` in `text`, with its line for the caret.
Place place_at(const std::string& file, std::string_view text, std::size_t offset);

}  // namespace seedbed::host::sql
