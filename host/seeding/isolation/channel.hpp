#pragma once
// Messages over a socket pair.

#include <chrono>
#include <optional>
#include <string>

#include "seeding/isolation/message.hpp"

namespace seedbed::host::isolation {

/// One end of a socket pair; closes it at the end.
class Channel {
 public:
  explicit Channel(int descriptor) : descriptor_(descriptor) {}
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// False when nobody is at the other end any more.
  bool send(const Composer& message);

  enum class Silence { gone, late };

  /// The next message; nothing when the other end is gone or, with a deadline, too late: `why` then
  /// tells which.  Throws Error{interrupted} after a signal.
  std::optional<Message> receive(std::optional<std::chrono::steady_clock::time_point> deadline, Silence& why);

 private:
  bool read_all(char* into, std::size_t size, std::optional<std::chrono::steady_clock::time_point> deadline, Silence& why);

  int descriptor_;
};

}  // namespace seedbed::host::isolation
