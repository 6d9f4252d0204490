#include "torture/torment.hpp"

#include <fmt/format.h>

namespace seedbed::test {

Seeding drawn_seeding(Random& random) { return random() % 2 == 0 ? Seeding::all : Seeding::each; }

void Tally::complain(const std::string& problem) {
  ++wrong;
  problems.push_back(problem);
}

void Tally::require_done(const std::string& where, const std::string& url, const std::string& expected) {
  TestDatabase database(url);
  std::string state = state_of(database);
  // A lock whose release was cut off is free since its holder's connection is gone.
  const std::string_view held = "lock | held=t";
  if (const auto at = state.find(held); at != state.npos) state.replace(at + held.size() - 1, 1, "f");
  const Difference found = difference(expected, state);
  if (!found.text.empty()) complain(fmt::format("{}: ended with 0 and left the database unlike that of an undisturbed run:\n{}", where, found.text));
}

void Tally::settle(const Workload& workload, const std::string& url, const std::string& expected) {
  const Finished last = workload.program().run({"up", "--url", url});
  ++runs;
  if (last.exit_code != 0) complain("the last run did not complete what was left:\n" + last.out + last.err);
  TestDatabase database(url);
  const Difference found = difference(expected, state_of(database));
  lost += found.lost;
  excess += found.excess;
  if (!found.text.empty()) problems.push_back("the database differs from that of an undisturbed run:\n" + found.text);
}

}  // namespace seedbed::test
