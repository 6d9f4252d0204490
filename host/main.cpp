// The program: a command line in, an exit code out, and the one place where errors end.

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include "cli/invocation.hpp"
#include "database/sqlite/sqlite_process.hpp"
#include "log.hpp"
#include "redaction.hpp"
#include "seeding/isolation/plugin_process.hpp"

namespace host = seedbed::host;

namespace {

// The next file to be opened would become standard output otherwise, and hold the report.
void open_closed_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // open() takes the lowest free descriptor, which is this one.
    if (fcntl(descriptor, F_GETFD) == -1) static_cast<void>(open("/dev/null", O_RDWR));
  }
}

// Most runs are over in milliseconds, of which a heap that gives back what it will need again takes its share.
void let_heap_grow_in_strides() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 2 << 20);
  mallopt(M_TOP_PAD, 1 << 19);
#endif
}

// Everybody on the machine can list the words that a process was started with.
void hide_credentials(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) host::log::redact_credentials_in(argv[i]);
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string shown = host::log::redacted(word);
    if (shown == word) continue;
    const std::size_t size = word.size();
    for (std::size_t at = 0; at < size; ++at) argv[i][at] = at < shown.size() ? shown[at] : '\0';
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == host::isolation::kWord) return host::isolation::run_plugin_process(argv[2]);
  let_heap_grow_in_strides();
  open_closed_standard_streams();
  host::keep_no_memory_statistics();
  host::cli::Invocation invocation;
  const host::Look& look = invocation.globals.look;
  try {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    hide_credentials(argc, argv);
    host::cli::parse(arguments, invocation);
    host::keep_standard_output();
    return static_cast<int>(invocation.action(invocation.globals));
  } catch (const host::Error& error) {
    return host::print_failure(error, look);
  } catch (const std::exception& fault) {
    host::Error error(host::ExitCode::failed, fault.what());
    return host::print_failure(error.hint("This is a fault of seedbed itself."), look);
  }
}
