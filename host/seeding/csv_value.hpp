#pragma once
// Text of a CSV file as a value of the type that its column has.

#include <cstdint>
#include <string>

#include <seedbed/abi.h>

#include "database/database.hpp"

namespace seedbed::host {

/// Turns text into values of one column.
///
/// Rationale: PostgreSQL would check the text itself, but says neither line nor column of a file;
/// SQLite would store most of it as text.
class CsvColumnType {
 public:
  CsvColumnType(const Column& column, Engine engine);

  /// Sets `value` to what `text` stands for, and returns true.  It may point into `text`, which may
  /// have become the bytes that it stood for.  Returns false, and leaves `text` alone, if that cannot
  /// be of the column's type.  Types that are not known here (times, arrays, enums) are left to the
  /// database, as text.
  bool read(std::string& text, seedbed_value& value) const;

 private:
  enum class Kind { text, integer, real, numeric, boolean, uuid, bytes };

  static Kind kind_of(const std::string& type, Engine engine);

  Kind kind_;
  bool flags_are_integers_ = false;  ///< SQLite has no boolean of its own
  std::int64_t least_, most_;
};

}  // namespace seedbed::host
