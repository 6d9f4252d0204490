#pragma once
// The error that a test expects, as a value to look at.

#include "error.hpp"
#include "support/catch.hpp"

namespace seedbed::test {

/// The Error that `work` throws.  Fails the test if it throws none.
template <class Work>
host::Error failure_of(Work work) {
  try {
    work();
  } catch (const host::Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  return host::Error(host::ExitCode::done, "");
}

}  // namespace seedbed::test
