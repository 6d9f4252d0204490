#include "fuzz/targets.hpp"

namespace seedbed::fuzz {

const std::vector<Target>& targets() {
  static const std::vector<Target> all{{"sql", split_sql},       {"toml", read_toml},               {"dotenv", read_dotenv},
                                       {"url", read_url},        {"plugin", read_plugin},           {"declaration", read_declaration},
                                       {"migration", read_migration}, {"csv", read_csv}};
  return all;
}

}  // namespace seedbed::fuzz
