#include "seeding/changing_sql.hpp"

#include <algorithm>
#include <sstream>
#include <string_view>

#include "config/text_file.hpp"
#include "database/sql/script.hpp"
#include "seeding/sql_files.hpp"

namespace seedbed::host {

namespace {

/// The start of `statement` on one line.
std::string first_words(const std::string& statement) {
  constexpr std::size_t kMost = 8;
  std::istringstream words(statement);
  std::string text, word;
  for (std::size_t i = 0; i < kMost && words >> word; ++i) text += (i == 0 ? "" : " ") + word;
  return words >> word ? text + " …" : text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> sql_texts(const Seeder& seeder, const Settings& settings) {
  const Engine engine = settings.url.engine;
  std::vector<std::filesystem::path> files;
  if (seeder.kind == SeederKind::folder) files = folder_sql_files(seeder.path, engine);
  if (seeder.kind == SeederKind::sql_files) files = plain_sql_files(settings.seeders, engine);
  std::vector<std::pair<std::string, std::string>> texts;
  for (const std::filesystem::path& file : files) {
    std::string shown = shown_seed_path(file, settings.root);
    texts.emplace_back(shown, read_text_file(file, shown).text);
  }
  return texts;
}

std::vector<ChangingSql> changing_sql(const Seeder& seeder, const Settings& settings, const std::set<std::string>& statements) {
  const Engine engine = settings.url.engine;
  std::vector<ChangingSql> found;
  for (const auto& [file, text] : sql_texts(seeder, settings)) {
    for (const sql::Statement& statement : sql::split(text, engine, file)) {
      const auto value = sql::changing_value(std::string_view(text).substr(statement.offset, statement.size), engine);
      if (value) found.push_back({sql::place_at(file, text, statement.offset + value->offset), "", *value});
    }
  }
  for (const std::string& statement : statements) {
    const auto value = sql::changing_value(statement, engine);
    if (value) found.push_back({{}, first_words(statement), *value});
  }
  return found;
}

}  // namespace seedbed::host
