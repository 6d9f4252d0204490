#pragma once
// Ctrl-C and SIGTERM, as a flag that every loop with a database at its other end looks at; and deadlines,
// which end a statement in the same way.

#include <chrono>
#include <optional>

namespace seedbed::host {

/// Installs the handlers.  The first signal sets the flag; a second one ends the process at once.
void catch_interrupts();

/// True once a signal has arrived.
bool interrupted();

/// While one lives, interrupted() is false: for the little that is still to be done after a signal.
class UninterruptedScope {
 public:
  UninterruptedScope();
  ~UninterruptedScope();
  UninterruptedScope(const UninterruptedScope&) = delete;
  UninterruptedScope& operator=(const UninterruptedScope&) = delete;
};

/// While one lives, must_stop() is true from `deadline` on, if there is one.  They do not nest.
class DeadlineScope {
 public:
  explicit DeadlineScope(std::optional<std::chrono::steady_clock::time_point> deadline);
  ~DeadlineScope();
  DeadlineScope(const DeadlineScope&) = delete;
  DeadlineScope& operator=(const DeadlineScope&) = delete;
};

/// True if the statement that runs is to be ended: after a signal, or behind a deadline.
bool must_stop();

/// Throws Error{interrupted} if a signal has arrived.
void throw_if_interrupted();

}  // namespace seedbed::host
