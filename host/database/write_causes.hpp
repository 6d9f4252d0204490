#pragma once
// What may have written to a table behind a statement, and how far the counts can be trusted.

#include <cstdint>
#include <string>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

/// The triggers and foreign keys through which writing to `written` may have written to `table`, each
/// as a person would name it: `trigger "audit_customer" on "customer"`.  Names are those of changes().
std::vector<std::string> causes_of_writes(Database& database, const std::string& table,
                                          const std::vector<std::string>& written);

/// One seeder's part of the open transaction, whose counts can be checked.
///
/// Rationale: the server counts rows that an exception block of PL/pgSQL has rolled back like all
/// others.  A savepoint gives the part transaction numbers of its own, by which its rows are told
/// from those that were there or came earlier in the transaction.
class CountedPart {
 public:
  explicit CountedPart(Database& database);

  /// Puts the number right where nothing but inserts was counted, and returns the tables whose counts
  /// may be too high.  Looks only where exception blocks are: in `source`, the SQL that was run, in
  /// triggers of the tables, and in the functions that those name.
  std::vector<std::string> correct(std::vector<TableCounts>& changes, const std::string& source);

  /// Ends the part; not to be called after an error.
  void close();

 private:
  bool may_roll_back(const std::vector<TableCounts>& changes, const std::string& source);
  std::int64_t rows_in_place(const std::string& table);

  Database& database_;
  std::string first_;  ///< of next_row_number(): no row of the part has a lower one
};

}  // namespace seedbed::host
