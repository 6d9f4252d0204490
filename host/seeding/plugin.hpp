#pragma once
// A plugin that is ready to seed, wherever its code runs.

#include <functional>
#include <string>
#include <string_view>

#include <seedbed/abi.h>

namespace seedbed::host {

class Plugin {
 public:
  virtual ~Plugin() = default;

  /// Throws Error{plugin} if it hands out no seeder that declares `name`.
  virtual void require(std::string_view name) const = 0;

  /// Calls the seeder `name`.  `run` and `host` are lent for the length of the call.  Throws what
  /// the plugin lets cross the ABI, and Error where its code runs elsewhere and does not come back.
  virtual seedbed_status seed(const std::string& name, const seedbed_run& run, const seedbed_host& host) = 0;

  /// Calls `work`, what the host has left to do for the seeder that was called last, in the time that it has.
  virtual void complete(const std::function<void()>& work) { work(); }
};

}  // namespace seedbed::host
