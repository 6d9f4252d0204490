#pragma once
// Tables of figures in READMEs.

#include <filesystem>
#include <string>
#include <vector>

namespace seedbed::test {

/// Rows of cells; the first is the head.
using MarkdownTable = std::vector<std::vector<std::string>>;

/// With columns as wide as their widest cell.
std::string aligned(const MarkdownTable& table);

/// Puts `text` between the lines "<!-- NAME -->" and "<!-- /NAME -->" of `file`.
///
/// Throws std::runtime_error if it has no such lines.
void rewrite_between(const std::filesystem::path& file, const std::string& name, const std::string& text);

}  // namespace seedbed::test
