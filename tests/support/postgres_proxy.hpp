#pragma once
// Stands between clients and a PostgreSQL server: counts what passes, cuts it, or holds it back.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace seedbed::test {

/// What has passed, over all connections; what belongs to their start-up is left out.
struct Traffic {
  std::size_t connections = 0;
  std::size_t round_trips = 0;  ///< times that a client had to wait for the server
  std::size_t statements = 0;   ///< that the server has completed
  std::size_t commits = 0;      ///< that wrote, as far as command tags tell: a SELECT counts as reading

  bool operator==(const Traffic&) const = default;
};

/// A proxy on a Unix socket of its own, from construction to destruction.
///
///     PostgresProxy proxy(database.url());
///     proxy.cut(PostgresProxy::Moment::after, PostgresProxy::containing("COMMIT"));
///     program.run({"up", "--url", proxy.url()});
///
/// What a client sends counts as one request up to and with each message that the server answers by
/// itself: a Query, a Sync, the end of a COPY's data.  Requests are numbered from 1 over all
/// connections.  One fault is armed at a time; it strikes once.
class PostgresProxy {
 public:
  struct Request {
    std::size_t number = 0;
    std::string sql;  ///< of a Query or of the Parse messages; empty at the end of COPY data
  };
  using Which = std::function<bool(const Request&)>;

  enum class Moment {
    before,  ///< the server has not heard of the request, and never will if the client goes away
    after,   ///< the server has executed the request; the client has not heard of it
  };

  /// `url` is the server's, as libpq takes it.  Throws std::runtime_error if it cannot be reached.
  explicit PostgresProxy(const std::string& url);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  /// The server's URL, through the proxy.
  const std::string& url() const;

  /// Ends the connection of the request that is meant, towards both sides.
  void cut(Moment moment, Which which);

  /// Holds the connection of the request that is meant until release(), or until its client is gone.
  void stall(Moment moment, Which which);

  /// True once the armed fault has struck; waits for it.
  bool struck(std::chrono::milliseconds patience);

  /// Lets a stalled connection go on.
  void release();

  Traffic traffic() const;

  /// The requests' SQL, in order.
  std::vector<std::string> requests() const;

  static Which nth(std::size_t number);
  static Which containing(std::string text);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace seedbed::test
