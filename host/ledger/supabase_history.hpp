#pragma once
// The history of migrations that Supabase's own tool keeps in the database.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database/database.hpp"

namespace seedbed::host {

/// A migration as Supabase's history holds it.
struct SupabaseMigration {
  std::string version;
  std::string name;
  std::vector<std::string> statements;  ///< without their semicolons
};

/// What Supabase's history says of a version.
struct SupabaseRow {
  std::string name;
  std::optional<std::string> text;  ///< its statements, a line with a semicolon between two; unknown where never written
};

/// The table supabase_migrations.schema_migrations of a PostgreSQL database.
///
/// Older tools made it with a version alone, newer ones have more columns than are written here:
/// what is there of version, name and statements is used.  The connection must outlive the object.
class SupabaseHistory {
 public:
  static constexpr const char* kTable = "supabase_migrations.schema_migrations";

  /// Looks at the catalog.  Throws Error{refused} for a table that the role may not read.
  explicit SupabaseHistory(Database& database);

  bool exists() const { return exists_; }
  /// True if the table was there before prepare().
  bool found() const { return found_; }
  /// True if prepare() would have nothing to do.
  bool ready() const { return exists_ && writable_; }

  /// Makes the table, as Supabase's tool does, unless it is there.  Needs an open transaction.
  ///
  /// Throws Error{refused} when the role may not make it, or not write to it.
  void prepare();

  /// All rows, without the texts.
  std::vector<std::string> versions();
  /// Those of `versions` that are there.
  std::map<std::string, SupabaseRow> rows(const std::vector<std::string>& versions);

  /// The statement that records `migration`, its values within it, so that it can be part of the
  /// message that applies the migration.  It fails if the version is there.
  std::string insertion(const SupabaseMigration& migration) const;

  /// Records `migration` unless its version is there.
  void record(const SupabaseMigration& migration);
  /// Writes name and statements of `migration` into the row of its version, if there is one.
  void replace(const SupabaseMigration& migration);
  void forget(std::string_view version);
  void forget_all();

 private:
  bool has(std::string_view column) const;

  Database& database_;
  std::string role_;
  bool schema_exists_ = false, found_ = false, exists_ = false, writable_ = false;
  std::vector<std::string> columns_;
};

}  // namespace seedbed::host
