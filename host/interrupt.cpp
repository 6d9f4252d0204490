#include "interrupt.hpp"

#include <csignal>

#include "error.hpp"

namespace seedbed::host {

namespace {

volatile std::sig_atomic_t signalled = 0;
int uninterrupted_scopes = 0;

extern "C" void note_signal(int) { signalled = 1; }

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second signal ends the process
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return signalled != 0 && uninterrupted_scopes == 0; }

UninterruptedScope::UninterruptedScope() { ++uninterrupted_scopes; }

UninterruptedScope::~UninterruptedScope() { --uninterrupted_scopes; }

void throw_if_interrupted() {
  if (interrupted()) throw Error(ExitCode::interrupted, "interrupted");
}

}  // namespace seedbed::host
