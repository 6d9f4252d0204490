#pragma once
// Faults that a library preloaded into the program brings: support/fault_points.c.

#include <string>

#include "support/program.hpp"

namespace seedbed::test {

/// Has `program` preload that library, and gives it `value` in `variable`.
void preload_faults(Program& program, const std::string& variable, long value);

}  // namespace seedbed::test
