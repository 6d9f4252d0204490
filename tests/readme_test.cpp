// README shows what the program prints.

#include <filesystem>
#include <sstream>

#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/program.hpp"
#include "support/temp_dir.hpp"

namespace fs = std::filesystem;
using namespace seedbed::test;

namespace {

/// The first ```console block: its commands, and everything it shows.
std::string session_of(const std::string& readme) {
  const std::string opening = "```console\n";
  const auto start = readme.find(opening) + opening.size();
  return readme.substr(start, readme.find("```", start) - start);
}

/// The layout of a checkout after `./dev build`.
void link_reference_application(const TempDir& directory) {
  const fs::path source = SEEDBED_SOURCE_DIR;
  fs::create_directories(directory / "build/release");
  fs::create_symlink(fs::path(SEEDBED_BINARY_DIR) / "plugins", directory / "build/release/plugins");
  for (const char* name : {"plugins", "migrations", "seedbed.toml"}) fs::create_symlink(source / name, directory / name);
}

std::string words_after(const std::string& line, const std::string& prefix) { return line.substr(prefix.size()); }

}  // namespace

TEST_CASE("the session in the README is what the program prints", "[readme]") {
  const TempDir directory;
  link_reference_application(directory);
  const std::string shown = session_of(read_file(fs::path(SEEDBED_SOURCE_DIR) / "README.md"));
  std::istringstream lines(shown);
  std::string printed;

  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("$ seedbed ")) continue;
    const Finished finished = Program(directory.path()).run({words_after(line, "$ seedbed ")});
    printed += line + "\n" + finished.out;
  }

  CHECK(without_times(printed) == without_times(shown));
}
