#pragma once
// What a seeder says about itself, read before any of its code runs: a seeder.toml.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings.hpp"
#include "error.hpp"

namespace seedbed::host {

struct ParameterDeclaration {
  std::string name;
  std::variant<bool, std::int64_t, double, std::string> default_value;
  std::string help;
};

/// A .csv file of a seeder's folder, and the table that its rows go to.
struct TableFile {
  std::string file;              ///< its name, without a folder
  std::string name;              ///< of the table
  std::vector<std::string> key;  ///< columns
  std::int32_t mode = 0;         ///< SEEDBED_INSERT_MISSING …
  std::string null_text;         ///< what stands for NULL where it is written without quotes
  Place place;                   ///< of the [[table]]
};

struct Declaration {
  std::string name;  ///< one snake_case word
  std::string version;
  std::string description;
  Tier tier = Tier::development;    ///< the highest tier in which it may run
  std::vector<std::string> after;   ///< seeders it depends on
  std::string needs;                ///< the lowest migration version; empty: any
  std::vector<std::string> writes;  ///< tables, those of its files included
  bool once = false;                ///< run = "once"
  std::vector<ParameterDeclaration> parameters;
  std::vector<TableFile> tables;  ///< only of a folder; in the order in which they are written
};

/// Parses the text of a seeder.toml or of a plugin's record.  `file` is for error messages.
///
/// Throws Error{plugin} at file:line:column for malformed TOML, an unknown key (the nearest known
/// one is named), a missing name, or a value of the wrong type.
Declaration parse_declaration(std::string_view toml, const std::string& file);

}  // namespace seedbed::host
