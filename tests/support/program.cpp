#include "support/program.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

namespace seedbed::test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

void require_success(int error, const std::string& what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// What posix_spawn does in the child before it becomes the program.
class SpawnActions {
 public:
  SpawnActions() { require_success(posix_spawn_file_actions_init(&actions_), "spawn actions"); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  void open(int descriptor, const fs::path& file, int flags) {
    require_success(
        posix_spawn_file_actions_addopen(&actions_, descriptor, file.c_str(), flags, 0600),
        file.string());
  }
  void change_directory(const fs::path& directory) {
    require_success(posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str()),
                    directory.string());
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

Running::Running(Running&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      status_(other.status_),
      files_(std::move(other.files_)) {}

Running::~Running() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
}

void Running::signal(int number) const {
  if (pid_ < 0) throw std::runtime_error("the program had ended before signal " + std::to_string(number));
  require_success(kill(pid_, number) == 0 ? 0 : errno, "kill");
}

bool Running::ended() {
  if (pid_ < 0) return true;
  const pid_t reaped = waitpid(pid_, &status_, WNOHANG);
  if (reaped < 0) require_success(errno, "waitpid");
  if (reaped == pid_) pid_ = -1;
  return pid_ < 0;
}

Finished Running::finished() const {
  return {WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_),
          read_file(*files_ / "out"), read_file(*files_ / "err")};
}

void Running::wait_for_output(const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (true) {
    const bool last_look = ended() || std::chrono::steady_clock::now() > deadline;
    const std::string out = read_file(*files_ / "out");
    const std::string err = read_file(*files_ / "err");
    if (out.find(text) != std::string::npos || err.find(text) != std::string::npos) return;
    if (last_look) throw std::runtime_error("no \"" + text + "\" in\n" + out + "\n" + err);
    std::this_thread::sleep_for(2ms);
  }
}

Finished Running::wait(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!ended()) {
    if (std::chrono::steady_clock::now() > deadline) {
      kill(pid_, SIGKILL);
      waitpid(std::exchange(pid_, -1), &status_, 0);
      const Finished killed = finished();
      throw StillRunning("still running after " + std::to_string(patience.count()) + " s\n" + killed.out + "\n" + killed.err);
    }
    std::this_thread::sleep_for(1ms);
  }
  return finished();
}

Program::Program(fs::path directory) : Program(std::move(directory), SEEDBED_PROGRAM) {}

Program::Program(fs::path directory, fs::path executable)
    : directory_(std::move(directory)),
      executable_(std::move(executable)),
      environment_{{"LC_ALL", "C.UTF-8"}} {
  for (const char* name :
       {"PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment_[name] = value;
  }
}

Program& Program::environment(const std::string& name, const std::string& value) {
  environment_[name] = value;
  return *this;
}

Program& Program::input(std::string text) {
  input_ = std::move(text);
  return *this;
}

Finished Program::run(const std::vector<std::string>& arguments) const {
  return start(arguments).wait();
}

Running Program::start(const std::vector<std::string>& arguments) const {
  Running running;
  running.files_ = std::make_unique<TempDir>();
  const TempDir& files = *running.files_;
  write_file(files / "in", input_);

  std::vector<std::string> words{executable_.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment_) variables.push_back(name + "=" + value);

  SpawnActions actions;
  actions.open(STDIN_FILENO, files / "in", O_RDONLY);
  actions.open(STDOUT_FILENO, files / "out", O_WRONLY | O_CREAT | O_APPEND);
  actions.open(STDERR_FILENO, files / "err", O_WRONLY | O_CREAT | O_APPEND);
  actions.change_directory(directory_);
  require_success(posix_spawn(&running.pid_, executable_.c_str(), actions.get(), nullptr,
                              pointers(words).data(), pointers(variables).data()),
                  executable_.string());
  return running;
}

}  // namespace seedbed::test
