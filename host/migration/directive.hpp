#pragma once
// The comment lines of an SQL file that speak to a migration tool.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seedbed::host {

/// A whole line `-- seedbed: words`, `-- migrate:words` or `-- +goose words`; and, among the comments that
/// begin a file, sqlx's `-- no-transaction`, morph's `-- morph:nontransactional`, Atlas's `-- atlas:txmode none` and
/// `-- disable_ddl_transaction`, all with "no-transaction" as words.
struct Directive {
  enum class Family { seedbed, dbmate, goose, sqlx };

  Family family = Family::seedbed;
  std::size_t begin = 0;  ///< of the line
  std::size_t end = 0;    ///< of the line, behind its line break
  std::size_t word = 0;   ///< where `words` begin
  std::string words;      ///< in lower case, one blank between two, none around
};

/// "seedbed", "dbmate", "goose" or "sqlx".
const char* family_name(Directive::Family family);

/// True for a line that makes the file another tool's: not ours, and no unknown `migrate:` word.
bool is_foreign(const Directive& directive);

/// All of them, in order, wherever they stand: the tools they are from read lines, not SQL.
/// "migrate:" counts only with a word right after it, since people write "-- migrate: …" in prose.
std::vector<Directive> find_directives(std::string_view text);

/// A line with which a tool that is not read here begins a file's down part.
struct OtherToolsDown {
  std::string tool;
  std::size_t begin = 0;  ///< of the line
};

/// The first such line that has an up line of the same tool before it: `-- +migrate Down` of sql-migrate
/// and its like, and, if `plain`, the bare comments `-- Down` and `-- Down Migration`, framed or not.  Tools that
/// have no line for the up part need none.
std::optional<OtherToolsDown> find_other_tools_down(std::string_view text, bool plain);

}  // namespace seedbed::host
