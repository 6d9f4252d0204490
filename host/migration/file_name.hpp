#pragma once
// What the name of a migration file says, format by format.

#include <optional>
#include <string>
#include <string_view>

#include "database/engine.hpp"
#include "migration/migration.hpp"

namespace seedbed::host {

enum class Direction { up, down };

struct FileName {
  enum class Kind { versioned, repeatable, baseline };

  Kind kind = Kind::versioned;
  Direction direction = Direction::up;
  std::string down_word;  ///< NAME_down, NAME-rollback, NAME.undo …: a word that can also be just a part of a name
  std::string version;    ///< see MigrationFolder
  std::string number;     ///< the version's digits
  std::string name;
  std::string stem;              ///< the name without its suffixes; siblings share it
  std::optional<Engine> engine;  ///< of a file for one engine only
};

/// Words at the end of a name.
enum class DownWords { count, are_names };

/// nullopt where `file`, a name that ends in .sql, is not one of the format's.
std::optional<FileName> parse_file_name(Format format, std::string_view file, DownWords words = DownWords::count);

/// True for a name that only flyway uses: V1__x.sql, R__x.sql, U1__x.sql, B1__x.sql.
bool is_flyway_name(std::string_view file);

/// True for V1__x.sql, and V1.sql, which in the folder of another tool may be a file to leave alone.
bool is_bare_flyway_name(std::string_view file);

/// True for NAME.up.sql and NAME.down.sql.
bool is_up_or_down_name(std::string_view file);

/// True for names that end in .sql, in any case.
bool is_sql_name(std::string_view file);

/// True where the format's own tool runs the files that are named as it wants and leaves all others
/// alone: there a name that is not one of the format's is no error.
bool leaves_other_names_alone(Format format);

/// A whole sentence that shows a name of the format.
std::string name_example(Format format);

}  // namespace seedbed::host
