// Measures seedbed beside psql, sqlite3 and the peers that are installed, in one run, interleaved.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include "bench/peers.hpp"
#include "bench/process.hpp"
#include "bench/proving.hpp"
#include "bench/report.hpp"
#include "bench/seeding.hpp"
#include "support/markdown_table.hpp"
#include "support/postgres_proxy.hpp"
#include "support/postgres_url.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::bench {

namespace fs = std::filesystem;
using test::TempDir;

namespace {

constexpr int kSizes[] = {10, 100, 1000};
constexpr int kMostForPeers = 100;  // with more of them the slowest takes minutes

struct Options {
  std::string seedbed, psql, sqlite3, server, readme, json;
  int rounds = 7;
  int largest = 1000;
  long largest_rows = 1'000'000;
};

/// One connection to the server that everything runs on.
class Server {
 public:
  explicit Server(std::string conninfo) : conninfo_(std::move(conninfo)), connection_(PQconnectdb(conninfo_.c_str()), &PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
    value("SET client_min_messages = warning");
  }

  std::string value(const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql.c_str()), &PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw std::runtime_error(sql + ": " + PQerrorMessage(connection_.get()));
    return PQntuples(result.get()) == 1 ? PQgetvalue(result.get(), 0, 0) : "";
  }

  std::string wal_position() { return value("SELECT pg_current_wal_insert_lsn()"); }

  /// Bytes of WAL since `before` that were asked for: not the snapshots that the server takes for standbys now
  /// and then, nor the dead rows that it clears away from whatever page is read next.  Before PostgreSQL 15 all.
  std::string wal_since(const std::string& before) {
    const std::string now = wal_position();
    const std::string all = fmt::format("pg_wal_lsn_diff('{}', '{}')", now, before);
    if (value("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_walinspect'") == "0") return value("SELECT " + all);
    value("CREATE EXTENSION IF NOT EXISTS pg_walinspect");
    value("SELECT pg_logical_emit_message(true, 'bench', '')");  // what is looked into has to be on the disk
    return value(fmt::format("SELECT {} - coalesce(sum((record_length + 7) / 8 * 8), 0) "
                             "FROM pg_get_wal_records_info('{}', pg_current_wal_flush_lsn()) WHERE start_lsn < '{}' "
                             "AND (resource_manager, record_type) IN (('Standby', 'RUNNING_XACTS'), ('Heap2', 'PRUNE'), ('Heap2', 'PRUNE_ON_ACCESS'))",
                             all, before, now));
  }

  /// The URL of `database`, which is new and empty.
  std::string empty(const std::string& database) {
    value("DROP DATABASE IF EXISTS " + database);
    value("CREATE DATABASE " + database + " TEMPLATE template0");
    return url(database);
  }

  std::string url(const std::string& database) const { return test::postgres_url(conninfo_, database); }

 private:
  std::string conninfo_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

/// `count` small migrations: as a folder for seedbed, and as the same statements for psql and
/// sqlite3, a transaction each.
struct Migrations {
  Migrations(const fs::path& root, int how_many) : count(how_many), folder(root / fmt::format("migrations_{}", how_many)),
        psql(root / fmt::format("psql_{}.sql", how_many)), sqlite3(root / fmt::format("sqlite3_{}.sql", how_many)) {
    std::string for_psql = "\\set ON_ERROR_STOP on\n", for_sqlite3 = ".bail on\n";
    for (int i = 1; i <= count; ++i) {
      const std::string text = text_of(i);
      test::write_file(folder / fmt::format("{}_create_t{}.sql", 20260101000000 + i, i), text);
      const fs::path wrapped = root / fmt::format("wrapped_{}", count) / fmt::format("{}.sql", i);
      test::write_file(wrapped, "BEGIN;\n" + text + "COMMIT;\n");
      for_psql += "\\i " + wrapped.string() + "\n";
      for_sqlite3 += ".read " + wrapped.string() + "\n";
    }
    test::write_file(psql, for_psql);
    test::write_file(sqlite3, for_sqlite3);
  }

