#include "torture/torment.hpp"

namespace seedbed::test {

Seeding drawn_seeding(Random& random) { return random() % 2 == 0 ? Seeding::all : Seeding::each; }

void Tally::complain(const std::string& problem) {
  ++wrong;
  problems.push_back(problem);
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
