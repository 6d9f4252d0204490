#pragma once
// The one error type of the host, and the table of exit codes it stands for.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace seedbed::host {

/// What the program's exit status tells its caller.  README and --help print the same table.
enum class ExitCode : int {
  done = 0,
  failed = 1,        ///< a statement failed, whoever sent it; not proved
  usage = 2,         ///< wrong usage or configuration
  pending = 3,       ///< something is pending or drifted
  refused = 4,       ///< a guard said no
  locked = 5,        ///< the lock was not obtained in time
  plugin = 6,        ///< a plugin could not be loaded, threw, reported failure or crashed
  interrupted = 130  ///< Ctrl-C or SIGTERM
};

/// A place in a text file.  `line` and `column` count from 1, columns in characters; 0 means
/// unknown.  `text` is the line itself, for the caret.
struct Place {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string text;
};

/// An error for a person to read: what was tried and why it failed (lower case, no full stop),
/// where, and in whole sentences what else is known and what to do.
///
/// The message never holds a password: whoever puts foreign text into it redacts it first.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  Error& at(Place place) { place_ = std::move(place); return *this; }
  Error& sqlstate(std::string state) { sqlstate_ = std::move(state); return *this; }
  Error& detail(std::string text) { detail_ = joined(std::move(detail_), std::move(text)); return *this; }
  Error& hint(std::string text) { hint_ = joined(std::move(hint_), std::move(text)); return *this; }

  /// Marks a commit whose answer never came: whether it took effect is not known.
  Error& in_doubt(bool doubt = true) { in_doubt_ = doubt; return *this; }

  /// The column that it is about, so that whoever knows more of it can say so.
  Error& about(std::string table, std::string column) {
    table_ = std::move(table);
    column_ = std::move(column);
    return *this;
  }

  /// The same error with `prefix` before its message.
  Error prefixed(const std::string& prefix) const {
    Error error(code_, prefix + what());
    return error.at(place_).sqlstate(sqlstate_).in_doubt(in_doubt_).detail(detail_).hint(hint_).about(table_, column_);
  }

  ExitCode code() const { return code_; }
  std::string message() const { return what(); }
  const Place& place() const { return place_; }
  const std::string& sqlstate() const { return sqlstate_; }
  const std::string& detail() const { return detail_; }
  const std::string& hint() const { return hint_; }
  bool is_in_doubt() const { return in_doubt_; }
  const std::string& table() const { return table_; }    ///< empty unless about() a column
  const std::string& column() const { return column_; }

 private:
  static std::string joined(std::string first, std::string second) {
    if (first.empty()) return second;
    if (second.empty()) return first;
    return first + "\n" + second;
  }

  ExitCode code_;
  Place place_;
  std::string sqlstate_;
  std::string detail_;
  std::string hint_;
  bool in_doubt_ = false;
  std::string table_, column_;
};

}  // namespace seedbed::host
