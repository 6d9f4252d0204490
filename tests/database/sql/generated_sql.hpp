#pragma once
// SQL files made up from a number, for tests that compare two readings of one text.

#include <cstdint>
#include <string>

namespace seedbed::host::sql::test {

/// A file of valid statements in PostgreSQL's grammar, whose quotes, comments and bodies hold
/// whatever could mislead a splitter.  The same `seed`, the same text.
std::string postgres_script(std::uint32_t seed);

/// The same for SQLite; every statement can be run on an empty database.
std::string sqlite_script(std::uint32_t seed);

/// Fragments of both languages in no order, most of it no SQL at all.
std::string fragments(std::uint32_t seed);

}  // namespace seedbed::host::sql::test
