#pragma once
// Everything a run knows before it writes: files read, seeders chosen, the database looked at.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/database.hpp"
#include "database/pending_connection.hpp"
#include "ledger/ledger.hpp"
#include "migration/migration_plan.hpp"
#include "run/shared_history.hpp"
#include "seeding/seeder.hpp"

namespace seedbed::host {

/// What is known of a database before anything else of it is read.
struct Recognised {
  DatabaseFacts facts;
  int ledger_version = 0;           ///< 0: the database has no ledger
  std::optional<Identity> identity; ///< as the ledger has it; nothing: no ledger, or an old one
  std::string server_changed;       ///< a sentence, where the identity is right but the server another
};

/// The first look at a database, which is taken while files are read.
struct FirstLook {
  Recognised recognised;
  std::vector<AppliedMigration> applied;
};

struct Preparation : Recognised {
  Format format = Format::seedbed;           ///< of the migration folder
  std::vector<Migration> files;              ///< in the folder's order; applied ones not read_text()
  std::vector<Migration> baselines;          ///< flyway's, until the database is known
  std::vector<std::string> left_alone;       ///< .sql files of that folder that are no migrations by their names
  std::vector<PlannedSeeder> seeders;        ///< in the order in which they run
  std::shared_ptr<FirstLook> first_look;     ///< filled while connecting; nothing once it is taken over
  std::unique_ptr<PendingConnection> connecting;  ///< until the database is looked at
  std::unique_ptr<Database> database;
  std::optional<SupabaseHistory> supabase;   ///< with history = "supabase"
  HistoryDifference difference;              ///< of the two histories; empty without `supabase`
  std::vector<PlannedMigration> migrations;  ///< files beside the ledger, and beside `supabase`
  std::vector<std::string> half_reverted;    ///< names of files; only if asked for

  const Migration& file(const std::string& version) const;
};

/// Reads the migrations alone, every text of them and no baseline, while connecting.  Throws Error for
/// what is wrong with them.
Preparation prepare_migrations(const Settings& settings, std::chrono::milliseconds wait);

/// Finds the migrations and the seeders, while connecting.  Texts are for look_at_database().  `seeders`
/// names those to run; empty: the environment's.  Throws Error for what is wrong with them.
Preparation prepare_files(const Settings& settings, const std::vector<std::string>& seeders, std::chrono::milliseconds wait,
                          bool half_reverted_too = false);

/// Waits for the connection, and for the first look at the database: its identity is compared, and its ledger
/// read if there is one.  Reads the text of those files that it does not hold as they are.  Writes nothing.
/// Throws Error{refused} for the database of another environment, Error for what is wrong with the files,
/// and what connect() throws.
void look_at_database(Preparation& preparation, const Settings& settings);

/// Reads the texts of all files that have not been read yet.  Throws Error for what is wrong with them.
void read_all_texts(Preparation& preparation, const Settings& settings);

/// Finds the files anew and plans them as for a database without a history.
void plan_from_nothing(Preparation& preparation, const Settings& settings);

/// Makes the file of SQLite's database, if there is none, and that something is to be written to.
void make_missing_file(Preparation& preparation, const Settings& settings, std::chrono::milliseconds wait);

/// Creates the ledger, or brings it up to date, before the lock is taken: its identity and what is known of
/// the server included.  An SQLite file that does not exist is made only now, when there is something to
/// write.  Throws Error{refused} if another first run has made it the database of another environment.
void open_ledger(Preparation& preparation, const Settings& settings, std::chrono::milliseconds wait);

}  // namespace seedbed::host
