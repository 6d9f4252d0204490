#pragma once
// Lengths of time as people write them and read them.

#include <chrono>
#include <string>

namespace seedbed::host {

/// Parses `500ms`, `30s`, `5m` (or PostgreSQL's `5min`), `1h` or plain seconds.  Throws Error{usage}; `source` says where
/// `text` was written, e.g. "--wait".
std::chrono::milliseconds parse_duration(const std::string& text, const std::string& source);

inline std::chrono::microseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
}

/// "41 ms", "2.4 s", "3 min 05 s"; never less than "1 ms".
std::string duration_text(std::chrono::microseconds duration);

}  // namespace seedbed::host
