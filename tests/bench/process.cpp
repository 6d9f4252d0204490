#include "bench/process.hpp"

#include <chrono>
#include <stdexcept>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temp_dir.hpp"

namespace seedbed::bench {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void become(std::vector<char*> words, const fs::path& folder, const fs::path& input, const fs::path& out,
                         const fs::path& err) {
  const auto redirect = [](const fs::path& file, int flags, int to) {
    const int opened = open(file.c_str(), flags, 0600);
    return opened >= 0 && dup2(opened, to) >= 0;
  };
  const bool ready = chdir(folder.c_str()) == 0 && redirect(input, O_RDONLY, STDIN_FILENO) &&
                     redirect(out, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO) &&
                     redirect(err, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  if (ready) execvp(words[0], words.data());
  _exit(127);
}

}  // namespace

Measured run(const std::vector<std::string>& words, const fs::path& folder, const fs::path& input) {
  static const test::TempDir outputs;
  std::vector<std::string> copies = words;
  std::vector<char*> pointers;
  for (std::string& word : copies) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("could not fork");
  if (child == 0) become(pointers, folder, input, outputs / "out", outputs / "err");
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child) throw std::runtime_error("could not wait for " + words[0]);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;

  Measured measured{took.count(), static_cast<double>(usage.ru_maxrss) / 1024, test::read_file(outputs / "out")};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::string command;
    for (const std::string& word : words) command += (command.empty() ? "" : " ") + word;
    throw std::runtime_error("failed: " + command + "\n" + measured.out + test::read_file(outputs / "err"));
  }
  return measured;
}

}  // namespace seedbed::bench
