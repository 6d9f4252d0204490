#pragma once
// A seeder's parameters: what it declares, what seedbed.toml sets, and what it is given.

#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include <seedbed/abi.h>

#include "config/settings.hpp"
#include "seeding/declaration.hpp"

namespace seedbed::host {

using Parameter = std::variant<bool, std::int64_t, double, std::string>;
using ParameterValues = std::map<std::string, Parameter>;

/// The values of a seeder's parameters: what the settings say, else the declared defaults.  A whole
/// number serves where a number is declared; a text that reads as the declared type serves for it,
/// since that is what a variable gives.
///
/// Throws Error{usage} for a parameter that the seeder does not declare, naming the nearest, and
/// for a value of another type.
ParameterValues parameter_values(const Declaration& declaration, const SeederSettings& settings);

/// A parameter as the ABI has it.  Borrows text from `value`.
seedbed_value abi_value(const Parameter& value);

/// All values in one text, for hashes: equal text means equal parameters.
std::string canonical_text(const ParameterValues& values);

}  // namespace seedbed::host
