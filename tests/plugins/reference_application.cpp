#include "plugins/reference_application.hpp"

#include <algorithm>
#include <string_view>

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "support/catch.hpp"

namespace seedbed::test {

namespace {

constexpr const char* kToml = R"toml(
default_environment = "local"

[migrations]
directory = "{source}/migrations"

[seeders]
directories = ["{build}/plugins", "{source}/plugins"]
order = ["rbac", "providers", "curriculum", "catalog_journeys", "styles", "test_users", "synthetic_traffic"]

[environments.local]
tier = "development"
url = "{url}"

[environments.staging]
tier = "staging"
url = "{url}"
seeders = ["rbac", "providers", "curriculum", "catalog_journeys", "styles"]
[environments.staging.parameters.catalog_journeys]
enrollments = 10
ratings = 8

[environments.production]
tier = "production"
url = "{url}"
seeders = ["rbac", "providers", "curriculum", "styles"]
)toml";

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

constexpr const char* kPostgresTables =
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
constexpr const char* kSqliteTables =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
    "AND name NOT LIKE 'seedbed_%' ORDER BY 1";

std::string columns_query(host::Engine engine, const std::string& table) {
  if (engine == host::Engine::sqlite)
    return fmt::format("SELECT name, type FROM pragma_table_info('{}') ORDER BY name", table);
  return fmt::format(
      "SELECT column_name, data_type FROM information_schema.columns "
      "WHERE table_schema = 'public' AND table_name = '{}' ORDER BY column_name",
      table);
}

std::string expression(const std::string& column, const std::string& type) {
  if (type == "boolean") return column + "::int";
  if (type == "timestamp with time zone")
    return fmt::format("to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
                       column);
  return column;
}

std::string canonical_value(const std::string& value) {
  if (!value.starts_with('{') && !value.starts_with('[')) return value;
  return nlohmann::json::parse(value).dump();
}

std::string canonical_row(const std::vector<std::string>& row) {
  std::string text;
  for (const std::string& value : row) text += canonical_value(value) + "|";
  return text;
}

}  // namespace

ReferenceApplication::ReferenceApplication(host::Engine engine) : database_(engine) {
  std::string toml = replaced(kToml, "{source}", SEEDBED_SOURCE_DIR);
  toml = replaced(toml, "{build}", SEEDBED_BINARY_DIR);
  write_file(folder_ / "seedbed.toml", replaced(toml, "{url}", database_.url()));
}

Finished ReferenceApplication::try_run(const std::vector<std::string>& arguments,
                                       const std::string& now) const {
  Program program(folder_.path());
  if (!now.empty()) program.environment("SEEDBED_NOW", now);
  return program.run(arguments);
}

Finished ReferenceApplication::run(const std::vector<std::string>& arguments,
                                   const std::string& now) {
  Finished finished = try_run(arguments, now);
  INFO(finished.err);
  REQUIRE(finished.exit_code == 0);
  return finished;
}

void ReferenceApplication::set_parameter(const std::string& seeder, const std::string& name,
                                         const std::string& value) {
  const auto file = folder_ / "seedbed.toml";
  write_file(file, read_file(file) + fmt::format("[environments.local.parameters.{}]\n{} = {}\n",
                                                 seeder, name, value));
}

std::map<std::string, std::vector<std::string>> ReferenceApplication::contents() {
  std::map<std::string, std::vector<std::string>> contents;
  const bool sqlite = database_.engine() == host::Engine::sqlite;
  for (const auto& table : database_.rows(sqlite ? kSqliteTables : kPostgresTables)) {
    std::string list;
    for (const auto& column : database_.rows(columns_query(database_.engine(), table.at(0))))
      list += (list.empty() ? "" : ", ") + expression(column.at(0), column.at(1));
    std::vector<std::string>& rows = contents[table.at(0)];
    for (const auto& row : database_.rows(fmt::format("SELECT {} FROM {}", list, table.at(0))))
      rows.push_back(canonical_row(row));
    std::sort(rows.begin(), rows.end());
  }
  return contents;
}

std::map<std::string, int> ReferenceApplication::row_counts() {
  std::map<std::string, int> counts;
  for (const auto& [table, rows] : contents())
    if (!rows.empty()) counts[table] = static_cast<int>(rows.size());
  return counts;
}

}  // namespace seedbed::test
