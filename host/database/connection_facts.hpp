#pragma once
// What a connection shows of the server, of what stands between, and of the role.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

enum class Pooling { none, session, transaction, statement };

struct ConnectionFacts {
  Pooling pooling = Pooling::none;  ///< session: as far as can be seen
  std::string role;                 ///< empty: the engine has none
  bool superuser = false;
  std::string encryption;           ///< "TLSv1.3, AES…", as far as a pooler, if there is one; empty: none
  std::optional<std::chrono::milliseconds> clock_ahead;  ///< the server's, of ours; the uncertainty of the round trip is taken off
};

/// Connects a second time where a pooler is found.  One that allows no transactions ends the connection when it is
/// asked for one: then `database` is of no more use.  Throws Error as queries do.
ConnectionFacts connection_facts(Database& database, const DatabaseUrl& url);

/// A right that a role needs: GRANT `rights` ("SELECT,INSERT") ON `table`.
struct NeededRight {
  std::string table;
  std::string rights;
};

/// The GRANTs that the role lacks; none for tables that do not exist, and none on SQLite.
std::vector<std::string> missing_grants(Database& database, const std::vector<NeededRight>& needed);

/// True unless the role may neither create the schema `name` nor tables in it.
bool can_create_in_schema(Database& database, const std::string& name);

/// Those tables whose rows are hidden from the role, or may be, by row-level security.
std::vector<std::string> secured_tables(Database& database);

}  // namespace seedbed::host
