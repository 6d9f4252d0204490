#pragma once
// Ctrl-C and SIGTERM, as a flag that every loop with a database at its other end looks at.

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

/// Throws Error{interrupted} if a signal has arrived.
void throw_if_interrupted();

}  // namespace seedbed::host
