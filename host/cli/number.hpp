#pragma once
// Numbers on the command line.

#include <cstddef>
#include <string>

namespace seedbed::host::cli {

/// A whole number from 1.  Throws Error{usage}; `what` says what it is the number of.
std::size_t parse_count(const std::string& text, const std::string& what);

}  // namespace seedbed::host::cli