  static std::string text_of(int number) {
    return fmt::format("CREATE TABLE t{0} (id integer NOT NULL PRIMARY KEY, name text NOT NULL);\nINSERT INTO t{0} VALUES ({0}, 'number {0}');\n", number);
  }

  int count;
  fs::path folder, psql, sqlite3;
};

/// Something that is timed: what to prepare, untimed, and what to run.
struct Contestant {
  std::function<void()> prepare;
  std::function<Measured()> run;
};

class Bench {
 public:
  explicit Bench(Options options) : options_(std::move(options)), server_(options_.server) {
    for (const int size : kSizes) {
      if (size <= options_.largest) migrations_.emplace_back(root_.path(), size);
    }
  }

  Report run() {
    report_.machine = fmt::format("{} rounds each, interleaved; medians (least–most). PostgreSQL {}, SQLite {}.", options_.rounds,
                                  server_.value("SHOW server_version"), first_word(bench::run({options_.sqlite3, "--version"}, "/").out));
    for (const Migrations& each : migrations_) apply_to_postgres(each);
    for (const Migrations& each : migrations_) apply_to_sqlite(each);
    for (const Migrations& each : migrations_) nothing_to_do(each);
    for (const Migrations& each : migrations_) count_traffic(each);
    measure_beside_peers();
    measure_proving({options_.seedbed, options_.rounds, [&](const std::string& database) { return server_.empty(database); }}, report_);
    split();
    start();
    if (options_.largest_rows > 0) {
      const std::string self = fs::read_symlink("/proc/self/exe").string();
      measure_seeding({self, options_.psql, options_.sqlite3, server_.empty("bench_seeding"), options_.largest_rows}, report_);
    }
    return std::move(report_);
  }

 private:
  static std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

  std::vector<std::string> up(const std::string& url, const Migrations& migrations) const {
    return {options_.seedbed, "up", "--no-seed", "-q", "--url", url, "--migrations", migrations.folder.string()};
  }

  Measured psql(const std::string& url, const std::vector<std::string>& words) const {
    std::vector<std::string> all{options_.psql, "-X", "-q", "-d", url};
    all.insert(all.end(), words.begin(), words.end());
    return bench::run(all, root_.path());
  }

  void compare(Comparison comparison, const Contestant& seedbed, const Contestant& other) {
    std::fprintf(stderr, "bench: %s: %s / %s\n", comparison.group.c_str(), comparison.what.c_str(), comparison.against.c_str());
    for (int round = 0; round <= options_.rounds; ++round) {
      for (const Contestant* each : {&seedbed, &other}) {
        if (each->prepare) each->prepare();
        const Measured measured = each->run();
        if (round > 0) (each == &seedbed ? comparison.seedbed : comparison.other).ms.push_back(measured.ms);  // the first warms up
      }
    }
    report_.comparisons.push_back(std::move(comparison));
  }

  /// What was compared last, as a point of two lines over the number of migrations; `other` may be empty.
  void note_growth(const std::string& what, const std::string& other, int count) {
    const Comparison& last = report_.comparisons.back();
    report_.growth[what + ": seedbed"][count] = last.seedbed.median();
    if (!other.empty()) report_.growth[what + ": " + other][count] = last.other.median();
  }

  void measure_beside_peers() {
    PeerOptions peers{options_.seedbed, options_.psql, {}, options_.rounds, &Migrations::text_of, {}, {}};
    for (const Migrations& each : migrations_) {
      if (each.count <= kMostForPeers) peers.sizes.push_back(each.count);
    }
    peers.folder = [&](int count) { return std::ranges::find(migrations_, count, &Migrations::count)->folder; };
    peers.empty = [&](const std::string& database) { return server_.empty(database); };
    measure_peers(peers, report_);
  }

