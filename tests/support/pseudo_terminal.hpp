#pragma once
// A terminal of a kind that a test chooses.

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace seedbed::test {

/// Stands in for standard error, with `kind` in TERM, until its scope ends.
class PseudoTerminal {
 public:
  /// False in a bare chroot, where nobody has mounted /dev/pts.
  static bool available() {
    const int screen = posix_openpt(O_RDWR | O_NOCTTY);
    const bool found = screen >= 0 && grantpt(screen) == 0 && unlockpt(screen) == 0 && access(ptsname(screen), R_OK) == 0;
    if (screen >= 0) close(screen);
    return found;
  }

  explicit PseudoTerminal(const char* kind)
      : screen_(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)), saved_(dup(STDERR_FILENO)) {
    if (const char* before = std::getenv("TERM")) kind_before_ = before;
    const bool ready = screen_ >= 0 && grantpt(screen_) == 0 && unlockpt(screen_) == 0;
    const int terminal = ready ? ::open(ptsname(screen_), O_RDWR | O_NOCTTY) : -1;
    if (terminal < 0) throw std::system_error(errno, std::generic_category(), "pseudo terminal");
    dup2(terminal, STDERR_FILENO);
    close(terminal);
    setenv("TERM", kind, 1);
  }
  ~PseudoTerminal() {
    kind_before_.empty() ? unsetenv("TERM") : setenv("TERM", kind_before_.c_str(), 1);
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    close(screen_);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  /// What was written since the last call.
  std::string text() const {
    std::string all;
    char bytes[512];
    for (ssize_t size; (size = read(screen_, bytes, sizeof bytes)) > 0;) {
      all.append(bytes, static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  int screen_;
  int saved_;
  std::string kind_before_;
};

}  // namespace seedbed::test
