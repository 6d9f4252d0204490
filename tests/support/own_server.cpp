#include "support/own_server.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "support/postgres_url.hpp"
#include "support/program.hpp"
#include "support/test_database.hpp"

namespace seedbed::test {

using namespace std::chrono_literals;

OwnServer::OwnServer(const std::filesystem::path& home) : OwnServer(home, {}) {}

OwnServer::OwnServer(const std::filesystem::path& home, const std::vector<std::string>& kind) : home_(home) { control("start", kind); }

OwnServer::~OwnServer() {
  try {
    control("stop");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "a server was left behind: %s\n", error.what());
  }
}

void OwnServer::control(const std::string& word, const std::vector<std::string>& more) const {
  std::vector<std::string> words{word, folder_.path().string()};
  words.insert(words.end(), more.begin(), more.end());
  const Finished done = Program(folder_.path(), std::filesystem::path(SEEDBED_SOURCE_DIR) / "tests/support/postgres")
                            .environment("SEEDBED_TEST_HOME", home_.string())
                            .run(words);
  if (done.exit_code != 0) throw std::runtime_error("postgres " + word + " failed:\n" + done.out + done.err);
}

std::string OwnServer::new_database() {
  const std::string conninfo = read_file(folder_ / "conninfo");
  const std::string name = "torture_" + std::to_string(++databases_);
  TestDatabase(postgres_url(conninfo, "postgres")).execute("CREATE DATABASE " + name + " TEMPLATE template0");
  return postgres_url(conninfo, name);
}

void OwnServer::crash() { control("crash"); }

void OwnServer::wait() const {
  const std::string url = postgres_url(read_file(folder_ / "conninfo"), "postgres");
  for (int look = 0;; ++look) {
    try {
      TestDatabase(url).value("SELECT 1");
      return;
    } catch (const std::runtime_error&) {
      if (look == 200) throw;
      std::this_thread::sleep_for(50ms);
    }
  }
}

}  // namespace seedbed::test
