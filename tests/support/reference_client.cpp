#include "support/reference_client.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "support/catch.hpp"

namespace seedbed::test {

namespace {

namespace fs = std::filesystem;

/// The newest of Debian's, which are not on the PATH; else whatever is.
fs::path postgres_program(const std::string& name) {
  fs::path best;
  long newest = 0;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const long number = std::atol(version.path().filename().c_str());
    const fs::path program = version.path() / "bin" / name;
    if (number <= newest || !fs::exists(program)) continue;
    newest = number;
    best = program;
  }
  return best.empty() ? fs::path("/usr/bin") / name : best;
}

std::string sqlite_file(const TestDatabase& database) {
  return database.url().substr(std::string("sqlite:").size());
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  REQUIRE(stream);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string output_of(const Program& program, const std::vector<std::string>& arguments) {
  const Finished finished = program.run(arguments);
  INFO(finished.err);
  REQUIRE(finished.exit_code == 0);
  return finished.out;
}

/// Leaves out what differs from run to run, and what is seedbed's.
std::string without_noise(const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    const bool noise = line.starts_with("\\restrict") || line.starts_with("\\unrestrict") ||
                       line.starts_with("--") || line.empty();
    if (!noise) result += line + '\n';
  }
  return result;
}

std::string quoted(const std::string& name) {
  std::string result = "\"";
  for (const char c : name) result.append(c == '"' ? 2 : 1, c);
  return result + '"';
}

/// The rows of a table as SQL literals, so that values of different types differ.
std::string rows_of(TestDatabase& database, const std::string& table) {
  std::string columns;
  for (const auto& column : database.rows("SELECT name FROM pragma_table_xinfo(" + quoted(table) + ") WHERE hidden <> 1")) {
    columns += (columns.empty() ? "quote(" : ", quote(") + quoted(column[0]) + ')';
  }
  // The ledger's tables have statistics, too.
  const std::string where = table.starts_with("sqlite_stat") ? " WHERE tbl NOT LIKE 'seedbed%' ORDER BY tbl, idx" : "";
  std::string result;
  for (const auto& row : database.rows("SELECT " + columns + " FROM " + quoted(table) + where)) {
    for (const std::string& value : row) result += value + '|';
    result += '\n';
  }
  return result;
}

std::string dump_sqlite(TestDatabase& database) {
  std::string result = "user_version " + database.value("PRAGMA user_version") + " application_id " +
                       database.value("PRAGMA application_id") + '\n';
  for (const auto& entry : database.rows(
           "SELECT type, name, coalesce(sql, '') FROM sqlite_master "
           "WHERE tbl_name NOT LIKE 'seedbed\\_%' ESCAPE '\\' ORDER BY type, name")) {
    result += entry[0] + ' ' + entry[1] + ": " + entry[2] + '\n';
    if (entry[0] == "table") result += rows_of(database, entry[1]);
  }
  return result;
}

}  // namespace

void apply_with_client(TestDatabase& database, const std::vector<fs::path>& files,
                       bool transactional) {
  const bool sqlite = database.engine() == host::Engine::sqlite;
  for (const fs::path& file : files) {
    INFO(file.string());
    if (sqlite) {
      const std::string text = text_of(file);
      Program program(fs::temp_directory_path(), "/usr/bin/sqlite3");
      program.input(transactional ? "BEGIN;\n" + text + "\n;COMMIT;\n" : text);
      output_of(program, {"-batch", "-bail", sqlite_file(database)});
    } else {
      std::vector<std::string> arguments{"-X", "-q", "-v", "ON_ERROR_STOP=1"};
      if (transactional) arguments.emplace_back("-1");
      arguments.insert(arguments.end(), {"-d", database.url(), "-f", file.string()});
      output_of(Program(fs::temp_directory_path(), postgres_program("psql")), arguments);
    }
  }
}

std::string dump(TestDatabase& database) {
  if (database.engine() == host::Engine::sqlite) return dump_sqlite(database);
  return without_noise(
      output_of(Program(fs::temp_directory_path(), postgres_program("pg_dump")),
                {"--inserts", "--exclude-schema=seedbed", "-d", database.url()}));
}

}  // namespace seedbed::test
