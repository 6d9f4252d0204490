#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "duration.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"

namespace seedbed::host {

std::string to_text(const SeederList& list, bool color) {
  std::string result = fmt::format("{}  tier {}\n\n", painted(list.environment, Ink::bold, color),
                                   tier_name(list.tier));
  result += list.seeders.empty() ? "No seeders were found.\n" : seeder_table(list).text(color);
  for (const BrokenPlugin& plugin : list.broken) {
    const Error error = error_of(plugin);
    result += fmt::format("\n{} {}\n{}", painted("broken:", Ink::red, color),
                          printable(error.message()), explanation(error, color));
  }
  if (!list.not_found.empty()) {
    std::vector<std::string> names;
    for (const Named& named : list.not_found) names.push_back(named.name);
    result += fmt::format("\nIn the order, but not found: {}.\n", fmt::join(names, ", "));
  }
  if (!list.lock_file.empty()) result += fmt::format("\nLocked: each has the hash that {} has of it.\n", list.lock_file.filename().string());
  return result;
}

std::string to_text(const LockUpdate& update, bool color) {
  std::string result = lock_table(update).text(color);
  if (!result.empty()) result += '\n';
  return result + lock_summary(update) + '\n';
}

std::string to_text(const SettingList& list, bool color) { return setting_table(list).text(color); }

std::string to_text(const StatementList& list, bool color) {
  if (list.count_only) return fmt::format("{}\n", list.statements.size());
  if (list.statements.empty()) return "No statements.\n";
  return statement_table(list).text(color);
}

std::string to_text(const CreatedFiles& created, bool) {
  std::string result;
  for (const auto& file : created.files) result += fmt::format("created {}\n", file.string());
  return created.next.empty() ? result : result + created.next + '\n';
}

std::string to_text(const Reached& reached, bool) {
  if (reached.server_version.empty())
    return fmt::format("{} does not exist yet; up creates it\n", reached.url);
  return fmt::format("{} accepts connections ({}, after {})\n", reached.url, reached.server_version,
                     duration_text(reached.took));
}

namespace {

// Words that mermaid would not take for the name of a node.
constexpr std::array<std::string_view, 10> kMermaidWords{"call", "class", "classdef", "click", "default",
                                                         "direction", "end", "graph", "style", "subgraph"};

std::string mermaid_id(const std::string& name) {
  return std::ranges::find(kMermaidWords, name) == kMermaidWords.end() ? name : name + "_";
}

std::string mermaid_node(const std::string& name) {
  const std::string id = mermaid_id(name);
  return id == name ? id : fmt::format("{}[\"{}\"]", id, name);
}

}  // namespace

std::string to_mermaid(const SeederList& list) {
  std::string result = "flowchart TD\n";
  for (const PlannedSeeder& planned : list.seeders) {
    const Declaration& declaration = planned.seeder.declaration;
    result += fmt::format("  {}{}\n", mermaid_node(declaration.name), planned.selected ? "" : ":::left_out");
    for (const std::string& earlier : declaration.after) {
      result += fmt::format("  {} --> {}\n", mermaid_id(earlier), mermaid_id(declaration.name));
    }
  }
  return result + "  classDef left_out stroke-dasharray: 4\n";
}

}  // namespace seedbed::host
