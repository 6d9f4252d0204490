#include "database/sqlite/sqlite_error.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <sqlite3.h>

#include "interrupt.hpp"

namespace seedbed::host {

namespace {

/// Functions and tables that the sqlite3 program brings along and the library has not.
constexpr std::array<std::string_view, 25> kOfTheShell{
    "base64",     "base85",    "completion",  "decimal",         "decimal_add", "decimal_cmp",  "decimal_mul",
    "decimal_sub", "decimal_sum", "edit",      "fsdir",           "generate_series", "ieee754", "ieee754_exponent",
    "ieee754_mantissa", "lsmode", "readfile", "regexp",          "regexpi",     "sha3",         "sha3_agg",
    "sha3_query", "strtod",    "writefile",   "zipfile"};

/// Functions that SQLite did not always have.
struct Since {
  std::string_view function;
  std::string_view version;
};
constexpr std::array<Since, 16> kSince{{{"concat", "3.44"},
                                        {"concat_ws", "3.44"},
                                        {"if", "3.48"},
                                        {"json_array_insert", "3.53"},
                                        {"json_error_position", "3.42"},
                                        {"json_pretty", "3.46"},
                                        {"jsonb", "3.45"},
                                        {"jsonb_group_array", "3.45"},
                                        {"jsonb_group_object", "3.45"},
                                        {"jsonb_set", "3.45"},
                                        {"octet_length", "3.43"},
                                        {"string_agg", "3.44"},
                                        {"timediff", "3.43"},
                                        {"unhex", "3.41"},
                                        {"unistr", "3.50"},
                                        {"unistr_quote", "3.50"}}};

/// The name at the end of a message such as "no such function: regexp", in lower case; else "".
std::string missing(std::string_view message) {
  for (const std::string_view start : {"no such function: ", "no such table: ", "no such module: "}) {
    if (!message.starts_with(start)) continue;
    std::string name(message.substr(start.size()));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
  }
  return "";
}

std::string hint_for_missing(std::string_view message) {
  const std::string name = missing(message);
  if (std::ranges::find(kOfTheShell, name) != kOfTheShell.end()) {
    return fmt::format("\"{}\" is an extension of the sqlite3 program, not part of SQLite. Write what it does in SQL.", name);
  }
  const auto since = std::ranges::find(kSince, name, &Since::function);
  if (since == kSince.end()) return "";
  return fmt::format("SQLite has \"{}\" since version {}; this is {}.", name, since->version, sqlite3_libversion());
}

std::string hint_for(int code, std::string_view message) {
  switch (code & 0xff) {
    case SQLITE_BUSY: return "Wait for the other process to end, or give more time with --lock-timeout.";
    case SQLITE_LOCKED: return "Another statement of the same connection is still reading the table.";
    case SQLITE_FULL: return "Make room on the disk that holds the database, or raise PRAGMA max_page_count, and run again.";
    case SQLITE_READONLY:
      return "Give the user who runs seedbed the right to write the file and its folder.";
    case SQLITE_IOERR: return "Look at the disk, its quota and the system's log; run again once it can be written.";
    case SQLITE_CORRUPT:
      if (message.find("unsafe use of ") != message.npos) return "The schema calls what SQLite does not let a schema call. Let a migration write it without.";
      return "The file is damaged: PRAGMA integrity_check says where. Restore a backup, or save what can be read with the "
             "sqlite3 program's .recover.";
    case SQLITE_NOTADB: return "The file exists and holds something else; choose another path.";
    case SQLITE_CANTOPEN:
      return "The user who runs seedbed needs the right to write the file and its folder.";
    case SQLITE_ERROR: return hint_for_missing(message);
    default: return "";
  }
}

}  // namespace

Error sqlite_error(sqlite3* handle, const std::string& doing) {
  const int code = sqlite3_extended_errcode(handle);
  if ((code & 0xff) == SQLITE_INTERRUPT && interrupted()) return Error(ExitCode::interrupted, "interrupted");
  const std::string message = sqlite3_errmsg(handle);
  Error error((code & 0xff) == SQLITE_BUSY ? ExitCode::locked : ExitCode::failed, doing + message);
  return error.hint(hint_for(code, message)).sqlstate(fmt::format("SQLite {}", code));
}

}  // namespace seedbed::host
