// README shows what the program prints.

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

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

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

/// The cells of the rows of all tables in `text`.
std::vector<std::vector<std::string>> table_rows(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ")) continue;
    auto& row = rows.emplace_back();
    std::istringstream cells(line.substr(1));
    for (std::string cell; std::getline(cells, cell, '|');) row.push_back(trimmed(cell));
  }
  return rows;
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

TEST_CASE("every figure in the README was measured by the programs that measure", "[readme]") {
  const fs::path source = SEEDBED_SOURCE_DIR;
  const std::string readme = read_file(source / "README.md");
  const auto begin = readme.find("<!-- figures -->"), end = readme.find("<!-- /figures -->");
  REQUIRE(end != readme.npos);
  const auto claims = table_rows(readme.substr(begin, end - begin));
  const auto measured = table_rows(read_file(source / "tests/bench/README.md") + read_file(source / "tests/torture/README.md"));

  CHECK(claims.size() > 5);
  for (std::size_t i = 1; i < claims.size(); ++i) {  // the first is the head
    const std::string &figure = claims[i].at(1), &row = claims[i].at(2);
    INFO(claims[i][0] << ": " << figure << ", from the row \"" << row << "\"");
    CHECK(std::ranges::any_of(measured, [&](const auto& cells) {
      return cells[0] == row && std::ranges::find(cells, figure) != cells.end();
    }));
  }
}
