#pragma once
// Finds SQL that may switch off PostgreSQL's counting of changed rows.

#include <cstddef>
#include <optional>
#include <string_view>

namespace seedbed::host::sql {

/// The offset of the word track_counts in `statement`, which is one statement of PostgreSQL.  Comments do not
/// count, nor do names of tables and columns in statements that read or write rows.
///
/// Rationale: the setting can be switched off and on again between two statements, which nothing in the
/// server shows afterwards.  It reads words and no grammar, and rather finds too much.
std::optional<std::size_t> mention_of_track_counts(std::string_view statement);

}  // namespace seedbed::host::sql
