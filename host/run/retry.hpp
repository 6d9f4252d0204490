#pragma once
// Runs a whole transaction again when the server asked for it.

#include <chrono>
#include <string_view>
#include <thread>

#include "error.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

/// Deadlock, lock timeout, serialization failure: nothing is wrong but the moment.
inline bool is_transient(const Error& error) {
  return error.sqlstate() == "40P01" || error.sqlstate() == "55P03" || error.sqlstate() == "40001";
}

/// Calls `work`, which opens and commits a transaction of its own, at most four times.
template <class Work>
auto with_retries(std::string_view what, const Work& work) {
  constexpr int kTries = 4;
  for (int tries = 1;; ++tries) {
    try {
      return work();
    } catch (const Error& error) {
      if (!is_transient(error) || tries == kTries) throw;
      log::warning("transaction_retry", {{"what", what}, {"sqlstate", error.sqlstate()}, {"error", error.message()}, {"tries", tries}});
    }
    throw_if_interrupted();
    std::this_thread::sleep_for(std::chrono::milliseconds(50 << tries));
  }
}

}  // namespace seedbed::host
