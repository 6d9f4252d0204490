#include "support/faults.hpp"

#include <cstdlib>

namespace seedbed::test {

void preload_faults(Program& program, const std::string& variable, long value) {
  const char* asan = std::getenv("ASAN_OPTIONS");
  program.environment("LD_PRELOAD", SEEDBED_FAULT_POINTS)
      .environment("ASAN_OPTIONS", std::string(asan != nullptr ? asan : "") + ":verify_asan_link_order=0")
      .environment(variable, std::to_string(value));
}

}  // namespace seedbed::test
