#pragma once
// Text as a terminal shows it: how wide it is, and in which colour.

#include <cstddef>
#include <string>
#include <string_view>

namespace seedbed::host {

enum class Ink { plain, bold, dim, red, green, yellow };

/// `text` between the escape sequences of `ink`; as it is without `color`.
std::string painted(std::string_view text, Ink ink, bool color);

/// Columns that `text` (UTF-8) takes on a terminal: two for East Asian wide characters and
/// emoji, none for combining marks.  Broken bytes count one each.
std::size_t display_width(std::string_view text);

/// Bytes of the longest start of `text` that takes at most `columns`.
std::size_t bytes_within(std::string_view text, std::size_t columns);

/// The start of `text` that is at most `columns` wide, its last one an ellipsis if it is cut.
std::string clipped(std::string_view text, std::size_t columns);

/// `text` on one line and at most `columns` wide, an ellipsis in place of what was cut off.
std::string shortened(std::string_view text, std::size_t columns);

/// `text` with control characters made visible, so that foreign text cannot drive a terminal.
/// Line ends stay; tabs become spaces.
std::string printable(std::string_view text);

/// "1 row", "2 rows".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace seedbed::host
