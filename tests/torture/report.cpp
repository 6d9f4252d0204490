#include "torture/report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/markdown_table.hpp"

namespace seedbed::test {

std::string TortureReport::markdown() const {
  MarkdownTable table{{"", "rounds", "runs", "kills", "faults", "lost", "duplicates", "stuck", "wrong ends"}};
  Tally all;
  const auto add = [&](const std::string& what, const Tally& tally) {
    std::vector<std::string> row{what};
    for (const std::size_t figure : {tally.rounds, tally.runs, tally.kills, tally.faults, tally.lost, tally.excess, tally.stuck, tally.wrong}) {
      row.push_back(std::to_string(figure));
    }
    table.push_back(std::move(row));
  };
  for (const auto& [torment, tally] : tallies) {
    add(torment.what, tally);
    all.rounds += tally.rounds;
    all.runs += tally.runs;
    all.kills += tally.kills;
    all.faults += tally.faults;
    all.lost += tally.lost;
    all.excess += tally.excess;
    all.stuck += tally.stuck;
    all.wrong += tally.wrong;
  }
  add("**all**", all);
  std::string text = machine + "\n\n" + aligned(table);
  for (const std::string& why : not_tried) text += "\nNot tried: " + why + "\n";
  return text;
}

std::string TortureReport::json() const {
  nlohmann::json root{{"version", 1}, {"machine", machine}, {"not_tried", not_tried}, {"torments", nlohmann::json::array()}};
  for (const auto& [torment, tally] : tallies) {
    root["torments"].push_back({{"name", torment.name}, {"what", torment.what}, {"rounds", tally.rounds}, {"runs", tally.runs},
                                {"kills", tally.kills}, {"faults", tally.faults}, {"lost", tally.lost}, {"duplicates", tally.excess},
                                {"stuck", tally.stuck}, {"wrong_ends", tally.wrong}, {"problems", tally.problems}});
  }
  return root.dump(2) + "\n";
}

bool TortureReport::good() const {
  return std::ranges::all_of(tallies, [](const auto& each) { return each.second.good(); });
}

}  // namespace seedbed::test
