#include "seeding/plain_files.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "ledger/ledger.hpp"
#include "log.hpp"
#include "seeding/sql_files.hpp"

namespace seedbed::host {

namespace fs = std::filesystem;

namespace {

/// What a file's row in the ledger holds: its SHA-256, then a line "table=columns" for each table.
struct FileMark {
  std::string sha256;
  std::map<std::string, std::string> tables;  ///< it wrote: the hash of their columns
};

FileMark parse_mark(const std::string& text) {
  std::istringstream lines(text);
  FileMark mark;
  std::getline(lines, mark.sha256);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.rfind('=');
    if (equals != std::string::npos) mark.tables[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return mark;
}

std::string mark_text(const FileMark& mark) {
  std::string text = mark.sha256;
  for (const auto& [table, columns] : mark.tables) text += fmt::format("\n{}={}", table, columns);
  return text;
}

std::string columns_hash(Database& database, const std::string& table) {
  std::string all;
  for (const Column& column : database.columns(table)) {
    all += fmt::format("{} {} {} {}\n", column.name, column.type, column.not_null, column.has_default);
  }
  return sql::sha256(all).substr(0, 16);
}

using FileMarks = std::map<std::string, FileMark>;

FileMarks file_marks(const std::vector<RememberedSeed>& seeds) {
  FileMarks marks;
  for (const RememberedSeed& seed : seeds) {
    if (seed.seeder == "sql") marks[seed.item] = parse_mark(seed.fingerprint);
  }
  return marks;
}

std::string item_name(const fs::path& file, const Settings& settings) {
  return file.lexically_proximate(settings.root).string();
}

bool as_before(Database& database, const FileMark& mark, const std::string& sha256) {
  return mark.sha256 == sha256 && std::ranges::all_of(mark.tables, [&](const auto& table) {
    return database.table_exists(table.first) && columns_hash(database, table.first) == table.second;
  });
}

std::string file_hash(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  if (!stream) throw Error(ExitCode::usage, fmt::format("could not read \"{}\"", file.string()));
  return sql::sha256(bytes.str());
}

void add_changes(std::vector<TableOutcome>& tables, const std::vector<TableCounts>& changes) {
  for (const TableCounts& change : changes) {
    auto found = std::ranges::find(tables, change.table, [](const TableOutcome& entry) { return entry.counts.table; });
    if (found == tables.end()) found = tables.insert(found, TableOutcome{TableCounts{change.table}, {}, false});
    found->counts.inserted += change.inserted;
    found->counts.updated += change.updated;
    found->counts.deleted += change.deleted;
  }
}

}  // namespace

std::vector<std::string> tables_of_plain_file(const RememberedSeed& seed) {
  std::vector<std::string> tables;
  for (const auto& [table, columns] : parse_mark(seed.fingerprint).tables) tables.push_back(table);
  return tables;
}

bool plain_files_current(Database& database, const Settings& settings, const std::vector<RememberedSeed>& seeds) {
  const FileMarks remembered = file_marks(seeds);
  return std::ranges::all_of(plain_sql_files(settings.seeders, settings.url.engine), [&](const fs::path& file) {
    const auto before = remembered.find(item_name(file, settings));
    return before != remembered.end() && as_before(database, before->second, file_hash(file));
  });
}

bool run_plain_files(Database& database, const Settings& settings, bool again, SeederOutcome& outcome) {
  Ledger ledger(database);
  const FileMarks remembered = file_marks(ledger.seeds());
  bool ran = false;
  for (const fs::path& file : plain_sql_files(settings.seeders, settings.url.engine)) {
    const std::string item = item_name(file, settings);
    FileMark mark{file_hash(file), {}};
    const auto before = remembered.find(item);
    if (!again && before != remembered.end() && as_before(database, before->second, mark.sha256)) {
      log::debug("seed_file_unchanged", {{"file", item}});
      continue;
    }
    database.start_counting();
    run_sql_file(database, file, settings.root, nullptr);
    const std::vector<TableCounts> changes = database.changes();
    add_changes(outcome.tables, changes);
    ran = true;
    if (again) continue;
    // An edited file may find all its rows there; the tables it wrote before still are its tables.
    if (before != remembered.end()) mark.tables = before->second.tables;
    for (const TableCounts& change : changes) mark.tables[change.table] = "";
    std::erase_if(mark.tables, [&](const auto& table) { return !database.table_exists(table.first); });
    for (auto& [table, columns] : mark.tables) columns = columns_hash(database, table);
    ledger.remember({outcome.name, item, mark_text(mark), "", ""});
    log::info("seed_file_completed", {{"file", item}});
  }
  return ran;
}

}  // namespace seedbed::host
