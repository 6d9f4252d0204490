#pragma once
// What follows from rows that were written: sequences behind them, materialized views over them.

#include <string>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

/// A sequence that was moved on.
struct MovedSequence {
  std::string name;
  std::int64_t to = 0;
};

/// Moves the sequences that fill columns of `tables` past what those columns hold, never back.
/// Identity columns and defaults of nextval() alike.  Not undone by a rollback, as no move of a
/// sequence is.  Adds a sentence to `notices` for each that the role may not move.
/// SQLite keeps its own up to date: nothing happens.
std::vector<MovedSequence> move_sequences(Database& database, const std::vector<std::string>& tables,
                                          std::vector<std::string>& notices);

struct MaterializedView {
  std::string name;           ///< as SQL names it
  bool reads_written = false; ///< one of the tables, itself or through other views
  bool populated = true;
  bool ours = true;           ///< the role may refresh it
  bool concurrently = false;  ///< it can be refreshed without shutting out who reads it
};

/// The materialized views of the database, each after those that it reads.  `tables` are what was
/// written.  SQLite has none.
std::vector<MaterializedView> materialized_views(Database& database, const std::vector<std::string>& tables);

}  // namespace seedbed::host
