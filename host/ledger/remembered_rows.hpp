#pragma once
// Keys of rows that seeders insert once, as the ledger remembers them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "database/database.hpp"
#include "database/key_memory.hpp"
#include "ledger/ledger.hpp"

namespace seedbed::host {

/// A list of remembered keys: those of one seeder in one table.
struct RememberedList {
  std::string seeder;
  std::string table;             ///< as TableIdentity has it
  std::string number;            ///< likewise: of the table that the rows were in
  std::vector<std::string> key;  ///< columns, in remembered_order()
  bool all_deleted = false;      ///< somebody has accepted that no row is left

  bool operator==(const RememberedList&) const = default;
};

struct RememberedKey {
  KeyHash hash{};
  bool declared = false;  ///< the last run has met it
};

/// The lists and their keys.  Functions that write need an open transaction, which holds the run lock.
class RememberedRows {
 public:
  explicit RememberedRows(Database& database) : RememberedRows(Ledger(database)) {}
  explicit RememberedRows(const Ledger& ledger) : database_(ledger.database()), ledger_(ledger) {}

  /// By seeder and table; none in a ledger of a version that knew none.
  std::vector<RememberedList> lists();
  /// Those among what Ledger::seeds() has read.
  static std::vector<RememberedList> lists_in(const std::vector<RememberedSeed>& seeds);

  /// Writes what is known of a list, apart from its keys.
  void save(const RememberedList& list);

  /// Forgets a list and its keys.
  void forget(const RememberedList& list);

  /// Where a writer finds the list's keys.  The number of the list depends on the seeder, the table
  /// and the key's columns, since hashes of another key have nothing to do with these.
  KeyMemory memory(const RememberedList& list) const;

  std::int64_t count(const RememberedList& list, bool declared);

  /// Of these three each is one statement, whose parameter are the keys.
  void add(const RememberedList& list, std::span<const KeyHash> keys);
  void set_declared(const RememberedList& list, std::span<const KeyHash> keys, bool declared);
  void undeclare_all(const RememberedList& list);

  /// At most `most` keys above `after` in the order of their bytes; `after` may be nullptr.
  std::vector<RememberedKey> keys_after(const RememberedList& list, const KeyHash* after, std::size_t most);

 private:
  std::string source(std::size_t keys) const;
  std::string parameter(std::span<const KeyHash> keys) const;
  void run(const std::string& sql, std::span<const KeyHash> keys);

  Database& database_;
  Ledger ledger_;
};

}  // namespace seedbed::host
