#pragma once
// Run constants and parameters inside the SQL of a seeder's folder, bound as quoted literals.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

/// What `:name` and `$name` stand for.
using Constants = std::map<std::string, seedbed_value, std::less<>>;

/// A script in which names were replaced, and the way back to where each byte came from.
struct BoundScript {
  std::string text;
  std::vector<sql::Statement> statements;  ///< with offsets into `text`
  std::vector<std::pair<std::size_t, std::size_t>> marks;  ///< offset in `text`, offset in the source
  std::vector<std::size_t> unknown;  ///< offsets in the source of each `:name` that was left as it is

  std::size_t source_offset(std::size_t offset) const;
};

/// Replaces `:name` and `$name` in `statements` by the values of `constants`, as literals, outside
/// of quotes, comments and COPY data.  `::` is a cast, and `$1` stays.
///
/// Throws Error{usage} at its place for a `$name` that is not among them, naming the nearest.  For
/// SQLite the same of a `:name`; PostgreSQL writes array slices with it, so that it stays as it is there.
BoundScript bind_constants(std::string_view source, const std::vector<sql::Statement>& statements,
                           const Constants& constants, Engine engine, const std::string& file);

/// What to say where the `:name` at `offset`, one of BoundScript::unknown, turns out to be no slice.
std::string hint_on_unknown(std::string_view source, std::size_t offset, const Constants& constants);

}  // namespace seedbed::host
