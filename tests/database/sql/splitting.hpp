#pragma once
// How the tests of SQL splitting say what they expect.

#include <string>
#include <string_view>
#include <vector>

#include "database/sql/script.hpp"

namespace seedbed::host::sql::test {

inline constexpr const char* kFile = "script.sql";

/// The texts of the statements of `sql`.
std::vector<std::string> postgres(std::string_view sql);
std::vector<std::string> sqlite(std::string_view sql);

/// The kinds of the statements of `sql`, separated by spaces.
std::string postgres_kinds(std::string_view sql);
std::string sqlite_kinds(std::string_view sql);

/// The error that splitting `sql` ends with.  Fails the test if there is none.
Error refusal(std::string_view sql, Engine dialect = Engine::postgres);

/// "line:column" of an error.
std::string place_of(const Error& error);

/// Why the statements of `sql` are not in order, overlap, or leave out more than space, comments,
/// semicolons, COPY data and skipped lines; empty if all is well.
std::string broken_property(std::string_view sql, Engine dialect);

}  // namespace seedbed::host::sql::test
