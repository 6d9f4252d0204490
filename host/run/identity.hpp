#pragma once
// Which of the user's databases a database is: compared before anything else, changed by `stamp --identity`.

#include <chrono>

#include "config/settings.hpp"
#include "run/consent.hpp"
#include "run/outcome.hpp"
#include "run/preparation.hpp"

namespace seedbed::host {

/// The identity that the settings give to the database with these facts, with a new id.
Identity identity_of(const Settings& settings, const DatabaseFacts& facts);

/// What of the server's facts is another than the identity has it: "system identifier 7, was 5; oid of the
/// database 16384, was 5"; empty where nothing is known to be.
std::string server_difference(const Identity& identity, const DatabaseFacts& facts);

/// Reads the database's facts, its ledger's version and its identity; nothing else.
///
/// Throws Error{refused} if the database belongs to another environment or tier than the settings'.
Recognised recognise(Database& database, const Settings& settings);

struct StampIdentityOptions {
  Consent consent;
  std::chrono::milliseconds wait{0};
};

/// Gives the database the identity that the settings have, with a new id, and clears the lock that a copy
/// may have inherited.  Everything else that the ledger remembers stays.  Creates the ledger.
///
/// Consent is asked for where the database was of a tier above development.  What fails after connecting is
/// in Outcome::error.
Outcome stamp_identity(const Settings& settings, const StampIdentityOptions& options);

}  // namespace seedbed::host
