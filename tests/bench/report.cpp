#include "bench/report.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/temp_dir.hpp"

namespace seedbed::bench {

namespace {

std::string shown(const Times& times) {
  const int digits = times.median() < 100 ? 1 : 0;
  return fmt::format("{:.{}f} ({:.{}f}–{:.{}f})", times.median(), digits, times.least(), digits, times.most(), digits);
}

nlohmann::json as_json(const Times& times) {
  return {{"median_ms", times.median()}, {"min_ms", times.least()}, {"max_ms", times.most()}, {"runs", times.ms.size()}};
}

/// The length in characters, for texts with a dash or two beyond ASCII.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

using Table = std::vector<std::vector<std::string>>;

std::string aligned(const Table& table) {
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
  std::map<std::string, Table> timed, counted;
  const auto table_of = [&](std::map<std::string, Table>& tables, const std::string& group, std::vector<std::string> head) -> Table& {
    if (std::ranges::find(groups, group) == groups.end()) groups.push_back(group);
    Table& table = tables[group];
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
    if (timed.contains(group)) text += aligned(timed[group]);
    if (counted.contains(group)) text += aligned(counted[group]);
  }
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
  return root.dump(2) + "\n";
}

void rewrite(const std::filesystem::path& readme, const std::string& text) {
  static const std::string kBegin = "<!-- bench -->\n", kEnd = "<!-- /bench -->";
  std::string all = test::read_file(readme);
  const auto begin = all.find(kBegin);
  const auto end = all.find(kEnd);
  if (begin == all.npos || end == all.npos || end < begin) {
    throw std::runtime_error(readme.string() + " has no lines <!-- bench --> and <!-- /bench -->");
  }
  all.replace(begin + kBegin.size(), end - begin - kBegin.size(), "\n" + text + "\n");
  test::write_file(readme, all);
}

}  // namespace seedbed::bench
