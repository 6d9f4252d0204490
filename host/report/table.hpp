#pragma once
// Rows under each other: aligned by what a terminal shows, or as a markdown table.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "report/display.hpp"

namespace seedbed::host {

struct Cell {
  std::string text;
  Ink ink = Ink::plain;
  bool spills = false;  ///< may run over the empty cells to its right
};

struct TableColumn {
  std::string title;
  bool right = false;   ///< align to the right
  std::size_t gap = 2;  ///< blanks before it
};

/// A table whose columns are as wide as their content.  Columns in which no row has any text are
/// left out.
class Table {
 public:
  explicit Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

  /// Missing cells at the end are empty; control characters are made visible.
  void row(std::vector<Cell> cells);

  bool empty() const { return rows_.empty(); }

  /// Lines without blanks at their ends; nothing without rows.  The last column ends at `min_width`
  /// or further right.
  std::string text(bool color, std::size_t min_width = 0) const;

  std::string markdown() const;

 private:
  /// Nothing for a column that is left out.
  std::vector<std::optional<std::size_t>> widths() const;

  std::vector<TableColumn> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace seedbed::host
