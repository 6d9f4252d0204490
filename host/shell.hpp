#pragma once
// Words as a POSIX shell reads them, for command lines that people are told to type.

#include <string>
#include <string_view>

namespace seedbed::host {

/// `word`, in quotes where the shell would not take it as it is.
std::string shell_word(std::string_view word);

}  // namespace seedbed::host
