#pragma once
// What a run is told to do, as plain values that know where they came from.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "database/url.hpp"

namespace seedbed::host {

enum class Tier { development, staging, production };

const char* tier_name(Tier tier);
/// Throws Error{usage} that names the three tiers; `source` says where `text` was written.
Tier parse_tier(const std::string& text, const std::string& source);

/// A parameter of a seeder, from seedbed.toml.
struct ParameterValue {
  std::variant<bool, std::int64_t, double, std::string> value;
  std::string source;  ///< "seedbed.toml:12"
};

/// A name that seedbed.toml or the command line mentions, with the place for error messages.
struct Named {
  std::string name;
  std::string source;
};

/// SQL to run at a point of the run: a statement or, if it ends in .sql, a file's absolute path.
struct Hook {
  std::string sqlite;    ///< empty: nothing on this engine
  std::string postgres;
  std::string source;
};

/// How long one statement may take or wait, in an environment.  PostgreSQL only.
struct Limit {
  std::string key;                    ///< "environments.staging.migrations.lock_timeout"
  std::string value;                  ///< as written: "5s", or "none"
  std::string source;
  std::optional<std::chrono::milliseconds> longest;  ///< nothing: as the server has it; zero: for ever
  bool set = false;                   ///< false: it is the default
};

struct Limits {
  Limit lock, statement;
};

struct MigrationSettings {
  std::filesystem::path directory;  ///< absolute
  bool directory_named = false;     ///< a missing folder that was named is an error
  std::string format = "auto";
  std::string history = "seedbed";
  std::string out_of_order;         ///< refuse | apply | skip; empty: the tier's default
  std::string own_transactions = "refuse";
  Limits limits;
  std::map<std::string, std::string> placeholders;  ///< flyway's ${name}, with lower-case names
};

struct SqliteSettings {
  std::string journal = "wal";  ///< wal | delete: the journal mode of a file that seedbed makes
};

struct SeederSettings {
  std::vector<std::filesystem::path> directories;  ///< absolute
  bool directories_named = false;
  std::vector<Named> order;
  std::vector<Named> selection{{"*", "default"}};
  std::vector<std::string> sql_paths;  ///< globs, absolute; \ takes the next character as it is
  bool sql_paths_named = false;        ///< given with --sql: each must match something
  Tier sql_tier = Tier::development;
  bool all_in_one_transaction = true;
  std::map<std::string, std::map<std::string, ParameterValue>> parameters;
  std::vector<std::string> trigger_tables;
  Limits limits;
  std::filesystem::path lock_file;  ///< where a seedbed.lock would lie, absolute; empty: none counts
  bool locked = false;              ///< --locked: there has to be one
};

struct HookSettings {
  std::vector<Hook> before_migrate, after_migrate, after_seed;
};

/// One line of `seedbed env`.
struct SettingEntry {
  std::string key;
  std::string value;   ///< secrets masked; lists joined by ", "
  std::string source;  ///< "command line", "environment", ".env.local:3", "seedbed.toml:7", "default"
};

struct Settings {
  std::string environment = "local";
  Tier tier = Tier::development;
  bool is_protected = false;   ///< forbids reset and seed --clear; the default in tier production
  DatabaseUrl url;
  std::filesystem::path file;  ///< seedbed.toml, or empty
  std::filesystem::path root;  ///< its folder, or the working directory
  MigrationSettings migrations;
  SqliteSettings sqlite;
  SeederSettings seeders;
  HookSettings hooks;
  std::optional<std::int64_t> now;  ///< SEEDBED_NOW, milliseconds since 1970 UTC
  std::chrono::milliseconds lock_timeout{300'000};
  std::vector<SettingEntry> entries;
  std::string typed_options;  ///< those of the command line that choose the database, as a shell reads them: " --env staging"
};

/// What the command line says about settings; unset means not said.
struct CommandLine {
  std::optional<std::string> config, environment, url, migrations, migrations_format, tier;
  std::optional<std::string> out_of_order, own_transactions, lock_timeout;
  std::vector<std::string> seeders;  ///< --seeders, repeatable
  std::vector<std::string> sql;      ///< --sql, repeatable
  bool locked = false;
};

/// Reads the process environment; tests give their own.
using Environment = std::map<std::string, std::string>;
Environment process_environment();

/// Finds seedbed.toml in `directory` or above, reads the .env files beside it, and resolves
/// every value for the chosen environment.  Touches no database.  Gives each secret to
/// log::redact().  Throws Error{usage}, at file:line:column where there is one.
Settings resolve_settings(const CommandLine& line, const Environment& environment,
                          const std::filesystem::path& directory);

}  // namespace seedbed::host
