#include "bench/seeding.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "bench/process.hpp"
#include "database/database.hpp"
#include "ledger/ledger.hpp"
#include "seeding/once_tables.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::bench {

namespace fs = std::filesystem;
using namespace seedbed::host;
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

/// The rows of one batch and the text that they point into.  Made as cheaply as reading them from a file, which the
/// other side does, since that is no part of what is compared.
struct Batch {
  std::vector<seedbed_value> values;
  std::string texts;

  void fill(long first, long count) {
    constexpr std::size_t kLongestRow = 80;
    values.clear();
    values.reserve(static_cast<std::size_t>(count) * kWidth);
    texts.clear();
    texts.reserve(static_cast<std::size_t>(count) * kLongestRow);
    const auto end = std::back_inserter(texts);
    for (long i = first; i < first + count; ++i) {
      const std::uint64_t a = mixed(static_cast<std::uint64_t>(i)), b = mixed(a);
      const std::size_t id_at = texts.size();
      texts.append(reinterpret_cast<const char*>(&a), 8).append(reinterpret_cast<const char*>(&b), 8);
      const std::size_t code_at = texts.size();
      fmt::format_to(end, FMT_COMPILE("item-{:09}"), i);
      const std::size_t doc_at = texts.size();
      fmt::format_to(end, FMT_COMPILE("{{\"n\": {}, \"tag\": \"t{}\"}}"), i, b % 1000);
      const std::string_view all = texts;
      seedbed_value id = text_value(all.substr(id_at, code_at - id_at)), doc = text_value(all.substr(doc_at));
      id.type = SEEDBED_UUID;
      doc.type = SEEDBED_JSON;
      values.insert(values.end(), {id, text_value(all.substr(code_at, doc_at - code_at)), doc,
                                   timestamp_value(1'700'000'000'000'000 + i * 1'000'000), integer_value(1 + i % 1000),
                                   integer_value(static_cast<std::int64_t>(b % 100'000))});
    }
  }
};

/// Opens the writer of the table, as a plugin does.
std::unique_ptr<RowWriter> open_writer(OnceTables& tables, int mode) {
  const auto text = [](const char* name) { return seedbed_text{name, std::char_traits<char>::length(name)}; };
  seedbed_column columns[kWidth]{};
  const char* names[] = {"id", "code", "doc", "at", "owner_id", "qty"};
  for (std::size_t i = 0; i < kWidth; ++i) columns[i].name = text(names[i]);
  const seedbed_text key = text("id");
  return tables.open_writer({sizeof(seedbed_writer), mode, text("item"), columns, kWidth, &key, 1});
}

double milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// Seeds `rows` rows; returns milliseconds, counting, remembering and commit included.
double seed(Database& database, long rows, int mode, std::int64_t expected) {
  if (mode == SEEDBED_INSERT_ONCE) {
    Transaction transaction(database, {5s});
    Ledger(database).prepare();
    transaction.commit();
  }
  std::int64_t counted = 0;
  const double took = milliseconds([&] {
    Transaction transaction(database, {5s});
    database.start_counting();
    const DeletedRows none;
    OnceTables tables(Ledger(database), "bench", none);
    {
      const auto writer = open_writer(tables, mode);
      Batch batch;
      for (long i = 0; i < rows; i += kBatch) {
        batch.fill(i, std::min<long>(kBatch, rows - i));
        writer->write(batch.values.data(), batch.values.size() / kWidth);
      }
      writer->finish();
    }
    for (const TableCounts& table : database.changes()) counted += table.inserted + table.updated;
    tables.check();
    tables.save();
    database.reset_session();
    transaction.commit();
  });
  if (counted != expected) throw std::runtime_error(fmt::format("{} rows counted, {} expected", counted, expected));
  return took;
}

/// A figure of /proc, in MiB.
double mib(const std::string& file, const std::string& label) {
  std::ifstream status(file);
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(label)) return std::stod(line.substr(label.size())) / 1024;
  }
  return 0;
}

/// What one seeding in a process of its own took.
struct Seeded {
  double ms = 0;
  double host_mib = 0;    ///< most resident memory of the process
  double server_mib = 0;  ///< memory of the server's process that it does not share; 0 for SQLite
};

constexpr const char* kPostgres =
    "DROP SCHEMA IF EXISTS seedbed CASCADE; DROP TABLE IF EXISTS item; DROP TABLE IF EXISTS owner; CREATE TABLE owner (id int PRIMARY KEY, name text);"
    "INSERT INTO owner SELECT i, 'o' || i FROM generate_series(1, 1000) i;"
    "CREATE TABLE item (id uuid PRIMARY KEY, code text NOT NULL UNIQUE, doc jsonb NOT NULL, at timestamptz NOT NULL, "
    "owner_id int NOT NULL REFERENCES owner, qty int NOT NULL); CREATE INDEX item_qty ON item (qty)";

constexpr const char* kSqlite =
    "CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO owner SELECT i, 'o' || i FROM n;"
    "CREATE TABLE item (id TEXT NOT NULL PRIMARY KEY, code TEXT NOT NULL UNIQUE, doc TEXT NOT NULL, at TEXT NOT NULL, "
    "owner_id INTEGER NOT NULL REFERENCES owner, qty INTEGER NOT NULL);"
    "CREATE INDEX item_qty ON item (qty)";

std::string with_commas(long number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

class SeedingBench {
 public:
  SeedingBench(const SeedingOptions& options, Report& report, long rows)
      : options_(options), report_(report), rows_(rows), rounds_(rows <= 1000 ? 9 : rows <= 100'000 ? 3 : 1) {}

  void measure_postgres() {
    say("PostgreSQL");
    const std::string file = (root_ / "rows.copy").string();
    Times first, copy, second, staged, update, once, once_again;
    Seeded most_plain, most_once;
    double wal = 0;
    const auto seeded = [&](const char* mode, long expected) {
      const Seeded one = seed(options_.url, mode, expected);
      Seeded& most = std::string_view(mode) == "once" ? most_once : most_plain;
      most.host_mib = std::max(most.host_mib, one.host_mib);
      most.server_mib = std::max(most.server_mib, one.server_mib);
      return one.ms;
    };
    psql(kPostgres);
    seeded("missing", rows_);
    psql(fmt::format("\\copy item to '{}'", file));
    for (int round = 0; round < rounds_; ++round) {
      psql(kPostgres);
      copy.ms.push_back(psql_ms(fmt::format("\\copy item from '{}'\n", file)));
      psql(kPostgres);
      first.ms.push_back(seeded("missing", rows_));
      psql("VACUUM ANALYZE item");
      staged.ms.push_back(psql_ms(fmt::format("BEGIN;\nCREATE TEMP TABLE st (LIKE item) ON COMMIT DROP;\n\\copy st from '{}'\n"
                                              "INSERT INTO item SELECT * FROM st ON CONFLICT DO NOTHING;\nCOMMIT;\n", file)));
      second.ms.push_back(seeded("missing", 0));
      psql("CHECKPOINT");
      const std::string before = psql("SELECT pg_current_wal_insert_lsn()");
      update.ms.push_back(seeded("changed", 0));
      wal = std::stod(psql(fmt::format("SELECT pg_current_wal_insert_lsn() - '{}'::pg_lsn", before)));
    }
    const std::string dead = psql("SELECT pg_sleep(1); SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'item'");
    const std::string locked = psql("SELECT count(*) FROM item WHERE xmax <> 0");
    for (int round = 0; round < rounds_; ++round) {
      psql(kPostgres);
      once.ms.push_back(seeded("once", rows_));
      psql("VACUUM ANALYZE item");
      once_again.ms.push_back(seeded("once", 0));
    }
    const bool million = rows_ >= 1'000'000;
    compare("PostgreSQL, first load", first, "psql \\copy into the same table", copy,
            rows_ <= 1000 ? std::optional(1.3) : million ? std::optional(1.4) : std::nullopt);
    compare("PostgreSQL, insert_missing again", second, "COPY to a temporary table, INSERT … ON CONFLICT DO NOTHING", staged,
            million ? std::optional(0.5) : std::nullopt);
    compare("PostgreSQL, update_changed again", update, "the same", staged, {});
    count("update_changed again: WAL", fmt::format("{:.2f} MiB", wal / 1048576), "≤ 0.2 MiB");
    count("update_changed again: dead rows", dead, "0");
    count("update_changed again: rows locked", locked, "0");
    compare("PostgreSQL, insert_once, first load", once, "insert_missing, first load", first, {});
    compare("PostgreSQL, insert_once again", once_again, "insert_missing again", second, {});
    count_memory("PostgreSQL", most_plain);
    count_memory("PostgreSQL, insert_once", most_once);
    psql("DROP SCHEMA seedbed CASCADE; DROP TABLE item; DROP TABLE owner");
  }

  void measure_sqlite() {
    say("SQLite");
    const fs::path ours = root_ / "ours.db", theirs = root_ / "theirs.db", file = root_ / "rows.ascii";
    Times first, second, import, once, once_again;
    Seeded most_plain, most_once;
    const auto seeded = [&](const char* mode, long expected, Seeded& most) {
      const Seeded one = seed("sqlite:" + ours.string(), mode, expected);
      most.host_mib = std::max(most.host_mib, one.host_mib);
      return one.ms;
    };
    const auto fresh = [&](const fs::path& database) {
      fs::remove(database);
      run({options_.sqlite3, database.string(), kSqlite}, root_.path());
    };
    for (int round = 0; round < rounds_; ++round) {
      fresh(ours);
      fresh(theirs);
      first.ms.push_back(seeded("missing", rows_, most_plain));
      second.ms.push_back(seeded("missing", 0, most_plain));
      if (round == 0) run({"/bin/sh", "-c", fmt::format("'{}' '{}' '.mode ascii' 'SELECT * FROM item' > '{}'", options_.sqlite3, ours.string(), file.string())}, root_.path());
      import.ms.push_back(run({options_.sqlite3, theirs.string(), "PRAGMA foreign_keys = on", ".mode ascii",
                               fmt::format(".import {} item", file.string())}, root_.path()).ms);
      fresh(ours);
      once.ms.push_back(seeded("once", rows_, most_once));
      once_again.ms.push_back(seeded("once", 0, most_once));
    }
    const bool million = rows_ >= 1'000'000;
    compare("SQLite, first load", first, "sqlite3 .import", import, million ? std::optional(0.85) : std::nullopt);
    compare("SQLite, insert_missing again", second, "the first load", first, million ? std::optional(0.25) : std::nullopt);
    compare("SQLite, insert_once, first load", once, "insert_missing, first load", first, {});
    compare("SQLite, insert_once again", once_again, "insert_missing again", second, {});
    count_memory("SQLite", most_plain);
    count_memory("SQLite, insert_once", most_once);
  }

 private:
  void say(const char* engine) const { std::fprintf(stderr, "bench: seeding %ld rows, %s\n", rows_, engine); }

  std::string label(const std::string& what) const { return fmt::format("{} rows, {}", with_commas(rows_), what); }

  void compare(const std::string& what, const Times& ours, const char* against, const Times& theirs, std::optional<double> bar) {
    report_.comparisons.push_back({"Seeding rows", label(what), ours, against, theirs, bar});
  }

  void count(const std::string& what, const std::string& value, const std::string& bar) {
    report_.figures.push_back({"Counted while seeding", label(what), value, bar});
  }

  void count_memory(const std::string& what, const Seeded& most) {
    count(what + ": peak memory of the host", fmt::format("{:.0f} MiB", most.host_mib), "≤ 64 MiB");
    if (most.server_mib != 0) count(what + ": memory of the server's process", fmt::format("{:.0f} MiB", most.server_mib), "≤ 64 MiB");
  }

  Seeded seed(const std::string& url, const char* mode, long expected) const {
    const Measured measured = run({options_.self, "seed-rows", url, mode, std::to_string(rows_), std::to_string(expected)}, root_.path());
    Seeded seeded;
    std::istringstream(measured.out) >> seeded.ms >> seeded.host_mib >> seeded.server_mib;
    return seeded;
  }

  /// The last line that `sql` gives.
  std::string psql(const std::string& sql) const {
    test::write_file(root_ / "script.sql", sql + "\n");
    std::string out = run(words(), root_.path()).out;
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out.substr(out.rfind('\n') + 1);
  }

  /// The sum of what psql's \timing says, which leaves starting and connecting out.
  double psql_ms(const std::string& script) const {
    test::write_file(root_ / "script.sql", "\\timing on\n" + script);
    const std::string out = run(words(), root_.path()).out;
    double total = 0;
    for (auto at = out.find("Time: "); at != out.npos; at = out.find("Time: ", at + 1)) total += std::stod(out.substr(at + 6));
    return total;
  }

  std::vector<std::string> words() const {
    return {options_.psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", options_.url, "-f", (root_ / "script.sql").string()};
  }

  const SeedingOptions& options_;
  Report& report_;
  long rows_;
  int rounds_;
  test::TempDir root_;
};

}  // namespace

void measure_seeding(const SeedingOptions& options, Report& report) {
  for (const long rows : {100L, 1'000L, 100'000L, 1'000'000L, 10'000'000L}) {
    if (rows > options.largest_rows) break;
    SeedingBench bench(options, report, rows);
    bench.measure_postgres();
    bench.measure_sqlite();
  }
}

void seed_rows(const std::vector<std::string>& words) {
  const auto database = connect(parse_url(words.at(0), "/"), {});
  const std::string& name = words.at(1);
  const int mode = name == "changed" ? SEEDBED_UPDATE_CHANGED : name == "once" ? SEEDBED_INSERT_ONCE : SEEDBED_INSERT_MISSING;
  const double took = seed(*database, std::stol(words.at(2)), mode, std::stol(words.at(3)));
  double server = 0;
  if (database->engine() == Engine::postgres) {
    server = mib("/proc/" + *database->query("SELECT pg_backend_pid()")[0][0] + "/status", "RssAnon:");
  }
  fmt::print("{} {} {}\n", took, mib("/proc/self/status", "VmHWM:"), server);
}

}  // namespace seedbed::bench
