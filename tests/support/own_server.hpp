#pragma once
// A PostgreSQL server apart from that of the tests: one that may be broken, or that has TLS.

#include <filesystem>
#include <string>
#include <vector>

#include "support/temp_dir.hpp"

namespace seedbed::test {

/// Runs from construction to destruction, its data below `home`, which has to have a short path.
/// Throws std::runtime_error if it cannot be started.
class OwnServer {
 public:
  explicit OwnServer(const std::filesystem::path& home = "/tmp");

  /// One that listens with TLS on `port` of 127.0.0.1 as well, and calls itself "localhost".
  static OwnServer with_tls(int port) { return OwnServer("/tmp", {"tls", std::to_string(port)}); }

  ~OwnServer();
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

  /// The URL of a new database on it.
  std::string new_database();

  /// The certificate by which a client knows a server with TLS.
  std::filesystem::path root_certificate() const { return folder_ / "root.crt"; }

  /// Ends it as a crash does and starts it again.
  void crash();

  /// Waits until it accepts connections, at most ten seconds.
  void wait() const;

 private:
  OwnServer(const std::filesystem::path& home, const std::vector<std::string>& kind);

  void control(const std::string& word, const std::vector<std::string>& more = {}) const;

  std::filesystem::path home_;
  TempDir folder_;
  int databases_ = 0;
};

}  // namespace seedbed::test
