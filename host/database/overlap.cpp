#include "database/overlap.hpp"

#include <array>
#include <chrono>
#include <optional>

#include "log.hpp"

namespace seedbed::host {

namespace {

constexpr std::chrono::milliseconds kPause{20};  // between two looks

class Overlap {
 public:
  Overlap(Database& first, Database& second) : first_(first), second_(second) {
    pid_ = *second.query("SELECT pg_backend_pid()")[0][0];
    second.while_waiting([this] { commit_if_waited_for(); });
  }
  ~Overlap() { second_.while_waiting({}); }
  Overlap(const Overlap&) = delete;
  Overlap& operator=(const Overlap&) = delete;

  void commit() {
    if (first_.in_transaction() && !failure_) first_.commit();
    if (failure_) throw *failure_;
  }

 private:
  /// Must not throw: it is called while the second connection waits.
  void commit_if_waited_for() {
    const auto now = std::chrono::steady_clock::now();
    if (failure_ || !first_.in_transaction() || now - looked_ < kPause) return;
    looked_ = now;
    try {
      const std::array params{text_value(pid_)};
      if (first_.query("SELECT cardinality(pg_blocking_pids($1::integer)) > 0", params)[0][0] == "t") first_.commit();
    } catch (const Error& error) {
      failure_ = error;
      first_.rollback();  // so that the wait ends
    }
  }

  Database& first_;
  Database& second_;
  std::string pid_;
  std::chrono::steady_clock::time_point looked_;
  std::optional<Error> failure_;
};

}  // namespace

void overlap(Database& first, Database& second, const std::function<void()>& work) {
  Overlap both(first, second);
  try {
    work();
  } catch (const Error&) {
    try {
      both.commit();
    } catch (const Error& other) {  // the first error is the one to tell
      log::info("overlapped_commit_failed", {{"cause", other.message()}});
    }
    throw;
  }
  both.commit();
}

}  // namespace seedbed::host
