#include "seeding/isolation/isolated_plugin.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "duration.hpp"
#include "error.hpp"
#include "interrupt.hpp"
#include "log.hpp"
#include "seeding/isolation/plugin_process.hpp"

namespace seedbed::host {

using isolation::Channel;
using isolation::Composer;
using isolation::Kind;
using isolation::Message;

namespace {

constexpr const char* kOwnProgram = "/proc/self/exe";

/// The environment without what holds a secret: the plugin has no use for the database's password.
std::vector<char*> environment_without_secrets() {
  std::vector<char*> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (log::redacted(*variable) == *variable) kept.push_back(*variable);
  }
  kept.push_back(nullptr);
  return kept;
}

/// A copy of a descriptor that none of the numbers the new process is given can overwrite.
class HighDescriptor {
 public:
  explicit HighDescriptor(int descriptor) : descriptor_(fcntl(descriptor, F_DUPFD_CLOEXEC, isolation::kPluginDescriptor + 1)) {
    if (descriptor_ < 0) throw Error(ExitCode::plugin, fmt::format("could not copy a descriptor: {}", std::strerror(errno)));
  }
  ~HighDescriptor() { close(descriptor_); }
  HighDescriptor(const HighDescriptor&) = delete;
  HighDescriptor& operator=(const HighDescriptor&) = delete;

  int number() const { return descriptor_; }

 private:
  int descriptor_;
};

pid_t spawn(const OpenedFile& plugin, int host) {
  const HighDescriptor host_end(host), file(plugin.descriptor());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, host_end.number(), isolation::kDescriptor);
  posix_spawn_file_actions_adddup2(&actions, file.number(), isolation::kPluginDescriptor);
  std::string program = "seedbed", word = isolation::kWord, path = plugin.path().string();
  char* arguments[] = {program.data(), word.data(), path.data(), nullptr};
  const std::vector<char*> environment = environment_without_secrets();
  pid_t process = -1;
  const int failure = posix_spawn(&process, kOwnProgram, &actions, nullptr, arguments, environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure == 0) return process;
  Error error(ExitCode::plugin, fmt::format("could not start a process for plugin \"{}\": {}", path, std::strerror(failure)));
  if (access(kOwnProgram, F_OK) == 0) throw error;
  throw error.detail(fmt::format("There is no {}, through which the program starts itself.", kOwnProgram)).hint("Mount it: mount -t proc proc /proc");
}

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return fmt::format("it ended its process with status {}", WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  return fmt::format("it crashed: signal {} ({})", signal, strsignal(signal));
}

Composer composed(const std::string& name, const seedbed_run& run) {
  Composer message(Kind::seed);
  message.text(name).number(run.tier).number(run.engine).number(run.dry_run).text(run.environment).number(run.now);
  message.text(std::string_view(reinterpret_cast<const char*>(run.random_seed), sizeof run.random_seed));
  message.number(static_cast<std::uint64_t>(run.parameter_count));
  for (std::size_t i = 0; i < run.parameter_count; ++i) {
    message.text(run.parameters[i].name).value(run.parameters[i].value);
  }
  return message;
}

/// A seedbed_writer and what it points to.
struct WriterRequest {
  explicit WriterRequest(Message& request) {
    writer.struct_size = std::min<std::uint32_t>(request.number<std::uint32_t>(), sizeof writer);
    if (!SEEDBED_HAS(seedbed_writer, &writer, key_count)) return;
    writer.mode = request.number<std::int32_t>();
    writer.table = request.abi_text();
    const auto column_count = request.number<std::uint64_t>();
    for (std::uint64_t i = 0; i < column_count; ++i) {
      const seedbed_text name = request.abi_text();
      columns.push_back({name, request.number<std::int32_t>(), 0});
    }
    const auto key_count = request.number<std::uint64_t>();
    for (std::uint64_t i = 0; i < key_count; ++i) key.push_back(request.abi_text());
    writer.columns = columns.data();
    writer.column_count = columns.size();
    writer.key = key.data();
    writer.key_count = key.size();
  }

