#pragma once
// seedbed.toml as it was written: every key and type checked, no variable replaced yet.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/text_file.hpp"

namespace seedbed::host {

using Text = At<std::string>;
using TextList = At<std::vector<Text>>;
using Scalar = At<std::variant<bool, std::int64_t, double, std::string>>;

struct HookText {
  std::string sqlite, postgres;
  Place place;
};

using HookList = At<std::vector<HookText>>;

struct LimitTexts {
  std::optional<Text> lock_timeout, statement_timeout;  ///< durations
};

struct EnvironmentSection {
  std::optional<Text> tier, url;
  std::optional<Text> lock_timeout;  ///< a duration; a bare number is seconds
  std::optional<TextList> seeders, trigger_tables;
  std::optional<At<bool>> is_protected;
  LimitTexts migrations, seeding;
  std::map<std::string, std::map<std::string, Scalar>> parameters;
};

/// The contents of one seedbed.toml.  An empty optional is a key that was not written.
struct TomlFile {
  std::string name;  ///< for people
  std::optional<Text> default_environment;

  std::optional<Text> directory, format, history, out_of_order, own_transactions;  ///< [migrations]
  std::map<std::string, Text> placeholders;  ///< [migrations.placeholders]

  std::optional<TextList> directories, order, sql_paths;  ///< [seeders]
  std::optional<Text> sql_tier, transaction;

  std::optional<Text> journal;  ///< [sqlite]

  std::optional<HookList> before_migrate, after_migrate, after_seed;  ///< [hooks]

  std::map<std::string, EnvironmentSection> environments;
};

/// Parses `file`.
///
/// Throws Error{usage} at file:line:column for malformed TOML, a key that there is not (with the
/// nearest one that there is), and a value of the wrong type, in any section.
TomlFile parse_toml_file(const TextFile& file);

}  // namespace seedbed::host
