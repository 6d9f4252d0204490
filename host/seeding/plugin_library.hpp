#pragma once
// Maps one seeder plugin into the process and runs its seeders.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <seedbed/abi.h>

#include "seeding/opened_file.hpp"
#include "seeding/plugin.hpp"

namespace seedbed::host {

/// A mapped plugin.  What it hands out points into the library and dies with this object.
class PluginLibrary : public Plugin {
 public:
  /// Maps the library `file`, all symbols bound, local scope, and checks what it exports.
  ///
  /// Throws Error{plugin} when the file cannot be mapped (with the loader's own words), exports no
  /// entry point, speaks another ABI (both numbers), or hands out a table that is too short.
  explicit PluginLibrary(const OpenedFile& file);
  ~PluginLibrary() override;
  PluginLibrary(PluginLibrary&&) noexcept;

  void require(std::string_view name) const override { seeder(name); }
  seedbed_status seed(const std::string& name, const seedbed_run& run, const seedbed_host& host) override {
    return seeder(name).seed(&run, &host);
  }

  /// The names that its seeders declare.
  std::vector<std::string> seeders() const;

  /// The seeder whose record declares `name`.  Throws Error{plugin} if there is none.
  const seedbed_seeder& seeder(std::string_view name) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace seedbed::host
