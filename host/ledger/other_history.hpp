#pragma once
// The histories that other migration tools keep in the database.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

enum class Tool { supabase, dbmate, goose, golang_migrate, flyway, sqlx };

const char* tool_name(Tool tool);
/// Throws Error{usage} that names the tools.
Tool parse_tool(const std::string& text);

/// A table that has the columns of a tool's history.
struct HistoryTable {
  Tool tool = Tool::supabase;
  std::string name;  ///< as people write it: "public.goose_db_version"
  std::string sql;   ///< as SQL has it
};

struct HistorySearch {
  std::vector<HistoryTable> found;
  std::vector<std::string> others;  ///< "schema_migrations is that of Rails": tables of a familiar name that no tool here made
};

/// Looks for the tables' usual names: in the search path, and where a name is one tool's alone also
/// in other schemas of the user's own.
///
/// Several tools name their table schema_migrations: its columns tell which one made it.
HistorySearch find_histories(Database& database);

/// The table `name`, which is `tool`'s, or without one that of the tool whose columns it has.
///
/// Throws Error{usage} when there is no such table, or its columns are not those of the tool.
HistoryTable history_named(Database& database, const std::string& name, std::optional<Tool> tool);

/// A version that a history says is applied.
struct RecordedVersion {
  std::string version;      ///< as the tool spells it; empty: repeatable
  std::string script;       ///< flyway: the file's name, with the folders above it
  std::string description;  ///< flyway, sqlx, supabase
  std::string checksum;     ///< flyway: CRC-32 in decimal; sqlx: SHA-384 in hex; empty: none kept
  std::optional<std::string> text;         ///< supabase: the statements
  std::optional<std::int64_t> applied_at;  ///< microseconds since 1970 UTC
  std::int64_t took_ms = 0;
};

struct OtherHistory {
  HistoryTable table;
  std::vector<RecordedVersion> versions;  ///< in the order in which they were applied
  /// Everything up to this version is applied, recorded or not: golang-migrate's only row, flyway's
  /// baseline.  Empty: none.
  std::string up_to;
};

/// Reads the applied versions: those that were taken back are left out.
///
/// Throws Error{refused} for a history that says that a migration failed half-way.
OtherHistory read_history(Database& database, const HistoryTable& table);

}  // namespace seedbed::host
