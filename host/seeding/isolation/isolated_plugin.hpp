#pragma once
// The host's side of a plugin that runs in a process of its own.

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

#include "seeding/isolation/channel.hpp"
#include "seeding/opened_file.hpp"
#include "seeding/plugin.hpp"

namespace seedbed::host {

/// A plugin mapped by another process, this program started again, which asks for each function of
/// seedbed_host over a socket pair.  Transaction and connection stay here: a plugin that crashes or
/// does not come back is an error, after which the transaction is rolled back.
class IsolatedPlugin : public Plugin {
 public:
  /// Starts the process and lets it map the library `file`, which it is handed open.  With a `timeout` that is how long
  /// one call of a seeder may take, the host's own work for it included.
  ///
  /// Throws Error{plugin} as PluginLibrary does.
  IsolatedPlugin(std::shared_ptr<const OpenedFile> file, std::optional<std::chrono::milliseconds> timeout);
  /// Ends the process.
  ~IsolatedPlugin() override;

  void require(std::string_view name) const override;
  seedbed_status seed(const std::string& name, const seedbed_run& run, const seedbed_host& host) override;
  void complete(const std::function<void()>& work) override;

 private:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  void start();
  void kill_process();
  int reap();
  isolation::Message next(Deadline deadline);
  [[noreturn]] void throw_late();
  [[noreturn]] void tell_how_it_ended();
  void carry_out(isolation::Message& request, const seedbed_host& host, Deadline deadline);
  void carry_out_query(isolation::Message& request, const seedbed_host& host, Deadline deadline);

  std::shared_ptr<const OpenedFile> file_;
  std::optional<std::chrono::milliseconds> timeout_;
  Deadline deadline_;  ///< of the seeder that was called last
  pid_t process_ = -1;  ///< -1 once it was reaped
  std::unique_ptr<isolation::Channel> channel_;
  std::set<std::string, std::less<>> seeders_;
  std::vector<std::size_t> widths_;  ///< columns of each writer that the running seeder has opened
};

}  // namespace seedbed::host
