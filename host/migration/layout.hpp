#pragma once
// Which lines of a migration file run in which direction, as its directives say.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "migration/file_name.hpp"

namespace seedbed::host {

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Whole lines that run in one direction.
struct Block {
  Direction direction = Direction::up;
  Span span;
  bool transactional = true;
};

/// All offsets count in the file.
struct Layout {
  std::vector<Block> blocks;  ///< in the file's order
  Span preamble;              ///< before the first block: no statement may stand there
  std::vector<std::size_t> statement_ends;  ///< where a statement ends without a semicolon
  std::vector<Span> substituted;            ///< lines whose variables are replaced
};

/// Reads the directives of `text`, the file `file`, whose name says `direction`.
///
/// Throws Error{usage} at the line of a directive that is not known, not the format's own, or not
/// where it belongs; and at the file when the format demands one that is missing.
Layout read_layout(std::string_view text, const std::string& file, Format format,
                   Direction direction);

}  // namespace seedbed::host
