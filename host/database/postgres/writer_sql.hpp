#pragma once
// The statements of a bulk writer.  In each, $1, $2, … are arrays, one a column, of the elements named.

#include <span>
#include <string>
#include <vector>

#include "database/postgres/binary_array.hpp"
#include "database/postgres/postgres_database.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

using Elements = std::span<const ElementType* const>;

/// The hash of a key, those values of `columns` that `alias` has, as PostgreSQL computes it.
std::string key_hash_sql(const std::vector<PostgresColumn>& columns, const std::string& alias, const KeyMemory& memory);

class WriterSql {
 public:
  /// `columns` belong to those of `spec`, in their order.  For a distributed `table` the statements
  /// keep to what Citus can plan.
  WriterSql(const WriterSpec& spec, const std::vector<PostgresColumn>& columns, const PostgresTable& table);

  /// Inserts the rows whose key does not exist; all of them are offered to the index.
  std::string insert(Elements elements) const;
  /// The same, but looks for the key first: a row that exists uses no number of a sequence and fires
  /// no trigger.
  std::string insert_after_look(Elements elements) const;
  /// Updates the rows that differ.  Not to be called unless updates().
  std::string update(Elements elements) const;
  bool updates() const { return !differs_.empty(); }
  /// Counts the rows whose key does not exist, and those that differ from what is there.
  std::string compare(Elements elements) const;
  /// Counts the rows whose key exists; its parameters are those of the key's columns alone.  If
  /// takes_each_key_once(), they are the keys themselves, sorted.
  std::string count_existing(Elements key_elements) const;
  bool takes_each_key_once() const;
  /// Finds rows whose keys are one to the database, if there are any whose key exists: the numbers, from 1,
  /// of the first and of the last.  Its parameters are those of the key's columns alone.
  std::string same_rows(Elements key_elements) const;
  /// Of insert_once: for each row, in their order, its key's hash, and 1 or NULL for whether it is remembered
  /// and whether it is in the table.  Its parameters are those of the key's
  /// columns alone.  For a distributed table existing_rows() has to tell the last.
  std::string look_up(Elements key_elements) const;
  /// The numbers, from 1, of the rows whose key exists, for a distributed table.
  std::string existing_rows(Elements key_elements) const;
  /// Reads one column's values, nothing else.
  std::string cast(std::size_t column, const ElementType& element) const;

  const std::vector<std::size_t>& key_columns() const { return key_; }

 private:
  std::string source(Elements elements, const std::vector<std::size_t>& chosen) const;
  std::string insert(Elements elements, const std::string& where) const;

  std::string table_, names_, news_, key_names_, sets_, differs_, joins_, exists_;
  bool overriding_ = false;
  bool distributed_, has_heirs_;
  std::vector<PostgresColumn> columns_;
  std::vector<std::size_t> all_, key_;
  const KeyMemory* memory_;
  std::string hash_;  ///< of the key of "new"
};

}  // namespace seedbed::host
