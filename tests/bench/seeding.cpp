// Measures bulk writers against psql's \copy and sqlite3's .import of the same rows: times as ratios
// from one run, interleaved, and what the server logged and both sides held in memory.
//
//   seedbed_bench_seeding CONNINFO PSQL FOLDER ROWS...

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "database/database.hpp"

using namespace seedbed::host;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kBatch = 1024;
constexpr std::size_t kWidth = 6;

std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// The rows of one batch and the text that they point into.
struct Batch {
  std::vector<seedbed_value> values;
  std::vector<std::string> texts;

  void fill(long first, long count) {
    values.clear();
    texts.clear();
    texts.reserve(static_cast<std::size_t>(count) * 3);
    for (long i = first; i < first + count; ++i) {
      const std::uint64_t a = mixed(static_cast<std::uint64_t>(i)), b = mixed(a);
      texts.emplace_back(reinterpret_cast<const char*>(&a), 8).append(reinterpret_cast<const char*>(&b), 8);
      seedbed_value id = text_value(texts.back());
      id.type = SEEDBED_UUID;
      const seedbed_value code = text_value(texts.emplace_back(fmt::format("item-{:09}", i)));
      seedbed_value doc = text_value(texts.emplace_back(fmt::format("{{\"n\": {}, \"tag\": \"t{}\"}}", i, b % 1000)));
      doc.type = SEEDBED_JSON;
      values.insert(values.end(), {id, code, doc, timestamp_value(1'700'000'000'000'000 + i * 1'000'000),
                                   integer_value(1 + i % 1000), integer_value(static_cast<std::int64_t>(b % 100'000))});
    }
  }
};

/// Opens the writer of the table, as a plugin does.
std::unique_ptr<RowWriter> open_writer(Database& database, int mode) {
  const auto text = [](const char* name) { return seedbed_text{name, std::char_traits<char>::length(name)}; };
  seedbed_column columns[kWidth]{};
  const char* names[] = {"id", "code", "doc", "at", "owner_id", "qty"};
  for (std::size_t i = 0; i < kWidth; ++i) columns[i].name = text(names[i]);
  const seedbed_text key = text("id");
  return database.open_writer({sizeof(seedbed_writer), mode, text("item"), columns, kWidth, &key, 1});
}

double milliseconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Seeds `rows` rows; returns milliseconds, counting and commit included.
double seed(Database& database, long rows, int mode, std::int64_t expected) {
  std::int64_t counted = 0;
  const double took = milliseconds([&] {
    Transaction transaction(database, {5s});
    database.start_counting();
    const auto writer = open_writer(database, mode);
    Batch batch;
    for (long i = 0; i < rows; i += kBatch) {
      batch.fill(i, std::min<long>(kBatch, rows - i));
      writer->write(batch.values.data(), batch.values.size() / kWidth);
    }
    writer->finish();
    for (const TableCounts& table : database.changes()) counted += table.inserted + table.updated;
    database.reset_session();
    transaction.commit();
  });
  if (counted != expected) throw std::runtime_error(fmt::format("{} rows counted, {} expected", counted, expected));
  return took;
}

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[4096];
  for (std::size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  if (pclose(pipe) != 0) throw std::runtime_error("failed: " + command + "\n" + text);
  return text;
}

/// The sum of what psql's \timing says.
double psql_milliseconds(const std::string& psql, const std::string& conninfo, const std::string& script, const std::string& folder) {
  std::ofstream(folder + "/script.sql") << "\\timing on\n" << script;
  const std::string out = output_of(fmt::format("{} '{}' -X -v ON_ERROR_STOP=1 -f {}/script.sql 2>&1", psql, conninfo, folder));
  double total = 0;
  for (auto at = out.find("Time: "); at != out.npos; at = out.find("Time: ", at + 1)) total += std::stod(out.substr(at + 6));
  return total;
}

double kib(const std::string& file, const std::string& label) {
  std::ifstream status(file);
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(label)) return std::stod(line.substr(label.size()));
  }
  return 0;
}

constexpr const char* kPostgres =
    "DROP TABLE IF EXISTS item; DROP TABLE IF EXISTS owner; CREATE TABLE owner (id int PRIMARY KEY, name text);"
    "INSERT INTO owner SELECT i, 'o' || i FROM generate_series(1, 1000) i;"
    "CREATE TABLE item (id uuid PRIMARY KEY, code text NOT NULL UNIQUE, doc jsonb NOT NULL, at timestamptz NOT NULL, "
    "owner_id int NOT NULL REFERENCES owner, qty int NOT NULL); CREATE INDEX item_qty ON item (qty)";

constexpr const char* kSqlite[] = {
    "CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT)",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO owner SELECT i, 'o' || i FROM n",
    "CREATE TABLE item (id TEXT NOT NULL PRIMARY KEY, code TEXT NOT NULL UNIQUE, doc TEXT NOT NULL, at TEXT NOT NULL, "
    "owner_id INTEGER NOT NULL REFERENCES owner, qty INTEGER NOT NULL)",
    "CREATE INDEX item_qty ON item (qty)"};

void print(long rows, const char* what, double ours, const char* against, double theirs, const std::string& more = "") {
  std::cout << fmt::format("| {} | {} | {:.1f} | {} {:.1f} | {:.2f} | {} |\n", rows, what, ours, against, theirs, ours / theirs, more) << std::flush;
}

void measure_postgres(const std::string& conninfo, const std::string& psql, const std::string& folder, long rows) {
  const std::string file = folder + "/rows.copy";
  const auto database = connect(parse_url(conninfo, "/"), {});
  const int runs = rows <= 1000 ? 9 : rows <= 100'000 ? 3 : 1;
  std::vector<double> first, copy, second, staged, update;
  double wal = 0;
  const auto fresh = [&] { output_of(fmt::format("{} '{}' -Xqc \"{}\" 2>&1", psql, conninfo, kPostgres)); };
  for (int run = 0; run < runs; ++run) {
    fresh();
    if (run == 0) {
      seed(*database, rows, SEEDBED_INSERT_MISSING, rows);
      output_of(fmt::format("{} '{}' -Xqc \"\\copy item to '{}'\"", psql, conninfo, file));
      fresh();
    }
    copy.push_back(psql_milliseconds(psql, conninfo, fmt::format("\\copy item from '{}'\n", file), folder));
    fresh();
    first.push_back(seed(*database, rows, SEEDBED_INSERT_MISSING, rows));
    output_of(fmt::format("{} '{}' -Xqc 'VACUUM item'", psql, conninfo));
    staged.push_back(psql_milliseconds(psql, conninfo, fmt::format("BEGIN;\nCREATE TEMP TABLE st (LIKE item) ON COMMIT DROP;\n\\copy st from '{}'\n"
                     "INSERT INTO item SELECT * FROM st ON CONFLICT DO NOTHING;\nCOMMIT;\n", file), folder));
    second.push_back(seed(*database, rows, SEEDBED_INSERT_MISSING, 0));
    output_of(fmt::format("{} '{}' -Xqc CHECKPOINT", psql, conninfo));
    const std::string before = *database->query("SELECT pg_current_wal_insert_lsn()")[0][0];
    update.push_back(seed(*database, rows, SEEDBED_UPDATE_CHANGED, 0));
    wal = std::stod(*database->query(fmt::format("SELECT pg_current_wal_insert_lsn() - '{}'::pg_lsn", before))[0][0]);
  }
  const auto median = [](std::vector<double> times) {
    std::ranges::sort(times);
    return times[times.size() / 2];
  };
  const std::string pid = *database->query("SELECT pg_backend_pid()")[0][0];
  const std::string server = fmt::format("server process {:.0f} MiB of its own", kib("/proc/" + pid + "/status", "RssAnon:") / 1024);
  const std::string locked = *database->query("SELECT count(*) FROM item WHERE xmax <> 0")[0][0];
  print(rows, "PostgreSQL, first load", median(first), "\\copy", median(copy), server);
  print(rows, "PostgreSQL, insert_missing again", median(second), "staged", median(staged));
  print(rows, "PostgreSQL, update_changed again", median(update), "staged", median(staged),
        fmt::format("{:.2f} MiB of WAL, {} rows touched", wal / 1048576, locked));
}

void measure_sqlite(const std::string& folder, long rows) {
  const std::string ours = folder + "/ours.db", theirs = folder + "/theirs.db", file = folder + "/rows.ascii";
  const int runs = rows <= 100'000 ? 3 : 1;
  std::vector<double> first, second, import;
  for (int run = 0; run < runs; ++run) {
    std::filesystem::remove(ours);
    std::filesystem::remove(theirs);
    {
      const auto database = connect(parse_url("sqlite:" + ours, "/"), {});
      for (const char* sql : kSqlite) database->execute(sql);
      first.push_back(seed(*database, rows, SEEDBED_INSERT_MISSING, rows));
      second.push_back(seed(*database, rows, SEEDBED_INSERT_MISSING, 0));
    }
    if (run == 0) output_of(fmt::format("sqlite3 {} '.mode ascii' 'SELECT * FROM item' > {}", ours, file));
    {
      const auto database = connect(parse_url("sqlite:" + theirs, "/"), {});
      for (const char* sql : kSqlite) database->execute(sql);
    }
    import.push_back(milliseconds([&] {
      output_of(fmt::format("sqlite3 {} 'PRAGMA foreign_keys = on' '.mode ascii' '.import {} item' 2>&1", theirs, file));
    }));
  }
  const auto median = [](std::vector<double> times) {
    std::ranges::sort(times);
    return times[times.size() / 2];
  };
  print(rows, "SQLite, first load", median(first), ".import", median(import));
  print(rows, "SQLite, insert_missing again", median(second), "first load", median(first));
}

}  // namespace

int main(int count, char** words) {
  if (count < 5) {
    std::cerr << "usage: seedbed_bench_seeding CONNINFO PSQL FOLDER ROWS...\n";
    return 2;
  }
  try {
    std::cout << "| rows | what | ms | against, ms | ratio | |\n|-|-|-|-|-|-|\n";
    for (int i = 4; i < count; ++i) {
      measure_postgres(words[1], words[2], words[3], std::stol(words[i]));
      measure_sqlite(words[3], std::stol(words[i]));
    }
    std::cout << fmt::format("\nPeak memory of this process: {:.0f} MiB\n", kib("/proc/self/status", "VmHWM:") / 1024);
  } catch (const std::exception& error) {
    std::cerr << "seedbed_bench_seeding: " << error.what() << '\n';
    return 1;
  }
}
