#pragma once
// Who runs seedbed, and where: for the ledger's rows and for whoever waits.

#include <string>

namespace seedbed::host {

struct Operator {
  std::string name;    ///< SEEDBED_OPERATOR, else the user
  std::string host;
  std::string commit;  ///< that is deployed, where the surroundings tell; else empty
};

Operator current_operator();

/// A random UUID, in text.
std::string random_id();

}  // namespace seedbed::host
