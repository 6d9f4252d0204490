#pragma once
// Finds SQL whose effect is not confined to the database it runs in.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace seedbed::host::sql {

struct Beyond {
  std::string what;        ///< "CREATE ROLE"
  std::size_t offset = 0;  ///< in the text
};

/// The first statement of `text`, PostgreSQL's, that touches the whole server or another one: roles,
/// databases, tablespaces, settings of the server, foreign servers, subscriptions, dblink.  Looks into
/// the bodies of functions and DO blocks, and into the strings in them, and rather finds too much.
std::optional<Beyond> reaches_beyond(std::string_view text);

}  // namespace seedbed::host::sql
