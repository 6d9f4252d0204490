#pragma once
// Structured logging: an event and its fields.  Boost.Log stays behind this header.

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace seedbed::host::log {

enum class Level { debug, info, warning, error };

/// One key and its value.  Text is redacted by the sinks, not by the caller.
struct Field {
  std::string_view name;
  std::variant<bool, std::int64_t, double, std::string> value;

  Field(std::string_view n, bool v) : name(n), value(v) {}
  Field(std::string_view n, int v) : name(n), value(std::int64_t{v}) {}
  Field(std::string_view n, std::int64_t v) : name(n), value(v) {}
  Field(std::string_view n, std::size_t v) : name(n), value(static_cast<std::int64_t>(v)) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
};

struct Options {
  Level terminal = Level::warning;  ///< the lowest level that reaches standard error
  bool color = false;
  std::optional<std::filesystem::path> file;  ///< JSON lines of every level, appended
};

/// Opens the sinks.  Events before the first call reach standard error from `warning` up.
/// Throws Error{usage} when the file cannot be opened.
void open(const Options& options);

/// Hides `secret` in everything written from now on, as it is and percent-encoded.
void redact(std::string secret);

/// `text` without any secret given to redact().  Every sink and printer passes through it.
std::string redacted(std::string_view text);

void event(Level level, std::string_view name, const Field* fields, std::size_t count);

inline void write(Level level, std::string_view name, std::initializer_list<Field> fields = {}) {
  event(level, name, fields.begin(), fields.size());
}
inline void debug(std::string_view name, std::initializer_list<Field> fields = {}) { write(Level::debug, name, fields); }
inline void info(std::string_view name, std::initializer_list<Field> fields = {}) { write(Level::info, name, fields); }
inline void warning(std::string_view name, std::initializer_list<Field> fields = {}) { write(Level::warning, name, fields); }

}  // namespace seedbed::host::log