  void apply_to_postgres(const Migrations& files) {
    std::string url, other_url;
    const Contestant seedbed{[&] { url = server_.empty("bench_seedbed"); }, [&] { return bench::run(up(url, files), root_.path()); }};
    const std::optional<double> bar = files.count == 100 ? 1.0 : files.count == 1000 ? 0.95 : std::optional<double>();
    compare({"Applying to PostgreSQL", fmt::format("{} migrations", files.count), {}, "psql, one session, a transaction each", {}, bar}, seedbed,
            {[&] { other_url = server_.empty("bench_psql"); }, [&] { return psql(other_url, {"-f", files.psql.string()}); }});
    note_growth("Applying to PostgreSQL", "psql", files.count);
  }

  void apply_to_sqlite(const Migrations& files) {
    const fs::path ours = root_ / "seedbed.db", theirs = root_ / "sqlite3.db";
    const std::string what = fmt::format("{} migrations", files.count);
    const Contestant sqlite3{nullptr, [&] { return bench::run({options_.sqlite3, theirs.string()}, root_.path(), files.sqlite3); }};
    for (const char* mode : {"delete", "wal"}) {
      const auto fresh = [&](const fs::path& file) {
        remove(file);
        bench::run({options_.sqlite3, file.string(), fmt::format("PRAGMA journal_mode = {}; VACUUM;", mode)}, root_.path());
      };
      compare({"Applying to SQLite", fmt::format("{}, file in mode {}", what, mode), {}, "sqlite3, a transaction each, same mode", {}, 1.1},
              {[&] { fresh(ours); }, [&] { return bench::run(up("sqlite:" + ours.string(), files), root_.path()); }},
              {[&] { fresh(theirs); }, sqlite3.run});
    }
    compare({"Applying to SQLite", what + ", new file", {}, "sqlite3, a transaction each, new file", {}, 0.5},
            {[&] { remove(ours); }, [&] { return bench::run(up("sqlite:" + ours.string(), files), root_.path()); }},
            {[&] { remove(theirs); }, sqlite3.run});
    note_growth("Applying to SQLite, new file", "sqlite3", files.count);
  }

  static void remove(const fs::path& file) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(file.string() + suffix);
  }

  void nothing_to_do(const Migrations& files) {
    const std::string what = fmt::format("{} applied", files.count);
    const std::string url = server_.empty("bench_noop");
    bench::run(up(url, files), root_.path());
    compare({"Nothing to do (up --no-seed)", "PostgreSQL, " + what, {}, "psql -c 'select 1'", {}, files.count == 100 ? 1.4 : files.count == 1000 ? 1.9 : std::optional<double>()},
            {nullptr, [&] { return bench::run(up(url, files), root_.path()); }}, {nullptr, [&] { return psql(url, {"-c", "select 1"}); }});
    note_growth("Nothing to do, PostgreSQL", "", files.count);
    const fs::path file = root_ / "noop.db";
    remove(file);
    bench::run(up("sqlite:" + file.string(), files), root_.path());
    compare({"Nothing to do (up --no-seed)", "SQLite, " + what, {}, "sqlite3 db 'select 1'", {}, files.count == 100 ? 1.7 : files.count == 1000 ? 2.4 : std::optional<double>()},
            {nullptr, [&] { return bench::run(up("sqlite:" + file.string(), files), root_.path()); }},
            {nullptr, [&] { return bench::run({options_.sqlite3, file.string(), "select 1"}, root_.path()); }});
    note_growth("Nothing to do, SQLite", "", files.count);
  }

