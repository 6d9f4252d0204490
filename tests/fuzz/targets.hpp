#pragma once
// What reads bytes that anybody may have written, as functions that a fuzzer can call.

#include <stdexcept>
#include <string_view>
#include <vector>

namespace seedbed::fuzz {

/// Reads `input`.  Bad input is refused in the documented way; throws Broken otherwise.
struct Target {
  std::string_view name;  ///< of its corpus below corpus/
  void (*run)(std::string_view input);
};

const std::vector<Target>& targets();

/// Something that has to hold for every input does not.
struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

inline void require(bool condition, const char* claim) {
  if (!condition) throw Broken(claim);
}

void split_sql(std::string_view input);
void read_toml(std::string_view input);
void read_dotenv(std::string_view input);
void read_url(std::string_view input);
void read_plugin(std::string_view input);
void read_declaration(std::string_view input);
void read_migration(std::string_view input);
void read_csv(std::string_view input);

}  // namespace seedbed::fuzz
