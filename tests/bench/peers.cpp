#include "bench/peers.hpp"

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <unistd.h>

#include "bench/process.hpp"
#include "support/postgres_url.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::bench {

namespace fs = std::filesystem;
using test::option_of;
using test::TempDir;
using test::write_file;

namespace {

constexpr const char* kSelf = "seedbed";

bool installed(const std::string& program) {
  std::istringstream path(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(path, folder, ':');) {
    if (access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::string name_of(int number) { return fmt::format("create_t{}", number); }

/// What a peer's project is made of.
struct Project {
  fs::path folder;
  int count;
  const PeerOptions& options;
};

/// A tool, how its project is made, and what applies it.  A database is a postgresql:// URL or a file.
struct Peer {
  std::string name, program;
  void (*make)(const Project& project);
  std::vector<std::string> (*apply)(const fs::path& project, const std::string& database);
};

bool is_url(const std::string& database) { return database.starts_with("postgresql://"); }

// dbmate

void make_dbmate(const Project& project) {
  for (int i = 1; i <= project.count; ++i) {
    write_file(project.folder / fmt::format("{}_{}.sql", 20260101000000 + i, name_of(i)),
               "-- migrate:up\n" + project.options.text(i) + "-- migrate:down\n");
  }
}

std::vector<std::string> apply_dbmate(const fs::path& project, const std::string& database) {
  const std::string url = is_url(database) ? database + "&sslmode=disable" : "sqlite:" + database;
  return {"dbmate", "--url", url, "--migrations-dir", project.string(), "--no-dump-schema", "up"};
}

// Alembic: SQL in op.execute(), a transaction each, without a pool of connections.

constexpr const char* kEnv = R"(from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

url = context.get_x_argument(as_dictionary=True)["url"]
with create_engine(url, poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
)";

void make_alembic(const Project& project) {
  write_file(project.folder / "alembic.ini", "[alembic]\nscript_location = %(here)s\n");
  write_file(project.folder / "env.py", kEnv);
  for (int i = 1; i <= project.count; ++i) {
    std::string text = fmt::format("from alembic import op\n\nrevision = \"{:04}\"\ndown_revision = {}\n\n\ndef upgrade():\n", i,
                                   i == 1 ? "None" : fmt::format("\"{:04}\"", i - 1));
    std::istringstream statements(project.options.text(i));
    for (std::string line; std::getline(statements, line);) text += fmt::format("    op.execute(\"{}\")\n", line);
    write_file(project.folder / "versions" / fmt::format("{:04}_{}.py", i, name_of(i)), text);
  }
}

std::vector<std::string> apply_alembic(const fs::path& project, const std::string& database) {
  const std::string url = is_url(database) ? "postgresql+psycopg2" + database.substr(database.find(':')) : "sqlite:///" + database;
  return {"alembic", "-c", (project / "alembic.ini").string(), "-x", "url=" + url, "upgrade", "head"};
}

// sqitch, which lets psql and sqlite3 do the work.

void make_sqitch(const Project& project) {
  std::string plan = "%syntax-version=1.0.0\n%project=bench\n\n";
  for (int i = 1; i <= project.count; ++i) {
    plan += fmt::format("{} 2026-01-01T00:00:00Z Bench <bench@example.test> # one table\n", name_of(i));
    write_file(project.folder / "deploy" / (name_of(i) + ".sql"), "BEGIN;\n" + project.options.text(i) + "COMMIT;\n");
  }
  write_file(project.folder / "sqitch.plan", plan);
  write_file(project.folder / "sqitch.conf",
             fmt::format("[core]\n\tengine = sqlite\n[user]\n\tname = Bench\n\temail = bench@example.test\n[engine \"pg\"]\n\tclient = {}\n", project.options.psql));
}

std::vector<std::string> apply_sqitch(const fs::path& project, const std::string& database) {
  const std::string deploy = "exec sqitch --quiet deploy \"$2\"";
  if (!is_url(database)) return {"sh", "-c", "cd \"$1\"; " + deploy, "sh", project.string(), "db:sqlite:" + database};
  const std::string server = fmt::format("PGHOST={} PGPORT={} PGUSER={} ", option_of(database, "host"), option_of(database, "port"), option_of(database, "user"));
  return {"sh", "-c", "cd \"$1\"; export " + server + "; " + deploy, "sh", project.string(), "db:pg:" + option_of(database, "dbname")};
}

const std::vector<Peer>& peers() {
  static const std::vector<Peer> all{{"dbmate", "dbmate", make_dbmate, apply_dbmate},
                                     {"Alembic with SQLAlchemy", "alembic", make_alembic, apply_alembic},
                                     {"sqitch", "sqitch", make_sqitch, apply_sqitch}};
  return all;
}

class PeerBench {
 public:
  PeerBench(const PeerOptions& options, Report& report) : options_(options), report_(report) {
    for (const Peer& peer : peers()) {
      if (installed(peer.program)) peers_.push_back(&peer);
    }
  }

  void run() {
    if (peers_.empty()) return;
    for (const char* engine : {"PostgreSQL", "SQLite"}) {
      for (const int count : options_.sizes) measure(engine, count);
    }
  }

 private:
  /// A contestant: what it starts, on a database of its own.
  struct Contestant {
    std::string name, program;
    std::function<std::vector<std::string>(const std::string& database)> words;
    Times applying, again;
  };

  void measure(const std::string& engine, int count) {
    std::vector<Contestant> all{{kSelf, kSelf, [&, count](const std::string& database) { return up(database, count); }, {}, {}}};
    for (const Peer* peer : peers_) {
      const fs::path project = root_ / fmt::format("{}_{}", peer->program, count);
      if (!fs::exists(project)) peer->make({project, count, options_});
      all.push_back({peer->name, peer->program, [peer, project](const std::string& database) { return peer->apply(project, database); }, {}, {}});
    }
    std::fprintf(stderr, "bench: beside %zu peers: %s, %d migrations\n", peers_.size(), engine.c_str(), count);
    for (int round = 0; round <= options_.rounds; ++round) {
      if (round == 0) {  // warms up
        std::erase_if(all, [&](Contestant& each) { return !can_run(each, engine); });
        continue;
      }
      for (Contestant& each : all) {
        const std::vector<std::string> words = each.words(empty(engine, each.program));
        each.applying.ms.push_back(bench::run(words, root_.path()).ms);
        each.again.ms.push_back(bench::run(words, root_.path()).ms);
      }
    }
    for (std::size_t i = 1; i < all.size(); ++i) {
      report_.comparisons.push_back({"Beside peers, applying", fmt::format("{}, {} migrations", engine, count), all[0].applying, all[i].name, all[i].applying, {}});
    }
    for (std::size_t i = 1; i < all.size(); ++i) {
      report_.comparisons.push_back({"Beside peers, nothing to do", fmt::format("{}, {} applied", engine, count), all[0].again, all[i].name, all[i].again, {}});
    }
  }

  /// A peer that lacks its driver is left out, and told.
  bool can_run(const Contestant& contestant, const std::string& engine) {
    try {
      bench::run(contestant.words(empty(engine, contestant.program)), root_.path());
      return true;
    } catch (const std::runtime_error& error) {
      if (contestant.name == kSelf) throw;
      std::fprintf(stderr, "bench: %s is left out on %s: %s\n", contestant.name.c_str(), engine.c_str(), error.what());
      return false;
    }
  }

  std::vector<std::string> up(const std::string& database, int count) const {
    return {options_.seedbed, "up", "--no-seed", "-q", "--url", is_url(database) ? database : "sqlite:" + database, "--migrations", options_.folder(count).string()};
  }

  /// A file has a folder of its own, since there are tools that keep a second one beside it.
  std::string empty(const std::string& engine, const std::string& program) const {
    if (engine == "PostgreSQL") return options_.empty("bench_" + program);
    const fs::path folder = root_ / ("files_" + program);
    fs::remove_all(folder);
    fs::create_directory(folder);
    return (folder / "app.db").string();
  }

  const PeerOptions& options_;
  Report& report_;
  const TempDir root_;
  std::vector<const Peer*> peers_;
};

}  // namespace

void measure_peers(const PeerOptions& options, Report& report) { PeerBench(options, report).run(); }

}  // namespace seedbed::bench
