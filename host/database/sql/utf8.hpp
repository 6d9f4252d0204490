#pragma once
// UTF-8 as the places of statements and errors need it: checked and counted.

#include <cstddef>
#include <string_view>

namespace seedbed::host::sql {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The length of the well-formed character at the start of `text`, 0 if there is none.
std::size_t character_size(std::string_view text);

/// The offset of the first byte from `start` on that is not part of a well-formed character; the
/// size of `text` if all are.  `start` must be the start of a character.
std::size_t first_invalid_utf8(std::string_view text, std::size_t start = 0);

/// The number of characters; a byte that belongs to none counts as one.
std::size_t count_characters(std::string_view text);

}  // namespace seedbed::host::sql
