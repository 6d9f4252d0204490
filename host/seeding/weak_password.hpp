#pragma once
// Passwords that everybody tries first.

#include <string_view>

namespace seedbed::host {

/// True for the passwords at the top of every published list, in any case of their letters, also
/// with up to ten digits and signs behind them, and for short numbers.  False says nothing of a password's strength.
bool is_well_known_password(std::string_view password);

}  // namespace seedbed::host
