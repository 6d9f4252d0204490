// libFuzzer's entry: SEEDBED_FUZZ_TARGET names what is fuzzed.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "fuzz/targets.hpp"

namespace {

const seedbed::fuzz::Target& chosen_target() {
  const char* name = std::getenv("SEEDBED_FUZZ_TARGET");
  for (const seedbed::fuzz::Target& target : seedbed::fuzz::targets()) {
    if (name != nullptr && target.name == name) return target;
  }
  std::fputs("SEEDBED_FUZZ_TARGET has to name one of:", stderr);
  for (const seedbed::fuzz::Target& target : seedbed::fuzz::targets()) std::fprintf(stderr, " %s", target.name.data());
  std::fputs("\n", stderr);
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const seedbed::fuzz::Target& target = chosen_target();
  target.run({reinterpret_cast<const char*>(data), size});  // what it throws ends the fuzzer
  return 0;
}
