#pragma once
// Flyway's settings for one migration, from the file FILE.sql.conf beside it.

#include <filesystem>
#include <optional>
#include <string>

namespace seedbed::host {

struct ScriptSettings {
  bool transactional = true;                 ///< executeInTransaction
  std::optional<bool> replace_placeholders;  ///< placeholderReplacement
};

/// The settings beside `migration`, shown to people as `shown`; the defaults if it has none.
/// Throws Error{usage} at the line of a setting or value that is not known.
ScriptSettings read_script_settings(const std::filesystem::path& migration,
                                    const std::string& shown);

}  // namespace seedbed::host
