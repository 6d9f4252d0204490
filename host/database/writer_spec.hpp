#pragma once
// What a bulk writer is to do, as the host keeps it; and the checks that both engines share.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <seedbed/abi.h>

#include "database/database.hpp"
#include "database/seen_keys.hpp"

namespace seedbed::host {

struct WriterColumn {
  std::string name;
  int kind = SEEDBED_COLUMN_PLAIN;
  bool in_key = false;
  std::string collation{};  ///< SQLite's, of a column of the key, in its unique index
};

struct WriterSpec {
  std::string table;      ///< for messages
  std::string sql_table;  ///< as SQL names it, quoted where that is needed; set by the engine
  std::vector<WriterColumn> columns;
  std::vector<std::string> key;
  bool update_changed = false;
  const KeyMemory* memory = nullptr;  ///< of insert_once
};

/// Copies what the plugin passed.  Throws Error{plugin} for a mode or kind that this host does not
/// know, no columns, a column named twice, or a key column that is not among the columns.
WriterSpec copy_spec(const seedbed_writer& writer, const KeyMemory* memory);

/// Throws Error{failed} that lists the table's columns when `spec` names one it has not.
void check_columns(const WriterSpec& spec, const std::vector<Column>& columns);

/// What equal texts have in common under SQLite's `collation`; one that SQLite does not bring is not known.
std::string collated(std::string text, std::string_view collation);

/// Two rows, by their numbers, that are one to the database; `row` is one of them.
Error repeated_key(const WriterSpec& spec, std::int64_t earlier, std::int64_t later, const seedbed_value* row);

/// Throws Error{failed} for a table that does not exist, naming the nearest one.
[[noreturn]] void throw_missing_table(std::string_view table, const std::vector<std::string>& known);

/// Throws Error{failed} naming the index to create: no unique index covers the key.  `why_not` says, in
/// a sentence or not at all, why one that seems to does not.
[[noreturn]] void throw_no_unique_index(const WriterSpec& spec, const std::string& why_not);

/// Throws Error{failed}: what `spec` names is a view, or something else that can have no index.
[[noreturn]] void throw_not_a_table(const WriterSpec& spec);

/// Throws Error{failed}: the key's index exists, but `column` may be NULL.
[[noreturn]] void throw_nullable_key(const WriterSpec& spec, std::string_view column, Engine engine);

/// Throws what check_value() throws, with the row and the column.  `first_row` counts from 1.
void check_values(const WriterSpec& spec, const seedbed_value* values, std::size_t row_count,
                  std::int64_t first_row);

/// Throws Error{failed} if a row has NULL in a key column, or if two rows that are to update have one
/// key, in whatever call they come: their values as text are compared.
void check_keys(const WriterSpec& spec, const seedbed_value* values, std::size_t row_count,
                std::int64_t first_row, SeenKeys& seen);

/// The same for rows so far apart that check_keys() did not see them together.
void check_keys_at_end(const WriterSpec& spec, SeenKeys& seen);

/// The first column that every row has to set and `spec` does not name; nullptr if there is none.
const Column* unset_column(const WriterSpec& spec, const std::vector<Column>& columns);

/// Throws Error{failed}, SQLSTATE 23502, for what unset_column() found.
[[noreturn]] void throw_unset_column(const WriterSpec& spec, const Column& column);

/// The key of `row`, for an error message: "id = 1, name = Ada".
std::string shown_key(const WriterSpec& spec, const seedbed_value* row);

/// `name` in double quotes; `schema.name` quoted part by part.
std::string quoted_name(std::string_view name);
std::string quoted_table(std::string_view table);

/// `names` in the order in which a key is remembered: the same key may be declared in any.
std::vector<std::string> remembered_order(std::vector<std::string> names);

/// The names in double quotes, with commas between.
std::string quoted_list(const std::vector<std::string>& names);

}  // namespace seedbed::host
