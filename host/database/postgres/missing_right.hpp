#pragma once
// Which GRANT a statement lacked that the server refused with SQLSTATE 42501.

#include <string_view>

#include "database/url.hpp"
#include "error.hpp"

namespace seedbed::host {

/// `error` with the GRANT that would mend it as its hint, or what the row-level security of the table
/// demands.  `sql` is what was refused, `context` where the server was in it.
///
/// Rationale: the message names an object without its schema, and neither the right nor the role; the
/// catalog knows, but a transaction that has failed answers no more.  So it is asked on a connection of its
/// own, for two seconds at most: behind a pooler there may be none while ours is busy.  Without an
/// answer the error stays as it is.
Error with_missing_right(Error error, const DatabaseUrl& url, std::string_view sql, std::string_view context);

}  // namespace seedbed::host
