#pragma once
// Who could have put a file where it is.

#include <filesystem>
#include <string>

#include "config/settings.hpp"

namespace seedbed::host {

/// Refuses what somebody else could have put at `path` or changed: follows each link, and looks at
/// every folder on the way, at the links, and at what lies at the end.  Each must belong to root or to the user who
/// runs this, and others must not be able to write to it, nor its group outside tier development; in a
/// sticky folder everybody's files are safe from the others.  `what` is named in the error: "plugin".
///
/// Throws Error{refused} that says how to mend it.
void require_own_file(const std::filesystem::path& path, const std::string& what, Tier tier);

}  // namespace seedbed::host
