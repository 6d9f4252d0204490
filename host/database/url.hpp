#pragma once
// Where a database is, as users write it, and the one function that prints it without secrets.

#include <filesystem>
#include <string>
#include <vector>

#include "database/engine.hpp"

namespace seedbed::host {

/// A parsed connection string.
struct DatabaseUrl {
  Engine engine = Engine::sqlite;
  std::string conninfo;        ///< PostgreSQL: what libpq takes, secrets included
  std::filesystem::path file;  ///< SQLite: absolute path; empty for :memory:
  std::string display;         ///< for people: no password
  std::string tls;             ///< PostgreSQL over a network: "sslmode=verify-full …"; else empty
  std::vector<std::string> secrets;  ///< for log::redact()
  bool local = true;           ///< this machine: a file, a Unix socket, or a loopback address
};

/// Parses `sqlite:path`, `sqlite::memory:`, a bare path ending in .db, .sqlite or .sqlite3,
/// `postgres://…`, `postgresql://…`, or libpq's `key=value …`.  A relative path counts from
/// `base`.  What a PostgreSQL string leaves out is filled in as libpq will do it: from its service
/// file, the PG… variables, and defaults.  Nothing is connected to.
///
/// Throws Error{usage}; the message shows nothing of a string it could not parse.
DatabaseUrl parse_url(const std::string& text, const std::filesystem::path& base);

}  // namespace seedbed::host
