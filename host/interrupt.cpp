#include "interrupt.hpp"

#include <atomic>
#include <csignal>

#include "error.hpp"

namespace seedbed::host {

namespace {

// A signal comes in any thread, and the one that connects asks as well as the first.
std::atomic<bool> signalled = false;
std::atomic<int> uninterrupted_scopes = 0;
constexpr std::chrono::steady_clock::time_point kNever = std::chrono::steady_clock::time_point::max();
std::atomic<std::chrono::steady_clock::time_point> stop_at = kNever;
static_assert(std::atomic<bool>::is_always_lock_free, "or a signal handler must not touch it");

extern "C" void note_signal(int) { signalled = true; }

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second signal ends the process
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return signalled && uninterrupted_scopes == 0; }

UninterruptedScope::UninterruptedScope() { ++uninterrupted_scopes; }

UninterruptedScope::~UninterruptedScope() { --uninterrupted_scopes; }

DeadlineScope::DeadlineScope(std::optional<std::chrono::steady_clock::time_point> deadline) { stop_at = deadline.value_or(kNever); }

DeadlineScope::~DeadlineScope() { stop_at = kNever; }

bool must_stop() {
  if (interrupted()) return true;
  const std::chrono::steady_clock::time_point deadline = stop_at;
  return deadline != kNever && std::chrono::steady_clock::now() >= deadline;
}

void throw_if_interrupted() {
  if (interrupted()) throw Error(ExitCode::interrupted, "interrupted");
}

}  // namespace seedbed::host
