#include "report/print.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "log.hpp"

namespace seedbed::host {

namespace {

int output = STDOUT_FILENO;

// True unless writing failed for another reason than a reader who has gone away.
bool write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(output, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno == EPIPE;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

void keep_standard_output() {
  const int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (kept == -1 || dup2(STDERR_FILENO, STDOUT_FILENO) == -1) return;
  output = kept;
}

void print_document(std::string_view json) {
  if (write_out(json)) return;
  throw Error(ExitCode::failed,
              "could not write to standard output: " + std::generic_category().message(errno));
}

void print_text(std::string_view text) { print_document(log::redacted(text)); }

void print_error(const Error& error, const Look& look) {
  const std::string text = log::redacted(to_text(error, look.error_color));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

int print_failure(const Error& error, const Look& look) noexcept {
  print_error(error, look);
  // Standard output may be what failed; the error has been told by now.
  if (look.format == OutputFormat::json) write_out(to_json(error));
  if (look.format == OutputFormat::markdown) write_out(log::redacted(to_markdown(error)));
  return static_cast<int>(error.code());
}

}  // namespace seedbed::host
