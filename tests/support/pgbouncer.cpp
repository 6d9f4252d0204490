#include "support/pgbouncer.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <unistd.h>

#include "support/postgres_url.hpp"

namespace seedbed::test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

Connection connected(const std::string& url) { return {PQconnectdb(url.c_str()), &PQfinish}; }

std::string find_pgbouncer() {
  for (const char* path : {"/usr/sbin/pgbouncer", "/usr/local/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"}) {
    if (fs::exists(path)) return path;
  }
  throw std::runtime_error("no pgbouncer here; on Debian: apt-get install pgbouncer");
}

/// It refuses to run as root.
Running start(const fs::path& folder, const std::vector<std::string>& words) {
  if (getuid() != 0) return Program(folder, words[0]).start({words.begin() + 1, words.end()});
  std::vector<std::string> arguments{"--reuid=postgres", "--regid=postgres", "--clear-groups"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  return Program(folder, "/usr/bin/setpriv").start(arguments);
}

}  // namespace

PgBouncer::PgBouncer(const std::string& url, int pool, const std::string& mode) : url_(url_through(url, folder_.path())) {
  const Connection server = connected(url);
  if (PQstatus(server.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(server.get()));
  const std::string password = option_of(url, "password");
  write_file(folder_ / "pgbouncer.ini",
             fmt::format("[databases]\n* = host={} port={} user={}{}\n"
                         "[pgbouncer]\nlisten_addr =\nlisten_port = 5432\nunix_socket_dir = {}\nauth_type = any\n"
                         "pool_mode = {}\ndefault_pool_size = {}\nmax_client_conn = 500\n",
                         PQhost(server.get()), PQport(server.get()), PQuser(server.get()), password.empty() ? "" : " password=" + password,
                         folder_.path().string(), mode, pool));
  fs::permissions(folder_.path(), fs::perms(0777));
  running_.emplace(start(folder_.path(), {find_pgbouncer(), (folder_ / "pgbouncer.ini").string()}));
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (PQstatus(connected(url_).get()) != CONNECTION_OK) {
    if (running_->ended() || std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("pgbouncer does not answer: " + running_->wait(1s).err);
    }
    std::this_thread::sleep_for(5ms);
  }
}

}  // namespace seedbed::test
