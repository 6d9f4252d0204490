#include "report/table.hpp"

#include <algorithm>
#include <string_view>

namespace seedbed::host {

namespace {

struct LaidColumn {
  std::size_t start = 0;
  std::size_t width = 0;
};

std::string markdown_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '<' || c == '`' || c == '*') result += '\\';
    if (c == '\n')
      result += "<br>";
    else
      result += c;
  }
  return result;
}

}  // namespace

void Table::row(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  for (Cell& cell : cells) cell.text = printable(cell.text);
  rows_.push_back(std::move(cells));
}

std::vector<std::optional<std::size_t>> Table::widths() const {
  std::vector<std::optional<std::size_t>> widths(columns_.size());
  for (const std::vector<Cell>& cells : rows_) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].text.empty()) continue;
      const std::size_t width = cells[i].spills ? 0 : display_width(cells[i].text);
      widths[i] = std::max(widths[i].value_or(display_width(columns_[i].title)), width);
    }
  }
  return widths;
}

std::string Table::text(bool color, std::size_t min_width) const {
  if (rows_.empty()) return "";
  const std::vector<std::optional<std::size_t>> column_widths = widths();
  std::vector<LaidColumn> layout;
  std::size_t end = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t gap = column_widths[i] && i > 0 ? columns_[i].gap : 0;
    layout.push_back({end + gap, column_widths[i].value_or(0)});
    end += gap + column_widths[i].value_or(0);
  }
  if (end < min_width) layout.back().start += min_width - end;

  std::string result;
  const auto add_line = [&](const std::vector<Cell>& cells) {
    std::string line;
    std::size_t at = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].text.empty()) continue;
      const std::size_t width = display_width(cells[i].text);
      const std::size_t indent =
          columns_[i].right && width < layout[i].width ? layout[i].width - width : 0;
      const std::size_t start = std::max(layout[i].start + indent, at == 0 ? 0 : at + 1);
      line.append(start - at, ' ').append(painted(cells[i].text, cells[i].ink, color));
      at = start + width;
    }
    result += line + '\n';
  };
  std::vector<Cell> titles;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    titles.push_back({column_widths[i] ? columns_[i].title : "", Ink::dim});
  }
  const bool titled = std::any_of(columns_.begin(), columns_.end(),
                                  [](const TableColumn& column) { return !column.title.empty(); });
  if (titled) add_line(titles);
  for (const std::vector<Cell>& cells : rows_) add_line(cells);
  return result;
}

std::string Table::markdown() const {
  if (rows_.empty()) return "";
  const std::vector<std::optional<std::size_t>> column_widths = widths();
  std::string titles = "|", rule = "|", body;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!column_widths[i]) continue;
    titles += ' ' + markdown_text(columns_[i].title) + " |";
    rule += columns_[i].right ? " ---: |" : " --- |";
  }
  for (const std::vector<Cell>& cells : rows_) {
    body += '|';
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (column_widths[i]) body += ' ' + markdown_text(cells[i].text) + " |";
    }
    body += '\n';
  }
  return titles + '\n' + rule + '\n' + body;
}

}  // namespace seedbed::host
