#pragma once
// A project with configuration files, for tests of what becomes of them.

#include <filesystem>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "error.hpp"
#include "support/temp_dir.hpp"

namespace seedbed::test {

/// A folder with configuration files, and what is said on the command line there.
class Project {
 public:
  explicit Project(const std::string& toml = {});

  void write(const std::string& name, const std::string& text) const;
  std::filesystem::path path(const std::string& name) const;

  host::Settings resolve(const std::string& below = ".") const;

  /// The error of resolve().  Fails the test if there is none.
  host::Error refusal() const;

  host::CommandLine line;
  host::Environment environment;

 private:
  TempDir folder_;
};

/// The entry of that key, or one whose value is "no such entry".
host::SettingEntry entry(const host::Settings& settings, const std::string& key);

using Names = std::vector<std::string>;
Names names(const std::vector<host::Named>& named);

/// Two environments: local, the default, and staging, whose url is a variable.
extern const char* const kTwoEnvironments;

/// Every key of seedbed.toml, in one environment called main.
extern const char* const kEveryKey;

}  // namespace seedbed::test
