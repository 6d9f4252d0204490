#pragma once
// .env files: NAME=value lines as shells, Docker and the dotenv libraries write them.

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

#include "config/text_file.hpp"

namespace seedbed::host {

/// The variables of one .env file.
struct DotenvFile {
  struct Value {
    std::string text;
    std::size_t line = 0;
  };

  std::string name;     ///< for people
  std::string missing;  ///< why there is nothing in it: "no such file"; empty if it was read
  std::map<std::string, Value> values;
};

/// Parses `file`: NAME=value a line, `export` before it if you like.
///
/// 'Single quotes' keep everything as it is; in "double quotes" \n \r \t \" \\ \$ are escapes; both
/// may span lines.  An unquoted value ends at the line's end or at a # with a blank before it.  No
/// variable is replaced inside a value: $ is a character like any other.  Of two lines with one
/// name the later counts.
///
/// Throws Error{usage} at file:line:column, never with the line itself, since it may hold a secret.
DotenvFile parse_dotenv(const TextFile& file);

/// Reads and parses the file at `path`, which need not exist.
DotenvFile read_dotenv(const std::filesystem::path& path, const std::string& name);

}  // namespace seedbed::host
