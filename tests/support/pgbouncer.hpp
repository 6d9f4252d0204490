#pragma once
// A PgBouncer before a test database.

#include <optional>
#include <string>

#include "support/program.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::test {

/// Runs from construction to destruction.  Throws std::runtime_error if no pgbouncer is installed.
class PgBouncer {
 public:
  /// `url` is the server's; `pool` is how many connections to it there are.
  PgBouncer(const std::string& url, int pool, const std::string& mode = "transaction");

  /// The database of `url`, through the pooler.
  const std::string& url() const { return url_; }

 private:
  TempDir folder_;
  std::string url_;
  std::optional<Running> running_;
};

}  // namespace seedbed::test
