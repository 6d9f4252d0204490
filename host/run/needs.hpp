#pragma once
// Seeders that need a newer migration than the database has.

#include <string>
#include <string_view>

#include "run/preparation.hpp"

namespace seedbed::host {

/// Repeatable migrations have names, not versions.
bool is_repeatable(std::string_view version);

/// True if nothing as new as `needs` is among the applied versions, the newest of which is `newest`.
bool is_below(Format format, const std::string& newest, const std::string& needs);

/// Selects no seeder that needs a newer migration than there is: a run would leave it out.
void leave_out_what_needs_more(Preparation& preparation);

}  // namespace seedbed::host
