#include "support/markdown_table.hpp"

#include <algorithm>
#include <stdexcept>

#include "support/temp_dir.hpp"

namespace seedbed::test {

namespace {

/// The length in characters, for texts with a dash or two beyond ASCII.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string aligned(const MarkdownTable& table) {
  std::vector<std::size_t> widths(table[0].size());
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text;
  for (std::size_t r = 0; r < table.size(); ++r) {
    for (std::size_t i = 0; i < table[r].size(); ++i) {
      text += "| " + table[r][i] + std::string(widths[i] - width(table[r][i]) + 1, ' ');
    }
    text += "|\n";
    if (r > 0) continue;
    for (const std::size_t each : widths) text += "|" + std::string(each + 2, '-');
    text += "|\n";
  }
  return text;
}

void rewrite_between(const std::filesystem::path& file, const std::string& name, const std::string& text) {
  const std::string begin_line = "<!-- " + name + " -->\n", end_line = "<!-- /" + name + " -->";
  std::string all = read_file(file);
  const auto begin = all.find(begin_line);
  const auto end = all.find(end_line);
  if (begin == all.npos || end == all.npos || end < begin) {
    throw std::runtime_error(file.string() + " has no lines <!-- " + name + " --> and " + end_line);
  }
  all.replace(begin + begin_line.size(), end - begin - begin_line.size(), "\n" + text + "\n");
  write_file(file, all);
}

}  // namespace seedbed::test