  /// Round trips and commits as a proxy sees them; WAL as the server does, which is ours alone.
  void count_traffic(const Migrations& files) {
    const std::string url = server_.empty("bench_traffic");
    for (const char* run : {"first up", "nothing to do"}) {
      const bool first = run == std::string("first up");
      const test::PostgresProxy proxy(url);
      const std::string before = server_.wal_position();
      bench::run(up(proxy.url(), files), root_.path());
      const std::string wal = server_.wal_since(before);
      const test::Traffic traffic = proxy.traffic();
      const std::string what = fmt::format("{} migrations, {}: ", files.count, run);
      const auto add = [&](const char* unit, const std::string& value, const std::string& bar) { report_.figures.push_back({"Counted on PostgreSQL", what + unit, value, bar}); };
      add("round trips", std::to_string(traffic.round_trips), first ? fmt::format("≤ {}", files.count + 10) : "");
      add("statements", std::to_string(traffic.statements), first ? "" : "≤ 8");
      add("commits that wrote", std::to_string(traffic.commits), first ? fmt::format("≤ {}", files.count + 4) : "0");
      add("bytes of WAL", wal, first ? "" : "0");
    }
  }

  void split() {
    const fs::path block = root_ / "block.sql", many = root_ / "many.sql";
    std::string text = "DO $$ BEGIN\n";
    while (text.size() < 10'000'000) text += "  PERFORM 'a line of a long block', 1 + 2;\n";
    test::write_file(block, text + "END $$;\n");
    text.clear();
    for (int i = 0; i < 100'000; ++i) text += fmt::format("INSERT INTO t VALUES ({}, 'a row of many', now());\n", i);
    test::write_file(many, text);
    split(block, "a DO block of 10 MB");
    split(many, "100,000 statements");
  }

  /// Without what starting takes.
  void split(const fs::path& file, const std::string& what) {
    Times whole, empty;
    for (int round = 0; round < options_.rounds; ++round) {
      empty.ms.push_back(bench::run({options_.seedbed, "split", "--count", "/dev/null"}, root_.path()).ms);
      whole.ms.push_back(bench::run({options_.seedbed, "split", "--count", file.string()}, root_.path()).ms);
    }
    const double megabytes = static_cast<double>(fs::file_size(file)) / 1e6;
    report_.figures.push_back({"Splitting", what, fmt::format("{:.0f} MB/s", megabytes / (whole.median() - empty.median()) * 1000), "> 100 MB/s"});
  }

  void start() {
    compare({"Starting", "seedbed --version", {}, "sqlite3 --version", {}, {}},
            {nullptr, [&] { return bench::run({options_.seedbed, "--version"}, root_.path()); }},
            {nullptr, [&] { return bench::run({options_.sqlite3, "--version"}, root_.path()); }});
  }

  Options options_;
  TempDir root_;
  Server server_;
  std::vector<Migrations> migrations_;
  Report report_;
};

}  // namespace

int main_with(int argc, char** argv) {
  Options options;
  CLI::App app("measures seedbed beside psql, sqlite3 and the peers that are installed");
  app.add_option("--seedbed", options.seedbed, "the program")->required();
  app.add_option("--psql", options.psql, "the real binary, not Debian's wrapper")->required();
  app.add_option("--server", options.server, "a connection string; the role creates databases")->required();
  app.add_option("--sqlite3", options.sqlite3)->default_val("sqlite3");
  app.add_option("--rounds", options.rounds)->capture_default_str();
  app.add_option("--largest", options.largest, "how many migrations at most")->capture_default_str();
  app.add_option("--largest-rows", options.largest_rows, "how many rows to seed at most; 0: none")->capture_default_str();
  app.add_option("--readme", options.readme, "whose table is rewritten");
  app.add_option("--json", options.json, "where the figures go");
  CLI11_PARSE(app, argc, argv);

  const Report report = Bench(options).run();
  std::fputs(report.markdown().c_str(), stdout);
  if (!options.readme.empty()) test::rewrite_between(options.readme, "bench", report.markdown());
  if (!options.json.empty()) test::write_file(options.json, report.json());
  return 0;
}

}  // namespace seedbed::bench

int main(int argc, char** argv) {
  try {
    if (argc > 1 && std::string(argv[1]) == "seed-rows") {
      seedbed::bench::seed_rows({argv + 2, argv + argc});
      return 0;
    }
    return seedbed::bench::main_with(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}
