#include "seeding/isolation/channel.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "error.hpp"
#include "interrupt.hpp"

namespace seedbed::host::isolation {

namespace {

constexpr int kSliceMs = 100;  // between looks at Ctrl-C and the clock
constexpr std::uint64_t kLongest = std::uint64_t{1} << 30;  // what PostgreSQL takes in one value

}  // namespace

Channel::~Channel() { close(descriptor_); }

bool Channel::send(const Composer& message) {
  const auto size = static_cast<std::uint64_t>(message.bytes().size());
  std::string bytes(reinterpret_cast<const char*>(&size), sizeof size);
  bytes += message.bytes();
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t now = ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) return false;
    sent += static_cast<std::size_t>(now);
  }
  return true;
}

bool Channel::read_all(char* into, std::size_t size, std::optional<std::chrono::steady_clock::time_point> deadline,
                       Silence& why) {
  for (std::size_t got = 0; got < size;) {
    pollfd waiting{descriptor_, POLLIN, 0};
    const int ready = poll(&waiting, 1, kSliceMs);
    throw_if_interrupted();
    if (ready <= 0) {
      why = Silence::late;
      if (deadline && std::chrono::steady_clock::now() >= *deadline) return false;
      continue;
    }
    const ssize_t now = read(descriptor_, into + got, size - got);
    if (now < 0 && errno == EINTR) continue;
    why = Silence::gone;
    if (now <= 0) return false;
    got += static_cast<std::size_t>(now);
  }
  return true;
}

std::optional<Message> Channel::receive(std::optional<std::chrono::steady_clock::time_point> deadline, Silence& why) {
  why = Silence::late;  // also of a process that says something without end
  if (deadline && std::chrono::steady_clock::now() >= *deadline) return std::nullopt;
  std::uint64_t size = 0;
  if (!read_all(reinterpret_cast<char*>(&size), sizeof size, deadline, why)) return std::nullopt;
  if (size > kLongest) throw Error(ExitCode::plugin, "its process sent a message of more than 1 GiB");
  std::string bytes;
  while (bytes.size() < size) {  // grows with what arrives, not with what is announced
    constexpr std::size_t kChunk = 1 << 20;
    const std::size_t begin = bytes.size();
    bytes.resize(begin + std::min<std::size_t>(kChunk, size - begin));
    if (!read_all(bytes.data() + begin, bytes.size() - begin, deadline, why)) return std::nullopt;
  }
  return Message(std::move(bytes));
}

}  // namespace seedbed::host::isolation
