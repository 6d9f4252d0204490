#pragma once
// What SET, RESET, set_config() and PRAGMA change.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database/sql/lexer.hpp"

namespace seedbed::host::sql {

/// One change of a setting of the session.
struct Setting {
  std::string name;                  ///< in lower case, without a schema; "all" for RESET ALL
  std::optional<std::string> value;  ///< nothing: back to its default
  bool local = false;                ///< until the transaction ends
};

/// The settings that `statement` changes, if it is a SET, a RESET, a DISCARD ALL or a SELECT that
/// begins with set_config(); of SQLite, a PRAGMA with a value.
std::vector<Setting> settings_in(std::string_view statement, Syntax syntax);

/// True if `statement` leaves something in the session that statements after it may need and that can be
/// had again by running it again: settings, prepared statements, SQLite's PRAGMAs and attached databases.
bool sets_session(std::string_view statement, Syntax syntax);

/// True if a change of the setting changes how the server reads or whom it obeys from then on.
bool is_reading_setting(const Setting& setting);

/// True if SQLite takes a change of the setting only outside a transaction.
bool is_outside_pragma(const Setting& setting);

/// What SQLite takes the value of a boolean PRAGMA for: whatever does not mean true is false.
bool pragma_boolean(const Setting& setting);

/// The value of a boolean setting as the server understands it, which takes any beginning of
/// true, false, yes, no, on and off that is clear; nothing if it would refuse it.
std::optional<bool> as_boolean(std::string_view value);

}  // namespace seedbed::host::sql
