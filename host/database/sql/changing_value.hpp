#pragma once
// Finds SQL that writes something else each time it runs.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "database/engine.hpp"

namespace seedbed::host::sql {

/// A function or keyword whose value changes from run to run.
struct ChangingValue {
  std::string name;        ///< as it is written: "now()", "CURRENT_DATE"
  std::size_t offset = 0;  ///< in the statement
  bool for_a_day = false;  ///< it may be the same for minutes or a day: two runs in a row do not show it
};

/// The first one whose value `statement`, which is one statement, may write: the clock, random
/// numbers and ids, numbers of sequences.  Comments, strings and conditions (WHERE, HAVING) do not
/// count, nor do statements that write nothing; the body of a DO block does.
///
/// Rationale: it reads words and no grammar, and rather finds too much.  A function that a statement
/// calls is not looked into, and neither are defaults and triggers.
std::optional<ChangingValue> changing_value(std::string_view statement, Engine dialect);

}  // namespace seedbed::host::sql
