#pragma once
// The SQL of a seeder that may write something else each time it runs.

#include <set>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/sql/changing_value.hpp"
#include "seeding/seeder.hpp"

namespace seedbed::host {

/// A statement with a changing value in it.
struct ChangingSql {
  Place place;            ///< of the value, in a seed file
  std::string statement;  ///< a plugin's: its first words
  sql::ChangingValue value;
};

/// Reads the seed files of `seeder`, and `statements`, which a plugin has had run.  Throws Error for
/// files that cannot be read or split.
std::vector<ChangingSql> changing_sql(const Seeder& seeder, const Settings& settings, const std::set<std::string>& statements);

/// The text of a seeder's .sql files for the engine of `settings`, each with the name for messages.
std::vector<std::pair<std::string, std::string>> sql_texts(const Seeder& seeder, const Settings& settings);

}  // namespace seedbed::host
