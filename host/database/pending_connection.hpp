#pragma once
// A connection that is made while something else is done.

#include <atomic>
#include <functional>
#include <future>
#include <memory>

#include "database/database.hpp"

namespace seedbed::host {

/// connect() in a thread of its own, since it mostly waits.  At its end it gives up, and waits for
/// that.
class PendingConnection {
 public:
  /// What is done first with the connection, in that thread; get() throws what it throws.
  using First = std::function<void(Database&)>;

  PendingConnection(const DatabaseUrl& url, const ConnectOptions& options, First first = {});
  ~PendingConnection();
  PendingConnection(const PendingConnection&) = delete;
  PendingConnection& operator=(const PendingConnection&) = delete;

  /// Waits for it, once.  Throws what connect() throws, too.
  std::unique_ptr<Database> get() { return connection_.get(); }

 private:
  std::atomic<bool> given_up_ = false;
  std::future<std::unique_ptr<Database>> connection_;
};

}  // namespace seedbed::host
