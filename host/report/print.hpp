#pragma once
// The one place that writes to standard output.

#include <string>
#include <string_view>

#include "report/json.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"

namespace seedbed::host {

enum class OutputFormat { text, json, markdown };

/// How to print.
struct Look {
  OutputFormat format = OutputFormat::text;
  bool color = false;        ///< on standard output
  bool error_color = false;  ///< on standard error
  bool quiet = false;        ///< text that says only that all went well is left out
};

/// Keeps standard output for the functions below: what else the process writes there, such as a plugin, goes to
/// standard error from now on.
void keep_standard_output();

/// Writes `text`, without secrets, to standard output.  A reader that has gone away is no error;
/// throws Error{failed} when writing fails otherwise.
void print_text(std::string_view text);

/// Writes a document of to_json() to standard output, with the same errors.
void print_document(std::string_view json);

/// Prints `value` in the format that was asked for.
template <typename Value>
void print(const Value& value, const Look& look) {
  switch (look.format) {
    case OutputFormat::text:
      return print_text(to_text(value, look.color));
    case OutputFormat::json:
      return print_document(to_json(value));
    case OutputFormat::markdown:
      return print_text(to_markdown(value));
  }
}

/// Writes `error` to standard error as text, without secrets.
void print_error(const Error& error, const Look& look);

/// The same for an error that ended the program, and as a document to standard output if a
/// machine reads that.  Returns the exit status.
int print_failure(const Error& error, const Look& look) noexcept;

}  // namespace seedbed::host
