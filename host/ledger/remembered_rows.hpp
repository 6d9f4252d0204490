#pragma once
// Keys of rows that seeders insert once, as the ledger remembers them.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "database/database.hpp"
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

/// The lists and their keys.  Functions that write need an open transaction, which holds the run lock.
class RememberedRows {
 public:
  explicit RememberedRows(Database& database) : database_(database), ledger_(database) {}

  /// By seeder and table; none in a ledger of a version that knew none.
  std::vector<RememberedList> lists();

  /// Writes what is known of a list, apart from its keys.
  void save(const RememberedList& list);

  /// Forgets a list and its keys.
  void forget(const RememberedList& list);

  /// Where a writer finds the list's keys.  The number of the list depends on the seeder, the table
  /// and the key's columns, since hashes of another key have nothing to do with these.
  KeyMemory memory(const RememberedList& list) const;

  std::int64_t count(const RememberedList& list, bool declared);

  void add(const RememberedList& list, const std::vector<KeyHash>& keys);
  void set_declared(const RememberedList& list, const std::vector<KeyHash>& keys, bool declared);
  void undeclare_all(const RememberedList& list);

  /// At most `most` declared keys above `after` in the order of their bytes; `after` may be nullptr.
  std::vector<KeyHash> declared_after(const RememberedList& list, const KeyHash* after, std::size_t most);

 private:
  std::string literal(const KeyHash& hash) const;

  Database& database_;
  Ledger ledger_;
};

}  // namespace seedbed::host
