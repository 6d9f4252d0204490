#pragma once
// The values that flyway and goose put into a migration's text before it runs.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "migration/layout.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

using Values = std::map<std::string, std::string>;

/// A text with values in it, and where they are.
struct Replaced {
  std::string text;
  std::vector<Replacement> replacements;
};

/// Replaces each `${name}` of `text`, in comments and strings too, as flyway does.  Throws
/// Error{usage} at the first name that `values` has not.
Replaced replace_placeholders(std::string_view text, const std::string& file, const Values& values);

/// Replaces `$NAME`, `${NAME}`, `${NAME:-other}`, `${NAME-other}` and `${NAME?message}` in the
/// lines of `lines` that are no comments, as goose does: `$$` and `\$` give a `$`.
///
/// Throws Error{usage} at what cannot be read and at a variable that is not set.
/// Rationale: goose itself reads one that is not set as an empty text; here it must be set to one.
Replaced replace_variables(std::string_view text, const std::string& file,
                           const std::vector<Span>& lines, const Values& environment);

/// The offset in the replaced text that stands for `offset` in the file.
std::size_t offset_in_text(const std::vector<Replacement>& replacements, std::size_t offset);

/// The offset in the file that `offset` in the replaced text comes from.
std::size_t offset_in_file(const std::vector<Replacement>& replacements, std::size_t offset);

}  // namespace seedbed::host
