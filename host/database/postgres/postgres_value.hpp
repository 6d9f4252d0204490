#pragma once
// Values of the plugin ABI to and from PostgreSQL's text format.

#include <optional>
#include <string>
#include <vector>

#include <seedbed/abi.h>

#include "database/database.hpp"

struct pg_result;

namespace seedbed::host {

/// Throws Error{failed} for text with a zero byte, which PostgreSQL cannot store and libpq would cut short.
void refuse_zero_byte(std::string_view text);

/// A value in text form; nullopt for NULL.  Throws what refuse_zero_byte() throws.
std::optional<std::string> checked_text(const seedbed_value& value);

/// All rows of a result, as text.
std::vector<Row> rows_of(const pg_result* result);

/// One cell of a result as a typed value; holds what the value borrows.
class TypedCell {
 public:
  seedbed_value read(const pg_result* result, int row, int column);

 private:
  std::string bytes_;
};

}  // namespace seedbed::host
