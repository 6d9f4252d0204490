// What the fuzzers begin with and what they have found, and neighbours of both.

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/targets.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace fs = std::filesystem;
using namespace seedbed::fuzz;

namespace {

/// No library lies in the corpus: those that the other tests build are as good.
std::vector<fs::path> inputs(std::string_view target) {
  std::vector<fs::path> files;
  if (target == "plugin") {
    for (const char* name : {"plain_c", "several_seeders", "wrong_abi"}) {
      files.push_back(fs::path(SEEDBED_BINARY_DIR) / "tests/plugins" / name / (std::string(name) + ".so"));
    }
  }
  const fs::path corpus = fs::path(SEEDBED_SOURCE_DIR) / "tests/fuzz/corpus" / target;
  if (fs::exists(corpus)) {
    for (const auto& entry : fs::directory_iterator(corpus)) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// One of a few things that happen to bytes.
void change(std::string& text, std::minstd_rand& random) {
  if (text.empty()) return;
  constexpr std::string_view marks("'\"\\$\n\0{}[]=#-;,", 15);
  const std::size_t at = random() % text.size();
  switch (random() % 5) {
    case 0: text[at] = static_cast<char>(random()); break;
    case 1: text.erase(at, 1 + random() % 8); break;
    case 2: text.insert(at, text.substr(random() % text.size(), random() % 16)); break;
    case 3: text.resize(at); break;
    default: text.insert(at, 1, marks[random() % marks.size()]);
  }
}

}  // namespace

TEST_CASE("every reader that is fuzzed has something to begin with", "[fuzz]") {
  for (const Target& target : targets()) {
    INFO(target.name);
    CHECK(inputs(target.name).size() > 1);
  }
}

TEST_CASE("what reads files of others refuses bad ones in the documented way", "[fuzz]") {
  std::minstd_rand random(1);
  for (const Target& target : targets()) {
    for (const fs::path& file : inputs(target.name)) {
      std::string text = seedbed::test::read_file(file);
      for (int i = 0; i < 100; ++i) {
        INFO(target.name << ", neighbour " << i << " of " << file << (target.name == "plugin" ? "" : ":\n" + text));
        REQUIRE_NOTHROW(target.run(text));
        if (i % 10 == 9) text = seedbed::test::read_file(file);
        change(text, random);
      }
    }
  }
}
