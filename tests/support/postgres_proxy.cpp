#include "support/postgres_proxy.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <libpq-fe.h>

#include "support/postgres_url.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::test {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {
    if (descriptor < 0) throw_errno("socket");
  }
  ~Socket() { close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int get() const { return descriptor_; }

  /// Ends it for whoever reads from it, here or at the other end.
  void hang_up() const { shutdown(descriptor_, SHUT_RDWR); }

  bool send(std::string_view data) const {
    while (!data.empty()) {
      const ssize_t sent = ::send(descriptor_, data.data(), data.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      data.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Adds what has come to `buffer`; false at the end.
  bool receive(std::string& buffer) const {
    std::array<char, 1 << 16> chunk;
    for (;;) {
      const ssize_t size = recv(descriptor_, chunk.data(), chunk.size(), 0);
      if (size < 0 && errno == EINTR) continue;
      if (size > 0) buffer.append(chunk.data(), static_cast<std::size_t>(size));
      return size > 0;
    }
  }

  bool other_end_is_gone() const {
    pollfd look{descriptor_, POLLRDHUP, 0};
    return poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  }

 private:
  int descriptor_;
};

sockaddr_un unix_address(const fs::path& folder, const std::string& port) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (folder / (".s.PGSQL." + port)).string();
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("too long for a socket: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

/// Where libpq finds the server of a URL.
struct Server {
  std::string host;
  std::string port;

  int connect() const {
    if (host.starts_with('/')) {
      const sockaddr_un address = unix_address(host, port);
      const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return descriptor;
      close(descriptor);
      return -1;
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return -1;
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
      const int descriptor = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (::connect(descriptor, each->ai_addr, each->ai_addrlen) == 0) return descriptor;
      close(descriptor);
    }
    return -1;
  }
};

Server find_server(const std::string& url) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
  return {PQhost(connection.get()), PQport(connection.get())};
}

std::uint32_t big_endian(std::string_view four_bytes) {
  std::uint32_t number = 0;
  for (const char byte : four_bytes.substr(0, 4)) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

/// Takes the next whole message from `buffer`, if there is one.  The first of a client has no type.
std::optional<std::string> next_message(std::string& buffer, bool typed) {
  const std::size_t type = typed ? 1 : 0;
  if (buffer.size() < type + 4) return std::nullopt;
  const std::size_t size = type + big_endian(std::string_view(buffer).substr(type));
  if (buffer.size() < size) return std::nullopt;
  std::string message = buffer.substr(0, size);
  buffer.erase(0, size);
  return message;
}

std::string text_at(const std::string& message, std::size_t offset) { return message.c_str() + offset; }

std::string sql_of(const std::string& message) {
  if (message[0] == 'Q') return text_at(message, 5);
  if (message[0] != 'P') return "";
  return text_at(message, 5 + text_at(message, 5).size() + 1);  // behind the statement's name
}

bool ends_request(char type) { return type == 'Q' || type == 'S' || type == 'c' || type == 'f' || type == 'F'; }

/// The server then waits for its client: ready for a query, or for the data of a COPY.
bool ends_answer(char type) { return type == 'Z' || type == 'G' || type == 'W'; }

bool writes(std::string_view tag) {
  static constexpr std::string_view kReading[] = {
      "BEGIN",   "CLOSE",  "COMMIT",   "DEALLOCATE", "DECLARE", "DISCARD",   "EXPLAIN", "FETCH",
      "LISTEN",  "LOCK",   "MOVE",     "PREPARE",    "RELEASE", "RESET",     "ROLLBACK",
      "SELECT",  "SET",    "SHOW",     "START",      "UNLISTEN", "SAVEPOINT"};
  for (const std::string_view word : kReading) {
    if (tag.starts_with(word)) return false;
  }
  const auto space = tag.rfind(' ');  // before the number of rows, where there is one
  return space == tag.npos || tag.substr(space + 1) != "0";
}

/// Counts the commits of one connection from the server's tags.
class CommitCounter {
 public:
  /// True if `message` of the server ends a transaction that wrote.
  bool sees(const std::string& message) {
    switch (message[0]) {
      case 'C': return completed(text_at(message, 5));
      case 'E': if (savepoints_ == 0) wrote_ = false; return false;
      case 'Z': return message[5] == 'I' && ended(last_ != "ROLLBACK");
      default: return false;
    }
  }

 private:
  bool completed(const std::string& tag) {
    last_ = tag;
    if (tag == "COMMIT") return ended(true);
    if (tag == "SAVEPOINT") ++savepoints_;
    if (tag == "RELEASE" && savepoints_ > 0) --savepoints_;
    if (tag == "ROLLBACK" && savepoints_ == 0) wrote_ = false;  // else it may be one to a savepoint
    if (writes(tag)) wrote_ = true;
    return false;
  }

  bool ended(bool well) {
    savepoints_ = 0;
    return std::exchange(wrote_, false) && well;
  }

  bool wrote_ = false;
  int savepoints_ = 0;
  std::string last_;
};

}  // namespace

class PostgresProxy::State {
 public:
  explicit State(const std::string& server_url)
      : url_(url_through(server_url, folder_.path())),
        server_(find_server(server_url)),
        listener_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_un address = unix_address(folder_.path(), "5432");
    if (bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw_errno("bind");
    if (listen(listener_.get(), 100) != 0) throw_errno("listen");
    thread_ = std::thread([this] { accept_all(); });
  }

  ~State() {
    {
      const std::lock_guard guard(mutex_);
      stopping_ = true;
      released_ = true;
      for (const Link& link : links_) link.hang_up();
    }
    changed_.notify_all();
    listener_.hang_up();
    thread_.join();
    for (Link& link : links_) link.join();
  }

  void arm(bool stalls, Moment moment, Which which) {
    const std::lock_guard guard(mutex_);
    fault_ = Fault{stalls, moment, std::move(which)};
    struck_ = false;
    released_ = false;
  }

  bool struck(std::chrono::milliseconds patience) {
    std::unique_lock guard(mutex_);
    return changed_.wait_for(guard, patience, [&] { return struck_; });
  }

  void release() {
    {
      const std::lock_guard guard(mutex_);
      released_ = true;
    }
    changed_.notify_all();
  }

  const std::string& url() const { return url_; }

  Traffic traffic() {
    const std::lock_guard guard(mutex_);
    return traffic_;
  }

  std::vector<std::string> requests() {
    const std::lock_guard guard(mutex_);
    return requests_;
  }

 private:
  struct Fault {
    bool stalls = false;
    Moment moment = Moment::before;
    Which which;
  };

  /// One client and its connection to the server, with a thread for either direction.
  struct Link {
    Link(int client_descriptor, int server_descriptor) : client(client_descriptor), server(server_descriptor) {}

    void hang_up() const {
      client.hang_up();
      server.hang_up();
    }
    void join() {
      from_client.join();
      from_server.join();
    }

    Socket client;
    Socket server;
    std::thread from_client, from_server;
    bool waits = false;           ///< for the server
    std::optional<Fault> held;    ///< strikes when the server has answered
    CommitCounter commits;
  };

  void accept_all() {
    for (;;) {
      const int client = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0 && errno == EINTR) continue;
      if (client < 0) return;
      const int server = server_.connect();
      const std::lock_guard guard(mutex_);
      if (server < 0 || stopping_) {  // the client learns that nobody is there
        close(client);
        if (server >= 0) close(server);
        continue;
      }
      ++traffic_.connections;
      Link& link = links_.emplace_back(client, server);
      link.from_client = std::thread([this, &link] { serve(link, &State::pass_requests); });
      link.from_server = std::thread([this, &link] { serve(link, &State::pass_answers); });
    }
  }

  void serve(Link& link, void (State::*pass)(Link&)) {
    (this->*pass)(link);
    link.hang_up();
  }

  void pass_requests(Link& link) {
    std::string buffer, request, sql;
    for (bool started = false; link.client.receive(buffer);) {
      while (const auto message = next_message(buffer, started)) {
        if (!started) {
          started = true;
          if (!link.server.send(*message)) return;
          continue;
        }
        request += *message;
        sql += sql_of(*message);
        const char type = (*message)[0];
        const bool part_of_one = type == 'P' || type == 'B' || type == 'D' || type == 'E' || type == 'C';
        if (part_of_one) continue;
        if (ends_request(type) && !may_pass(link, std::exchange(sql, ""))) return;
        if (!link.server.send(std::exchange(request, ""))) return;
      }
    }
  }

  /// Counts a request.  False if the connection ends with it.
  bool may_pass(Link& link, const std::string& sql) {
    std::unique_lock guard(mutex_);
    requests_.push_back(sql);
    if (!std::exchange(link.waits, true)) ++traffic_.round_trips;
    if (!fault_ || !fault_->which({requests_.size(), sql})) return true;
    const Fault fault = *std::exchange(fault_, std::nullopt);
    if (fault.moment == Moment::after) {
      link.held = fault;
      return true;
    }
    return strike(fault, link, guard);
  }

  /// False if the connection ends here.
  bool strike(const Fault& fault, const Link& link, std::unique_lock<std::mutex>& guard) {
    struck_ = true;
    changed_.notify_all();
    if (!fault.stalls) return false;
    while (!released_) {
      if (link.client.other_end_is_gone()) return false;
      changed_.wait_for(guard, 2ms);
    }
    return !stopping_;
  }

  void pass_answers(Link& link) {
    std::string buffer, answer;
    while (link.server.receive(buffer)) {
      while (const auto message = next_message(buffer, /*typed=*/true)) {
        answer += *message;
        if (!count_answer(link, *message)) return;
      }
      {
        const std::lock_guard guard(mutex_);
        if (link.held) continue;
      }
      if (!link.client.send(std::exchange(answer, ""))) return;
    }
  }

  bool count_answer(Link& link, const std::string& message) {
    std::unique_lock guard(mutex_);
    if (message[0] == 'C') ++traffic_.statements;
    if (link.commits.sees(message)) ++traffic_.commits;
    if (!ends_answer(message[0])) return true;
    link.waits = false;
    if (!link.held) return true;
    const Fault fault = *std::exchange(link.held, std::nullopt);
    return strike(fault, link, guard);
  }

  TempDir folder_;
  const std::string url_;
  const Server server_;
  const Socket listener_;
  std::thread thread_;
  std::mutex mutex_;  ///< for what follows
  std::list<Link> links_;
  Traffic traffic_;
  std::vector<std::string> requests_;
  std::condition_variable changed_;
  std::optional<Fault> fault_;
  bool struck_ = false;
  bool released_ = false;
  bool stopping_ = false;
};

PostgresProxy::PostgresProxy(const std::string& url) : state_(std::make_unique<State>(url)) {}

PostgresProxy::~PostgresProxy() = default;

const std::string& PostgresProxy::url() const { return state_->url(); }

void PostgresProxy::cut(Moment moment, Which which) { state_->arm(/*stalls=*/false, moment, std::move(which)); }

void PostgresProxy::stall(Moment moment, Which which) { state_->arm(/*stalls=*/true, moment, std::move(which)); }

bool PostgresProxy::struck(std::chrono::milliseconds patience) { return state_->struck(patience); }

void PostgresProxy::release() { state_->release(); }

Traffic PostgresProxy::traffic() const { return state_->traffic(); }

std::vector<std::string> PostgresProxy::requests() const { return state_->requests(); }

PostgresProxy::Which PostgresProxy::nth(std::size_t number) {
  return [number](const Request& request) { return request.number == number; };
}

PostgresProxy::Which PostgresProxy::containing(std::string text) {
  return [text = std::move(text)](const Request& request) { return request.sql.find(text) != std::string::npos; };
}

}  // namespace seedbed::test
