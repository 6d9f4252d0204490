#pragma once
// As whom, and to which database, a connection string logs in.

#include <string>

#include "database/url.hpp"

namespace seedbed::host {

struct Login {
  std::string user;
  std::string database;
};

/// Of a PostgreSQL `url`, with what libpq fills in.  Nothing is connected to.
Login login_of(const DatabaseUrl& url);

}  // namespace seedbed::host
