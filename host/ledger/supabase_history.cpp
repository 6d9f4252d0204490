#include "ledger/supabase_history.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace seedbed::host {

namespace {

// The catalog alone: to_regclass() fails for a schema that the role may not use.
constexpr const char* kLook = R"(
    SELECT current_user, n.oid IS NOT NULL, c.oid IS NOT NULL,
           has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'),
           has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'INSERT'),
           (SELECT string_agg(a.attname, ' ') FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
    FROM (SELECT) AS one
    LEFT JOIN pg_namespace n ON n.nspname = 'supabase_migrations'
    LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'schema_migrations')";

std::string array_of(const Database& database, const std::vector<std::string>& texts) {
  if (texts.empty()) return "NULL";
  std::vector<std::string> literals;
  for (const std::string& text : texts) literals.push_back(database.literal(text));
  return fmt::format("ARRAY[{}]::text[]", fmt::join(literals, ", "));
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    result.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

constexpr const char* kRefused = "42501";

}  // namespace

SupabaseHistory::SupabaseHistory(Database& database) : database_(database) {
  const Row row = database.query(kLook).at(0);
  role_ = *row[0];
  schema_exists_ = row[1] == "t";
  found_ = exists_ = row[2] == "t";
  writable_ = row[4] == "t";
  columns_ = words(row[5].value_or(""));
  if (!exists_ || row[3] == "t") return;
  throw Error(ExitCode::refused, fmt::format("role \"{}\" may not read {}", role_, kTable))
      .hint(fmt::format("GRANT USAGE ON SCHEMA supabase_migrations TO {0}; GRANT ALL ON {1} TO {0}; or remove \"history\" from "
                        "[migrations].", role_, kTable));
}

bool SupabaseHistory::has(std::string_view column) const { return std::ranges::find(columns_, column) != columns_.end(); }

void SupabaseHistory::prepare() {
  if (found_ && !writable_) {
    throw Error(ExitCode::refused, fmt::format("role \"{}\" may not write to {}", role_, kTable))
        .detail("With history = \"supabase\" each migration is recorded there too. Nothing was applied.")
        .hint(fmt::format("GRANT ALL ON {} TO {}; or connect as the role that owns it.", kTable, role_));
  }
  if (found_) return;  // what an earlier call made may have been rolled back
  try {
    // The same statements as in Supabase's tool (pkg/migration/history.go).  It does not ask before
    // making the schema, which needs a right on the database even where the schema is there.
    if (!schema_exists_) database_.execute("CREATE SCHEMA IF NOT EXISTS supabase_migrations");
    database_.execute("CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY)");
    database_.execute("ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[]");
    database_.execute("ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text");
  } catch (const Error& error) {
    if (error.sqlstate() != kRefused) throw;
    throw Error(ExitCode::refused, fmt::format("role \"{}\" may not make {}", role_, kTable))
        .sqlstate(error.sqlstate())
        .detail(fmt::format("The server says: {}. Nothing was applied.", error.message()))
        .hint("Let Supabase's own tool, or a role with that right, make it once; or remove \"history\" from [migrations].");
  }
  exists_ = writable_ = true;
  columns_ = {"version", "statements", "name"};
}

std::vector<std::string> SupabaseHistory::versions() {
  std::vector<std::string> versions;
  if (!exists_) return versions;
  for (const Row& row : database_.query(fmt::format("SELECT version FROM {} ORDER BY version", kTable))) versions.push_back(*row[0]);
  return versions;
}

std::map<std::string, SupabaseRow> SupabaseHistory::rows(const std::vector<std::string>& versions) {
  std::map<std::string, SupabaseRow> found;
  if (!exists_ || versions.empty()) return found;
  // The semicolon has a line of its own, or a comment at a statement's end would hide it.
  for (const Row& row : database_.query(fmt::format("SELECT version, {}, {} FROM {} WHERE version = ANY ({})",
                                                    has("name") ? "name" : "NULL",
                                                    has("statements") ? "array_to_string(statements, E'\\n;\\n')" : "NULL", kTable,
                                                    array_of(database_, versions)))) {
    found[*row[0]] = {row[1].value_or(""), row[2]};
  }
  return found;
}

std::string SupabaseHistory::insertion(const SupabaseMigration& migration) const {
  std::string columns = "version", values = database_.literal(migration.version);
  if (has("name")) {
    columns += ", name";
    values += ", " + database_.literal(migration.name);
  }
  if (has("statements")) {
    columns += ", statements";
    values += ", " + array_of(database_, migration.statements);
  }
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", kTable, columns, values);
}

void SupabaseHistory::record(const SupabaseMigration& migration) {
  database_.execute(insertion(migration) + " ON CONFLICT DO NOTHING");
}

void SupabaseHistory::replace(const SupabaseMigration& migration) {
  std::string changes;
  if (has("name")) changes = "name = " + database_.literal(migration.name);
  if (has("statements")) changes += (changes.empty() ? "statements = " : ", statements = ") + array_of(database_, migration.statements);
  if (changes.empty()) return;
  const std::array params{text_value(migration.version)};
  database_.execute(fmt::format("UPDATE {} SET {} WHERE version = $1", kTable, changes), params);
}

void SupabaseHistory::forget(std::string_view version) {
  const std::array params{text_value(version)};
  database_.execute(fmt::format("DELETE FROM {} WHERE version = $1", kTable), params);
}

void SupabaseHistory::forget_all() { database_.execute(fmt::format("DELETE FROM {}", kTable)); }

}  // namespace seedbed::host
