#pragma once
// What the program's output goes to.

#include <cstddef>
#include <string>

namespace seedbed::host::cli {

bool is_terminal(int descriptor);

/// Whether TERM says that the terminal, if there is one, understands no escape sequences.
bool is_dumb_terminal();

/// Whether to colour what goes to `descriptor`.  `choice` is auto, always or never; auto means a
/// terminal that is not dumb, and no NO_COLOR in the environment.
bool wants_color(const std::string& choice, int descriptor);

/// The width of the terminal behind `descriptor`, or 80.
std::size_t terminal_columns(int descriptor);

}  // namespace seedbed::host::cli
