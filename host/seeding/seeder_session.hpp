#pragma once
// The host's side of the plugin ABI: what a seeder in a library may call while it seeds.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <seedbed/abi.h>

#include "config/settings.hpp"
#include "database/database.hpp"
#include "seeding/once_tables.hpp"
#include "seeding/parameters.hpp"
#include "seeding/plugin.hpp"
#include "seeding/row_watch.hpp"
#include "seeding/seeder.hpp"

namespace seedbed::host {

/// What all seeders of one run are told.
struct RunFacts {
  std::string environment;
  Tier tier = Tier::development;
  bool dry_run = false;
  std::int64_t now = 0;  ///< microseconds since 1970 UTC, in whole milliseconds
  bool again = false;    ///< run what would be left out because it ran before, and remember nothing of it
  std::optional<int> ledger_version{};  ///< where it is known, nobody has to ask
  RowWatch* watch = nullptr;  ///< hears what bulk writers are told, if there is one
  DeletedRows deleted{};
  std::function<void(const std::string& seeder, std::uint64_t done, std::uint64_t total)> progress =
      [](const std::string&, std::uint64_t, std::uint64_t) {};
};

class SeederSession {
 public:
  SeederSession(Database& database, OnceTables& once, const Declaration& declaration, const ParameterValues& parameters,
                const RunFacts& facts);

  /// Lets the seeder that `plugin` has for the declaration write its rows inside the open transaction.
  ///
  /// Throws what the database said when it refused a statement or row, even if the seeder went on;
  /// Error{plugin} with the seeder's own words when it reports failure, or when an exception left it.
  void run(Plugin& plugin);

  /// What its bulk writers did, by the table's canonical name.
  const std::map<std::string, WriterCounts>& written() const { return written_; }

  /// The different statements that it had run.
  const std::set<std::string>& statements() const { return statements_; }

 private:
  struct Calls;
  void note_sql(const std::string& sql);
  void flush_writers(std::optional<std::uint32_t> except = {});
  void close_writers();

  Database& database_;
  OnceTables& once_;
  const Declaration& declaration_;
  const ParameterValues& parameters_;
  const RunFacts& facts_;
  std::vector<std::unique_ptr<RowWriter>> writers_;
  std::map<std::string, WriterCounts> written_;
  std::set<std::string> statements_;
  std::optional<Error> refusal_;  ///< the first one: the transaction takes nothing after it
  bool in_row_ = false;           ///< inside the plugin's row callback of query()
  std::string failure_;           ///< the seeder's own words
};

}  // namespace seedbed::host
