#include "seeding/sql_files.hpp"

#include <glob.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "database/sql/track_counts.hpp"
#include "database/sql/transaction.hpp"
#include "seeding/folder_entries.hpp"

namespace seedbed::host {

namespace fs = std::filesystem;
using sql::Kind;
using sql::Statement;

namespace {

bool runs(const fs::path& file) {
  const std::string name = file.filename().string();
  return file.extension() == ".sql" && !name.starts_with('_') && !name.starts_with('.');
}

bool is_for(const fs::path& file, Engine engine) {
  const std::string variant = file.stem().extension().string();
  if (variant == ".postgres") return engine == Engine::postgres;
  if (variant == ".sqlite") return engine == Engine::sqlite;
  return true;
}

/// Leaves of `files` those for `engine`; its own NAME.sqlite.sql stands in place of NAME.sql.
void keep_those_for(Engine engine, std::vector<fs::path>& files) {
  const char* const variant = engine == Engine::postgres ? ".postgres.sql" : ".sqlite.sql";
  const std::set<fs::path> all(files.begin(), files.end());
  std::erase_if(files, [&](const fs::path& file) {
    return !is_for(file, engine) || all.contains(fs::path(file).replace_extension(variant));
  });
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (fs::path& entry : entries_of(folder)) {
    std::error_code ignored;
    if (fs::is_regular_file(entry, ignored) && runs(entry)) files.push_back(std::move(entry));
  }
  return files;
}

/// `pattern` is as SeederSettings::sql_paths has it: a backslash takes its meaning from what follows.
std::vector<fs::path> globbed(const std::string& pattern) {
  glob_t found{};
  const int code = glob(pattern.c_str(), GLOB_ERR, nullptr, &found);
  std::vector<fs::path> paths;
  for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  globfree(&found);
  if (code != 0 && code != GLOB_NOMATCH) {
    throw Error(ExitCode::usage, fmt::format("could not read the folders that \"{}\" names", pattern));
  }
  return paths;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::vector<fs::path> matches(const std::string& pattern) {
  std::vector<fs::path> files;
  for (const fs::path& path : globbed(pattern)) {
    if (is_folder(path)) std::ranges::copy(files_in(path), std::back_inserter(files));
    else if (runs(path)) files.push_back(path);
  }
  return files;
}

bool chooses_files(const std::string& pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') ++i;
    else if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[') return true;
  }
  return false;
}

std::string read_sql(const fs::path& file, const std::string& shown) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  if (!stream) throw Error(ExitCode::usage, fmt::format("could not read \"{}\"", shown));
  return bytes.str();
}

void refuse_what_breaks_the_transaction(const std::vector<Statement>& statements, const Statement* stray, const Database::Locate& locate) {
  for (const Statement& statement : statements) {
    const bool control = &statement == stray || statement.kind == Kind::savepoint;
    if (!control && statement.kind != Kind::non_transactional) continue;
    throw Error(ExitCode::refused, control ? "a seed file cannot control transactions itself"
                                           : "a seed file cannot hold a statement that must run outside a transaction")
        .at(locate(statement.offset))
        .detail("All seeds of a run commit together.")
        .hint(control ? "Remove the statement; BEGIN and COMMIT around the whole file are fine."
                      : "Move the statement into a migration.");
  }
}

void refuse_uncounted_rows(Engine engine, std::string_view text, std::span<const Statement> statements, const Database::Locate& locate) {
  if (engine != Engine::postgres) return;
  for (const Statement& statement : statements) {
    const auto at = sql::mention_of_track_counts(text.substr(statement.offset, statement.size));
    if (!at) continue;
    throw Error(ExitCode::refused, "a seed file cannot have the counting of its rows switched off")
        .at(locate(statement.offset + *at))
        .hint("Do not set track_counts; rows with that word in them can come from a .csv file.");
  }
}

constexpr std::string_view kSyntaxError = "42601";

bool is_at(const Error& error, const Place& place) {
  return error.place().line == place.line && error.place().column == place.column;
}

bool is_unique_violation(const Error& error) {
  return error.sqlstate() == "23505" || error.sqlstate() == "SQLite 2067" || error.sqlstate() == "SQLite 1555";
}

/// The columns of the key that a unique violation names, empty if it names none.
std::string violated_key(const Error& error) {
  constexpr std::string_view kPostgres = "Key (", kSqlite = "UNIQUE constraint failed: ";
  if (const auto start = error.detail().find(kPostgres); start != std::string::npos) {
    const auto end = error.detail().find(")=(", start);
    return end == std::string::npos ? "" : error.detail().substr(start + kPostgres.size(), end - start - kPostgres.size());
  }
  const auto start = error.message().find(kSqlite);
  if (start == std::string::npos) return "";
  std::istringstream columns(error.message().substr(start + kSqlite.size()));
  std::string key;
  for (std::string column; std::getline(columns >> std::ws, column, ',');) {
    const auto dot = column.find('.');
    if (dot == std::string::npos) return "";  // an index over an expression, by its name
    key += (key.empty() ? "" : ", ") + column.substr(dot + 1);
  }
  return key;
}

/// What to do about a seed file that inserts a row which is there.
std::string idempotent_hint(const Error& error, bool once) {
  const std::string key = violated_key(error);
  if (once) {
    return fmt::format("This load runs one time only, and the row is there: ON CONFLICT ({}) DO NOTHING leaves it as it is.",
                       key.empty() ? "key" : key);
  }
  return fmt::format("A seed file runs again and again: end its INSERT with ON CONFLICT ({}) DO NOTHING or DO UPDATE.",
                     key.empty() ? "key" : key);
}

}  // namespace

std::vector<fs::path> plain_sql_files(const SeederSettings& settings, Engine engine) {
  std::vector<fs::path> files;
  for (const std::string& pattern : settings.sql_paths) {
    std::vector<fs::path> found = matches(pattern);
    if (found.empty() && settings.sql_paths_named) {
      throw Error(ExitCode::usage, fmt::format("no seed file matches \"{}\"", pattern))
          .hint("A path is an .sql file, a folder of them, or a pattern such as \"seeds/[0-9]*.sql\".");
    }
    keep_those_for(engine, found);
    for (fs::path& file : found) {
      if (std::ranges::find(files, file) == files.end()) files.push_back(std::move(file));
    }
  }
  return files;
}

std::vector<fs::path> plain_sql_folders(const SeederSettings& settings) {
  std::vector<fs::path> folders;
  for (const std::string& pattern : settings.sql_paths) {
    for (const fs::path& path : globbed(pattern)) {
      if (!is_folder(path) && !chooses_files(pattern)) continue;
      const fs::path folder = is_folder(path) ? path : path.parent_path();
      if (std::ranges::find(folders, folder) == folders.end()) folders.push_back(folder);
    }
  }
  return folders;
}

Seeder plain_sql_seeder(const SeederSettings& settings) {
  Seeder seeder;
  seeder.kind = SeederKind::sql_files;
  seeder.declaration.name = "sql";
  seeder.declaration.description = "plain seed files";
  seeder.declaration.tier = settings.sql_tier;
  return seeder;
}

std::vector<fs::path> folder_sql_files(const fs::path& folder, Engine engine) {
  std::vector<fs::path> files = files_in(folder);
  keep_those_for(engine, files);
  return files;
}

std::vector<std::string> csv_names(const std::string& file) {
  const std::string stem = fs::path(file).stem().string();
  return {file, stem + ".postgres.csv", stem + ".sqlite.csv"};
}

std::optional<fs::path> csv_file(const fs::path& folder, const std::string& file, Engine engine) {
  const std::vector<std::string> names = csv_names(file);
  std::error_code ignored;
  if (const fs::path variant = folder / names[engine == Engine::postgres ? 1 : 2]; fs::is_regular_file(variant, ignored)) return variant;
  const fs::path itself = folder / file;
  if (!is_for(itself, engine) || !fs::is_regular_file(itself, ignored)) return std::nullopt;
  return itself;
}

std::string shown_seed_path(const fs::path& file, const fs::path& root) {
  const fs::path relative = file.lexically_proximate(root);
  return relative.native().starts_with("..") ? file.string() : relative.string();
}

void run_sql_file(Database& database, const fs::path& file, const fs::path& root, const Constants* constants, bool once) {
  const std::string shown = shown_seed_path(file, root);
  const std::string source = read_sql(file, shown);
  const std::vector<Statement> statements = sql::split(source, database.engine(), shown);
  const auto place = [&](std::size_t offset) { return sql::place_at(shown, source, std::min(offset, source.size())); };
  const sql::OneTransaction one = sql::as_one_transaction(source, statements);
  const std::string& text = one.text.empty() ? source : one.text;
  refuse_what_breaks_the_transaction(statements, one.stray, place);

  database.execute("SAVEPOINT seedbed_file");
  BoundScript bound;
  try {
    if (constants == nullptr) {
      refuse_uncounted_rows(database.engine(), text, one.statements, place);
      database.run_script(text, one.statements, place);
    } else {
      bound = bind_constants(text, one.statements, *constants, database.engine(), shown);
      const auto source_place = [&](std::size_t offset) { return place(bound.source_offset(offset)); };
      refuse_uncounted_rows(database.engine(), bound.text, bound.statements, source_place);
      database.run_script(bound.text, bound.statements, source_place);
    }
    database.reset_session();
  } catch (Error& error) {
    if (is_unique_violation(error)) {
      error.hint(idempotent_hint(error, once));
      if (constants != nullptr && !once) error.hint("If it is to run one time only, say run = \"once\" in its seeder.toml.");
    }
    if (error.sqlstate() == kSyntaxError) {
      std::size_t line = 1, counted = 0;
      for (const std::size_t offset : bound.unknown) {
        line += static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
        counted = offset;
        if (line == error.place().line && is_at(error, place(offset))) error.hint(hint_on_unknown(text, offset, *constants));
      }
    }
    if (error.place().file.empty()) error.at({shown, 0, 0, ""});
    throw;
  }
  database.execute("RELEASE SAVEPOINT seedbed_file");
}

}  // namespace seedbed::host
