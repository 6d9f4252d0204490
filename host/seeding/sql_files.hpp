#pragma once
// Seeders made of SQL files: folders with a seeder.toml, and the plain seed files of sql_paths.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "database/database.hpp"
#include "seeding/constants.hpp"
#include "seeding/seeder.hpp"

namespace seedbed::host {

/// The folders of seed files that the settings name, or choose files in.
std::vector<std::filesystem::path> plain_sql_folders(const SeederSettings& settings);

/// The seeder "sql" of the plain seed files.
Seeder plain_sql_seeder(const SeederSettings& settings);

/// The files that `settings.sql_paths` stand for, in order: a file, a folder's .sql files by name,
/// or a glob.  Names that begin with _ or . are left out; what is for one engine is as in
/// folder_sql_files().  Throws Error{usage} for a path of the command line that stands for nothing.
std::vector<std::filesystem::path> plain_sql_files(const SeederSettings& settings, Engine engine);

/// The numbered .sql files of a seeder's folder for one engine, in order: NAME.postgres.sql and
/// NAME.sqlite.sql run on that engine alone, in place of NAME.sql where that is there too.
std::vector<std::filesystem::path> folder_sql_files(const std::filesystem::path& folder, Engine engine);

/// The names that a [[table]]'s `file` may have: its own, and those of its variants for one engine,
/// NAME.postgres.csv and NAME.sqlite.csv.
std::vector<std::string> csv_names(const std::string& file);

/// Which of them holds the rows for `engine`, the variant before the file itself; nothing if all that
/// are there are the other engine's.
std::optional<std::filesystem::path> csv_file(const std::filesystem::path& folder, const std::string& file, Engine engine);

/// `file` as errors name it: relative to `root` if it lies below that.
std::string shown_seed_path(const std::filesystem::path& file, const std::filesystem::path& root);

/// Runs one file inside the open transaction, in a savepoint of its own, and undoes what it left in
/// the session.  A BEGIN … COMMIT around the whole file is the savepoint.
///
/// Throws Error{refused} at the line of other transaction control and of statements that cannot run
/// in a transaction or could switch off the counting of rows; Error{failed} at the place where a statement failed, with a hint on
/// ON CONFLICT for a key that exists.  Without `constants`, as plain seed files have it, nothing is
/// replaced in the text.  `once`: the file's seeder is a load that is not repeated.
void run_sql_file(Database& database, const std::filesystem::path& file, const std::filesystem::path& root,
                  const Constants* constants, bool once = false);

}  // namespace seedbed::host
