#include "database/twins.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace seedbed::host {

std::string why_inserted(const std::vector<TwinColumn>& columns, const std::vector<std::vector<std::string>>& indexes,
                         const TwinQuestions& ask) {
  const auto given_and_set = [&](const std::string& name) {
    return std::ranges::none_of(columns, [&](const TwinColumn& column) { return column.name == name && column.filled; }) && !ask.is_null(name);
  };
  // A row that a whole key tells from all others is no twin of one.
  if (std::ranges::any_of(indexes, [&](const auto& index) { return std::ranges::all_of(index, given_and_set); })) return "";
  for (const std::vector<std::string>& index : indexes) {
    const auto null = std::ranges::find_if(index, ask.is_null);
    if (null == index.end() || !ask.has_twin(index)) continue;
    return fmt::format("{} is NULL, which equals nothing: the unique index on ({}) lets the row in each time", *null,
                       fmt::join(index, ", "));
  }
  std::vector<std::string> given;
  for (const TwinColumn& column : columns) {
    if (!column.filled) given.push_back(column.name);
  }
  if (given.empty() || !ask.has_twin(given)) return "";
  const auto natural = std::ranges::find_if(given, [&](const std::string& column) { return !ask.is_null(column) && ask.tells_apart(column); });
  return fmt::format("no unique index on ({})", natural == given.end() ? fmt::format("{}", fmt::join(given, ", ")) : *natural);
}

}  // namespace seedbed::host
