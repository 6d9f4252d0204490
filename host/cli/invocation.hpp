#pragma once
// A command line, parsed: the command it asks for and the options that all commands share.

#include <span>
#include <string>

#include "cli/command.hpp"

namespace seedbed::host::cli {

struct Invocation {
  Globals globals;
  Action action;
};

/// Parses `arguments` (without the program's name) and opens the log.
///
/// Throws Error{usage} that names the nearest command or option.  What was understood by then,
/// such as the output format, is in `invocation` all the same.
void parse(std::span<const std::string> arguments, Invocation& invocation);

/// The help screen of the program.
extern const char* const kHelp;

}  // namespace seedbed::host::cli