  seedbed_writer writer{};
  std::vector<seedbed_column> columns;
  std::vector<seedbed_text> key;
};

}  // namespace

IsolatedPlugin::IsolatedPlugin(std::shared_ptr<const OpenedFile> file, std::optional<std::chrono::milliseconds> timeout)
    : file_(std::move(file)), timeout_(timeout) {
  try {
    start();
  } catch (...) {
    kill_process();
    throw;
  }
}

IsolatedPlugin::~IsolatedPlugin() { kill_process(); }

void IsolatedPlugin::kill_process() {
  if (process_ == -1) return;
  kill(process_, SIGKILL);
  reap();
}

int IsolatedPlugin::reap() {
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return status;
}

void IsolatedPlugin::require(std::string_view name) const {
  if (seeders_.contains(name)) return;
  throw Error(ExitCode::plugin, fmt::format("plugin \"{}\" declares the seeder \"{}\" but does not hand it out", file_->path().string(), name));
}

seedbed_status IsolatedPlugin::seed(const std::string& name, const seedbed_run& run, const seedbed_host& host) {
  if (timeout_) deadline_ = std::chrono::steady_clock::now() + *timeout_;
  if (process_ == -1) start();  // the last call ended it
  widths_.clear();
  channel_->send(composed(name, run));
  for (;;) {
    Message request = next(deadline_);
    if (request.kind() == Kind::done) return request.number<seedbed_status>();
    const DeadlineScope scope(deadline_);  // what it asks for is ended by the database, and next() then throws
    carry_out(request, host, deadline_);
  }
}

void IsolatedPlugin::complete(const std::function<void()>& work) {
  const DeadlineScope scope(deadline_);
  try {
    work();
  } catch (const Error&) {
    throw_if_interrupted();
    if (!must_stop()) throw;
    throw_late();
  }
}

Message IsolatedPlugin::next(Deadline deadline) {
  Channel::Silence why{};
  std::optional<Message> message = channel_->receive(deadline, why);
  if (message) return std::move(*message);
  if (why == Channel::Silence::gone) tell_how_it_ended();
  throw_late();
}

void IsolatedPlugin::throw_late() {
  kill_process();
  throw Error(ExitCode::plugin, fmt::format("it had not ended after {}", duration_text(*timeout_)))
      .hint("Its process was killed. Give it more time with --timeout.");
}

void IsolatedPlugin::tell_how_it_ended() {
  const int status = reap();
  throw_if_interrupted();  // Ctrl-C reaches it, too
  throw Error(ExitCode::plugin, how_it_ended(status));
}

