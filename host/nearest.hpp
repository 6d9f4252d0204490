#pragma once
// The known name that a mistyped word most likely meant.

#include <span>
#include <string>
#include <string_view>

namespace seedbed::host {

/// The name in `known` that is fewest typing errors away from `word`, the first of several; ""
/// if nothing is near.  A letter left out, added, wrong or swapped with its neighbour is one
/// error; a third of the word's length may be wrong, at least one letter.  Case does not count.
std::string nearest(std::string_view word, std::span<const std::string> known);

}  // namespace seedbed::host
