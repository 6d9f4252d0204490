#pragma once
// Secrets that are known by the look of a text, before anything has parsed it.

#include <string_view>

namespace seedbed::host::log {

/// Gives what looks like a password in a connection string within `text` to redact(), also where the
/// string is malformed: of a URL, what stands between the user and an "@"; of OPTION=VALUE pairs, the
/// values of password and sslpassword.
void redact_credentials_in(std::string_view text);

}  // namespace seedbed::host::log
