#pragma once
// A PostgreSQL server that a torment may break.

#include <filesystem>
#include <string>

#include "support/temp_dir.hpp"

namespace seedbed::test {

/// Runs from construction to destruction, its data below `home`, which has to have a short path.
/// Throws std::runtime_error if it cannot be started.
class OwnServer {
 public:
  explicit OwnServer(const std::filesystem::path& home = "/tmp");
  ~OwnServer();
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

  /// The URL of a new database on it.
  std::string new_database();

  /// Ends it as a crash does and starts it again.
  void crash();

  /// Waits until it accepts connections, at most ten seconds.
  void wait() const;

 private:
  void control(const std::string& word) const;

  std::filesystem::path home_;
  TempDir folder_;
  int databases_ = 0;
};

}  // namespace seedbed::test
