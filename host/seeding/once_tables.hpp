#pragma once
// The tables into which a seeder inserts rows once, and what the ledger remembers of them.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "database/database.hpp"
#include "database/key_spool.hpp"
#include "ledger/remembered_rows.hpp"

namespace seedbed::host {

/// What to do about remembered rows that are gone; tables by their names in changes().
struct DeletedRows {
  std::set<std::string> revived;   ///< insert them again
  std::set<std::string> accepted;  ///< they were deleted, even if that were all of them
};

/// One run of one seeder, inside the open transaction.
class OnceTables {
 public:
  OnceTables(const Ledger& ledger, std::string seeder, const DeletedRows& deleted)
      : database_(ledger.database()), ledger_(ledger), rows_(ledger), seeder_(std::move(seeder)), deleted_(deleted) {}

  /// Opens a writer of any mode; it must not outlive this object.
  ///
  /// Throws what Database::open_writer() throws, and Error{refused} when a table into which rows are
  /// inserted once has another name, or its key other columns, than before.
  std::unique_ptr<RowWriter> open_writer(const seedbed_writer& writer);

  /// To be called when all writers are finished.  Throws Error{refused} when rows are gone that nobody
  /// seems to have deleted: none of those that are remembered is left, or the table was made anew.
  void check();

  /// Writes what is new into the ledger, once the seeder's own writes are counted: nothing where the
  /// seeder declares what it declared before.
  void save();

  /// As they were before save(); asked for once.
  const std::vector<RememberedSeed>& seeds();
  Ledger& ledger() { return ledger_; }

 private:
  struct Table {
    RememberedList list;
    RememberedList before;   ///< without a seeder: there was none
    RememberedList renamed;  ///< of the table's former name, likewise
    KeyMemory memory;
    KeySpool keys;
    bool any_there = false;
    bool any_gone = false;   ///< of those that are remembered
    bool accepted = false;
  };

  Table& open_table(const seedbed_writer& writer, const std::string& canonical);
  RememberedList former_list(const RememberedList& list);
  void check(Table& table);
  void save(Table& table);

  /// Calls `each` with every key that was met or is remembered, in order; either may be nullptr.
  using EachKey = std::function<void(const MetKey* met, const RememberedKey* remembered)>;
  void for_each_key(Table& table, const EachKey& each);

  Database& database_;
  Ledger ledger_;
  RememberedRows rows_;
  std::optional<std::vector<RememberedSeed>> seeds_;
  std::string seeder_;
  const DeletedRows& deleted_;
  std::deque<Table> tables_;  ///< a deque, since writers point to them
};

}  // namespace seedbed::host
