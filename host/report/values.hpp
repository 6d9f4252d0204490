#pragma once
// What commands print besides Outcome and Plan.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/sql/script.hpp"
#include "run/adopt.hpp"
#include "run/doctor.hpp"
#include "run/outcome.hpp"
#include "run/plan.hpp"
#include "run/recorded_runs.hpp"
#include "run/repair.hpp"
#include "seeding/plugin_lock.hpp"
#include "seeding/seeder.hpp"

namespace seedbed::host {

/// `seedbed plugins`.
struct SeederList {
  std::string environment;
  Tier tier = Tier::development;
  std::vector<PlannedSeeder> seeders;  ///< in the order in which they run
  std::vector<BrokenPlugin> broken;
  std::vector<Named> not_found;     ///< names in `order` that no seeder has
  std::filesystem::path directory;  ///< where people are; text shows files as seen from here
  std::filesystem::path lock_file;  ///< the seedbed.lock that has them; empty: none
};

/// `seedbed env`.
struct SettingList {
  std::vector<SettingEntry> entries;
};

/// `seedbed split`.
struct StatementList {
  std::string file;
  std::string text;  ///< of the whole file
  std::vector<sql::Statement> statements;
  bool count_only = false;
};

/// `seedbed new`.
struct CreatedFiles {
  std::vector<std::filesystem::path> files;  ///< as shown to people
  std::string next;                          ///< what to do with them: a sentence
};

/// `seedbed wait`.
struct Reached {
  std::string url;             ///< without secrets
  std::string server_version;  ///< empty for an SQLite file that does not exist yet
  Engine engine = Engine::sqlite;
  std::chrono::microseconds took{0};
};

/// Something a person can do about a Damage.
struct Remedy {
  std::string command;  ///< or what to do by hand
  std::string effect;
};

std::vector<Remedy> remedies_for(const Damage& damage);

/// The error that a broken plugin is, where it is used.
Error error_of(const BrokenPlugin& plugin);

const char* state_name(MigrationState state);
const char* state_name(AdoptionState state);
const char* kind_name(SeederKind kind);
const char* mark_name(Mark mark);
const char* change_name(LockChange change);
const char* exit_code_name(ExitCode code);

}  // namespace seedbed::host
