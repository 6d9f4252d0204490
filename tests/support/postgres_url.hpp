#pragma once
// URLs of PostgreSQL databases for tests.

#include <filesystem>
#include <string>

namespace seedbed::test {

/// The server of `conninfo`, which is anything that libpq takes, and the database `name` on it, as a
/// postgresql:// URL.  Throws std::runtime_error if libpq cannot read it.
std::string postgres_url(const std::string& conninfo, const std::string& name);

/// The database of `url` through the Unix socket .s.PGSQL.5432 in `folder`: that of a proxy or a
/// pooler.
std::string url_through(const std::string& url, const std::filesystem::path& folder);

/// "password", "user"; empty if `url` does not say.
std::string option_of(const std::string& url, const std::string& name);

}  // namespace seedbed::test