void IsolatedPlugin::carry_out(Message& request, const seedbed_host& host, Deadline deadline) {
  seedbed_status status = SEEDBED_FAILED;
  Composer answer(Kind::answer);
  switch (request.kind()) {
    case Kind::open_writer: {
      const WriterRequest opened(request);
      std::uint32_t id = 0;
      status = host.open_writer(host.ctx, &opened.writer, &id);
      if (status == SEEDBED_OK) widths_.push_back(opened.columns.size());
      answer.number(status).number(id);
      break;
    }
    case Kind::write_rows: {
      const auto id = request.number<std::uint32_t>();
      const auto row_count = request.number<std::uint64_t>();
      const std::vector<seedbed_value> values = request.values();
      const std::uint64_t width = id < widths_.size() ? widths_[id] : 0;
      if (width == 0 || values.size() % width != 0 || values.size() / width != row_count) {
        throw Error(ExitCode::plugin, "its process sent rows of a wrong length");
      }
      status = host.write_rows(host.ctx, id, values.data(), row_count);
      answer.number(status);
      break;
    }
    case Kind::exec: {
      const seedbed_text sql = request.abi_text();
      const std::vector<seedbed_value> params = request.values();
      std::int64_t changed = 0;
      status = host.exec(host.ctx, sql, params.data(), params.size(), &changed);
      answer.number(status).number(changed);
      break;
    }
    case Kind::query: return carry_out_query(request, host, deadline);
    case Kind::bcrypt: {
      const seedbed_text password = request.abi_text();
      const auto cost = request.number<std::int32_t>();
      const std::string_view salt = request.text();
      if (salt.size() != 16) throw Error(ExitCode::plugin, "its process sent a salt that has not 16 bytes");
      char hash[60] = {};
      status = host.bcrypt(host.ctx, password, cost, reinterpret_cast<const std::uint8_t*>(salt.data()), hash);
      answer.number(status).text(std::string_view(hash, sizeof hash));
      break;
    }
    case Kind::log: {
      const auto level = request.number<std::int32_t>();
      const seedbed_text event = request.abi_text();
      std::vector<seedbed_field> fields;
      for (auto left = request.number<std::uint64_t>(); left > 0; --left) {
        const seedbed_text name = request.abi_text();
        fields.push_back({name, request.value()});
      }
      host.log(host.ctx, level, event, fields.data(), fields.size());
      return;
    }
    case Kind::progress: {
      const auto done = request.number<std::uint64_t>();
      host.progress(host.ctx, done, request.number<std::uint64_t>());
      return;
    }
    case Kind::fail: host.fail(host.ctx, request.abi_text()); return;
    default: throw Error(ExitCode::plugin, "its process sent a message that seedbed does not understand");
  }
  channel_->send(answer);  // if it is gone, next() finds out
}

void IsolatedPlugin::carry_out_query(Message& request, const seedbed_host& host, Deadline deadline) {
  struct Rows {
    IsolatedPlugin& plugin;
    Deadline deadline;
    std::exception_ptr failure;

    static seedbed_status row(void* user, const seedbed_value* values, std::size_t count) {
      auto& self = *static_cast<Rows*>(user);
      try {
        self.plugin.channel_->send(Composer(Kind::rows).values(values, count));
        Message answer = self.plugin.next(self.deadline);
        if (answer.kind() != Kind::more) {
          throw Error(ExitCode::plugin, "a seeder called the host while it was given the rows of a query");
        }
        return answer.number<std::uint8_t>() != 0 ? SEEDBED_OK : SEEDBED_FAILED;
      } catch (...) {  // the ABI lets nothing pass; it goes on behind the query
        self.failure = std::current_exception();
        return SEEDBED_FAILED;
      }
    }
  } rows{*this, deadline, nullptr};

  const seedbed_text sql = request.abi_text();
  const std::vector<seedbed_value> params = request.values();
  const seedbed_status status = host.query(host.ctx, sql, params.data(), params.size(), Rows::row, &rows);
  if (rows.failure) std::rethrow_exception(rows.failure);
  channel_->send(Composer(Kind::answer).number(status));
}

void IsolatedPlugin::start() {
  seeders_.clear();
  {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
      throw Error(ExitCode::plugin, fmt::format("could not make a socket pair: {}", std::strerror(errno)));
    }
    channel_ = std::make_unique<Channel>(pair[0]);
    const Channel theirs(pair[1]);  // closed here once the process has it, or its end would not be seen
    process_ = spawn(*file_, pair[1]);
  }
  Deadline deadline;
  if (timeout_) deadline = std::chrono::steady_clock::now() + *timeout_;
  Message first = [&] {
    try {
      return next(deadline);
    } catch (const Error& error) {
      throw error.prefixed(fmt::format("plugin \"{}\" could not be loaded: ", file_->path().string()));
    }
  }();
  if (first.kind() == Kind::not_loaded) {
    Error error(ExitCode::plugin, std::string(first.text()));
    error.detail(std::string(first.text()));
    throw error.hint(std::string(first.text()));
  }
  for (auto left = first.number<std::uint64_t>(); left > 0; --left) seeders_.emplace(first.text());
}

}  // namespace seedbed::host
