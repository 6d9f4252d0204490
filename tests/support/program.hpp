#pragma once
// The program as its users run it: arguments, working directory, environment, input, signals.

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/types.h>

#include "support/temp_dir.hpp"

namespace seedbed::test {

/// A program that has ended.  A signal that killed it gives 128 and its number, as in a shell.
struct Finished {
  int exit_code = 0;
  std::string out;
  std::string err;
};

/// The error of a program that did not end in time.
struct StillRunning : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A program that runs.  It is killed at the end of the scope if nobody waited for it.
class Running {
 public:
  ~Running();
  Running(Running&& other) noexcept;

  pid_t pid() const { return pid_; }

  void signal(int number) const;

  bool ended();

  /// Returns as soon as standard output or error holds `text`.  Throws std::runtime_error when the
  /// program ends, or ten seconds pass, without it.
  void wait_for_output(const std::string& text);

  /// Waits for the end.  Kills the program, and throws StillRunning, after `patience`.
  Finished wait(std::chrono::seconds patience = std::chrono::seconds(60));

 private:
  friend class Program;
  Running() = default;

  Finished finished() const;

  pid_t pid_ = -1;  ///< -1 once it was reaped
  int status_ = 0;
  std::unique_ptr<TempDir> files_;
};

/// How to run the program: by default the seedbed of this build, in an environment that holds
/// nothing of the caller's but PATH, HOME, TMPDIR and the sanitizers' options.
class Program {
 public:
  explicit Program(std::filesystem::path directory);
  Program(std::filesystem::path directory, std::filesystem::path executable);

  Program& environment(const std::string& name, const std::string& value);

  /// What standard input holds; nothing by default.
  Program& input(std::string text);

  Finished run(const std::vector<std::string>& arguments) const;
  Running start(const std::vector<std::string>& arguments) const;

 private:
  std::filesystem::path directory_;
  std::filesystem::path executable_;
  std::map<std::string, std::string> environment_;
  std::string input_;
};

}  // namespace seedbed::test
