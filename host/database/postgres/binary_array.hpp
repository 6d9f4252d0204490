#pragma once
// The values of one column as one parameter: an array in PostgreSQL's binary format, which needs no
// quoting on this side and next to no parsing on the other.

#include <cstddef>
#include <string>

#include <seedbed/abi.h>

#include "database/postgres/postgres_connection.hpp"

namespace seedbed::host {

struct PostgresColumn;

/// What a column's elements are sent as.  Values that do not fit the column's own type go as text,
/// which the statement casts, as it casts all others.
struct ElementType {
  const char* name;  ///< as SQL has it: "uuid"
  unsigned type;     ///< its number, and that of the array
  unsigned array;
  int value;         ///< the one ABI type whose values are sent so; SEEDBED_TEXT: any
};

/// Chosen by the column's type and the `count` values that stand `stride` apart.
const ElementType& element_type(const PostgresColumn& column, const seedbed_value* values, std::size_t stride,
                                std::size_t count);

/// Throws what checked_text() throws, and Error{failed} for text that is too long for the column's
/// type and would be cut, or that is not UTF-8; `row` is then the number of the value, from 0.
std::string binary_array(const ElementType& element, const PostgresColumn& column, const seedbed_value* values,
                         std::size_t stride, std::size_t count, std::size_t& row);

}  // namespace seedbed::host
