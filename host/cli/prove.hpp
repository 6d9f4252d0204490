#pragma once

#include "cli/command.hpp"

namespace seedbed::host::cli {

extern const Command kProve;

}  // namespace seedbed::host::cli
