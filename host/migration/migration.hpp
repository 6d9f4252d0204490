#pragma once
// Migration files as values: read from a folder in any supported format, not yet applied.

#include <compare>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database/engine.hpp"
#include "database/sql/script.hpp"

namespace seedbed::host {

enum class Format { seedbed, supabase, plain, dbmate, goose, golang_migrate, flyway };

const char* format_name(Format format);
/// "auto" gives nullopt.  Throws Error{usage} that names the formats.
std::optional<Format> parse_format(const std::string& text, const std::string& source);

/// A stretch of a file that runs as something else: a placeholder or variable and its value.
struct Replacement {
  std::size_t offset = 0, size = 0;            ///< of the value in SqlPart::text
  std::size_t file_offset = 0, file_size = 0;  ///< of the placeholder in the file
};

/// A migration's text: a file, and the statements of it that run, in order, with offsets into
/// `text`.  Their lines and columns are those of the file, also where placeholders moved them.
struct SqlPart {
  std::filesystem::path path;  ///< as shown to people: relative to the settings' root if below it
  std::string text;            ///< the whole file, placeholders replaced
  std::vector<sql::Statement> statements;
  bool transactional = true;              ///< false where the file or its format says so
  std::vector<Replacement> replacements;  ///< in order; empty: `text` is the file
  std::string original;                   ///< the file's own bytes, kept only beside replacements
};

/// The place in the file that byte `offset` of `part.text` comes from.  Inside a replaced value it
/// is the placeholder.  Whoever reports an error of a part asks here, not sql::place_at().
Place place_of(const SqlPart& part, std::size_t offset);

/// What read_text() needs.
struct UnreadText;

struct Migration {
  std::string version;  ///< the ledger's key, e.g. "20260101120000"
  std::string name;     ///< e.g. "add_customers"
  std::string file;     ///< file name of the forward part, relative to the folder
  bool repeatable = false;
  bool as_is = false;  ///< controls transactions itself and runs as it was written: up.transactional is false
  std::string sha256;  ///< of the forward file's bytes

  // Empty until read_text():
  SqlPart up;
  std::optional<SqlPart> down;
  std::string token_hash;  ///< see sql::token_hash; of the file's bytes, before replacement

  std::shared_ptr<const UnreadText> unread;  ///< nothing once read_text() was called
};

/// What a folder holds for one engine.
///
/// `version` is, by format: the digits as written (seedbed, supabase, dbmate, goose,
/// golang-migrate); the file name without its suffixes (plain, where files may share a number);
/// the number with dots (flyway: V1_2__x.sql is "1.2"); "R__name" for flyway's repeatables, and
/// "B1.2" for its baselines.
struct MigrationFolder {
  Format format = Format::seedbed;
  std::vector<Migration> migrations;  ///< in the format's own order, repeatables last
  std::vector<Migration> baselines;   ///< flyway's B files: on a database without history, the
                                      ///< newest runs in place of all versions up to its own
  std::vector<std::string> left_alone;  ///< names of .sql files that the format's own tool, too, does not
                                        ///< take for migrations: supabase, dbmate, golang-migrate, flyway
};

/// Orders two versions as `format` does; equal ones are the same migration.
///
/// supabase and dbmate: bytes of the file name.  goose and golang-migrate: numbers.  flyway:
/// dotted numbers, where 1 is 1.0; repeatables after all.  seedbed and plain: numbers, but those
/// of eight and more digits are dates and compare by their digits, so that 20250101 is younger
/// than 20240101120000; plain then compares the rest of the name.
std::strong_ordering compare_versions(Format format, std::string_view a, std::string_view b);

/// Values that files ask for.
struct MigrationOptions {
  std::map<std::string, std::string> placeholders;  ///< flyway's ${name}, with lower-case names
  bool replace_placeholders = true;                 ///< flyway's placeholderReplacement
  std::map<std::string, std::string> environment;   ///< for goose's ENVSUB
  std::function<std::map<std::string, std::string>()> built_in{};  ///< flyway's own; `placeholders` come first
};

/// Finds every migration in `directory` (for flyway also below it) for `engine`.  What its file says
/// is not looked at: that is read_text()'s, for those that somebody asks about.
///
/// Without a `format` the folder says what it is: names like flyway's; a path that ends in
/// supabase/migrations; else the first file: `-- +goose` or `-- migrate:` lines in it; NAME.up.sql
/// or NAME.down.sql is golang-migrate (seedbed, if other names follow); fourteen digits are
/// seedbed, fewer are plain.
/// Rationale: the beginning of a history decides, so that a file added to its end does not change
/// the versions under which the earlier ones are recorded.
///
/// NAME.postgres.sql and NAME.sqlite.sql are NAME for that engine alone; for it they win over
/// NAME.sql.  NAME.down.sql, NAME_down.sql and NAME-down.sql are the down part of NAME.sql,
/// NAME.up.sql or the one migration of that version (seedbed, supabase, plain).  Only in supabase
/// a NAME_down.sql whose version no other file has is a migration, as it is for its own tools.
/// "rollback", "undo" and "revert", behind a dot, underscore or dash, do the same as "down" where there
/// is a migration NAME, and Postgrator's 001.undo.NAME.sql belongs to 001.do.NAME.sql; alone they are names.
/// Files other than .sql, and names that begin with `_` or `.`, are left alone.
///
/// Lines `-- seedbed: up`, `-- seedbed: down`, `-- seedbed: no-transaction` work in every format
/// but dbmate and goose, which have their own.  A line counts wherever it stands.  Among the comments that
/// begin a file, what sqlx, morph, Atlas and others write for it asks for the same (seedbed, plain, golang-migrate; see
/// Directive).
///
/// Throws Error{usage} at the file for a name that does not fit the format (save those left alone, unless all are and the
/// format was a guess), a version that two files share where the format forbids it, and a down part without its up part; for
/// a folder that has migrations only in folders below it; and for a folder or file that cannot be read.
MigrationFolder find_migrations(const std::filesystem::path& directory,
                                std::optional<Format> format, Engine engine,
                                const std::filesystem::path& root,
                                const MigrationOptions& options = {});

/// Reads and splits the files of `migration`, once.  The bytes of applied files would be held for nothing,
/// so they are read anew: what was hashed when it was found.
///
/// Throws Error{refused} if the up part is another by now, Error{usage} at the file and line for a directive
/// or option nobody knows or of another tool, a placeholder without a value, two down parts, or text that cannot be split.
void read_text(Migration& migration);

/// find_migrations(), and read_text() of all.
MigrationFolder read_migrations(const std::filesystem::path& directory,
                                std::optional<Format> format, Engine engine,
                                const std::filesystem::path& root,
                                const MigrationOptions& options = {});

}  // namespace seedbed::host
