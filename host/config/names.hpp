#pragma once
// Words that a configuration may hold, and the errors for words that it may not.

#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"

namespace seedbed::host {

/// "a, b and c", or with another word before the last.
std::string enumerated(const std::vector<std::string>& names, const std::string& word = "and");

/// `source` of a setting as a part of a sentence: "the command line", ".env:3".
std::string in_sentence(const std::string& source);

/// Error{usage}: there is no `kind` (a noun) called `name`; tells the `known` ones and the nearest.
/// `where` ends the message, for example "in [migrations]"; it may be empty.
Error no_such(const std::string& kind, const std::string& name,
              const std::vector<std::string>& known, const std::string& where = {});

/// Throws Error{usage} unless `value`, which was given for `key`, is one of `allowed`.
void require_one_of(const std::string& key, const std::string& value,
                    const std::vector<std::string>& allowed);

/// Throws Error{usage} unless `name` can stand in the file name .env.<name>.
void require_environment_name(const std::string& name);

}  // namespace seedbed::host
