#include "bench/report.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/markdown_table.hpp"

namespace seedbed::bench {

using test::MarkdownTable;

namespace {

std::string shown(const Times& times) {
  const int digits = times.median() < 100 ? 1 : 0;
  return fmt::format("{:.{}f} ({:.{}f}–{:.{}f})", times.median(), digits, times.least(), digits, times.most(), digits);
}

nlohmann::json as_json(const Times& times) {
  return {{"median_ms", times.median()}, {"min_ms", times.least()}, {"max_ms", times.most()}, {"runs", times.ms.size()}};
}

/// A line each, a column for each number, and what one more costs between the two largest.
MarkdownTable growth_table(const std::map<std::string, std::map<int, double>>& growth) {
  std::set<int> counts;
  for (const auto& [what, points] : growth) {
    for (const auto& [count, ms] : points) counts.insert(count);
  }
  MarkdownTable table{{"ms for so many migrations"}};
  for (const int count : counts) table[0].push_back(std::to_string(count));
  table[0].push_back("each further one");
  for (const auto& [what, points] : growth) {
    std::vector<std::string> row{what};
    for (const int count : counts) row.push_back(points.contains(count) ? fmt::format("{:.1f}", points.at(count)) : "");
    const auto last = points.rbegin();
    row.push_back(points.size() < 2 ? "" : fmt::format("{:.3f}", (last->second - std::next(last)->second) / (last->first - std::next(last)->first)));
    table.push_back(std::move(row));
  }
  return table;
}

}  // namespace

double Times::median() const {
  std::vector<double> sorted = ms;
  std::ranges::sort(sorted);
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double Times::least() const { return *std::ranges::min_element(ms); }

double Times::most() const { return *std::ranges::max_element(ms); }

double Comparison::ratio() const { return seedbed.median() / other.median(); }

std::string Report::markdown() const {
  std::vector<std::string> groups;
  std::map<std::string, MarkdownTable> timed, counted;
  const auto table_of = [&](std::map<std::string, MarkdownTable>& tables, const std::string& group, std::vector<std::string> head) -> MarkdownTable& {
    if (std::ranges::find(groups, group) == groups.end()) groups.push_back(group);
    MarkdownTable& table = tables[group];
    if (table.empty()) table.push_back(std::move(head));
    return table;
  };
  for (const Comparison& each : comparisons) {
    table_of(timed, each.group, {"", "seedbed, ms", "against", "ms", "ratio", "bar"})
        .push_back({each.what, shown(each.seedbed), each.against, shown(each.other), fmt::format("{:.2f}", each.ratio()),
                    each.bar ? fmt::format("{:.2f}", *each.bar) : ""});
  }
  for (const Figure& each : figures) {
    table_of(counted, each.group, {"", "seedbed", "bar"}).push_back({each.what, each.value, each.bar});
  }
  std::string text = machine + "\n";
  for (const std::string& group : groups) {
    text += "\n**" + group + "**\n\n";
    if (timed.contains(group)) text += test::aligned(timed[group]);
    if (counted.contains(group)) text += test::aligned(counted[group]);
  }
  if (!growth.empty()) text += "\n**How cost grows**\n\n" + test::aligned(growth_table(growth));
  return text;
}

std::string Report::json() const {
  nlohmann::json root{{"version", 1}, {"machine", machine}, {"comparisons", nlohmann::json::array()}, {"figures", nlohmann::json::array()}};
  for (const Comparison& each : comparisons) {
    nlohmann::json one{{"group", each.group}, {"what", each.what}, {"seedbed", as_json(each.seedbed)},
                       {"against", each.against}, {"other", as_json(each.other)}, {"ratio", each.ratio()}};
    if (each.bar) one["bar"] = *each.bar;
    root["comparisons"].push_back(std::move(one));
  }
  for (const Figure& each : figures) {
    root["figures"].push_back({{"group", each.group}, {"what", each.what}, {"value", each.value}, {"bar", each.bar}});
  }
  root["growth"] = nlohmann::json::object();
  for (const auto& [what, points] : growth) {
    for (const auto& [count, ms] : points) root["growth"][what][std::to_string(count)] = ms;
  }
  return root.dump(2) + "\n";
}

}  // namespace seedbed::bench
