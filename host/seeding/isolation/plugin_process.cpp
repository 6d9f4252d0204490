#include "seeding/isolation/plugin_process.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "error.hpp"
#include "seeding/isolation/channel.hpp"
#include "seeding/plugin_library.hpp"

namespace seedbed::host::isolation {

namespace {

/// What stands behind the seedbed_host that the plugin is given here: each function is a message, and
/// its answer.
class RemoteHost {
 public:
  explicit RemoteHost(Channel& channel) : channel_(channel) {}

  seedbed_host table() {
    seedbed_host host{};
    host.struct_size = sizeof host;
    host.abi_version = SEEDBED_ABI_VERSION;
    host.ctx = this;
    host.open_writer = open_writer;
    host.write_rows = write_rows;
    host.exec = exec;
    host.query = query;
    host.bcrypt = bcrypt;
    host.log = log;
    host.progress = progress;
    host.fail = fail;
    return host;
  }

 private:
  static RemoteHost& self(void* ctx) { return *static_cast<RemoteHost*>(ctx); }

  // Without its host the process has nothing left to do, and nobody to tell.
  void send(const Composer& message) {
    if (!channel_.send(message)) _exit(0);
  }

  Message receive() {
    Channel::Silence why{};
    std::optional<Message> message = channel_.receive(std::nullopt, why);
    if (!message) _exit(0);
    return std::move(*message);
  }

  Message ask(const Composer& message) {
    send(message);
    return receive();
  }

  static seedbed_status open_writer(void* ctx, const seedbed_writer* writer, std::uint32_t* id) {
    Composer message(Kind::open_writer);
    message.number(writer->struct_size);
    if (!SEEDBED_HAS(seedbed_writer, writer, key_count)) {  // the host says so
      self(ctx).ask(message);
      return SEEDBED_FAILED;
    }
    message.number(writer->mode).text(writer->table).number(static_cast<std::uint64_t>(writer->column_count));
    for (std::size_t i = 0; i < writer->column_count; ++i) message.text(writer->columns[i].name).number(writer->columns[i].kind);
    message.number(static_cast<std::uint64_t>(writer->key_count));
    for (std::size_t i = 0; i < writer->key_count; ++i) message.text(writer->key[i]);
    Message answer = self(ctx).ask(message);
    const auto status = answer.number<seedbed_status>();
    *id = answer.number<std::uint32_t>();
    if (status == SEEDBED_OK) self(ctx).widths_.push_back(writer->column_count);
    return status;
  }

  static seedbed_status write_rows(void* ctx, std::uint32_t id, const seedbed_value* values, std::size_t row_count) {
    const std::size_t width = id < self(ctx).widths_.size() ? self(ctx).widths_[id] : 0;
    Composer message(Kind::write_rows);
    message.number(id).number(static_cast<std::uint64_t>(row_count)).values(values, row_count * width);
    return self(ctx).ask(message).number<seedbed_status>();
  }

  static seedbed_status exec(void* ctx, seedbed_text sql, const seedbed_value* params, std::size_t count,
                             std::int64_t* rows_changed) {
    Message answer = self(ctx).ask(Composer(Kind::exec).text(sql).values(params, count));
    const auto status = answer.number<seedbed_status>();
    if (rows_changed != nullptr && status == SEEDBED_OK) *rows_changed = answer.number<std::int64_t>();
    return status;
  }

  static seedbed_status query(void* ctx, seedbed_text sql, const seedbed_value* params, std::size_t count,
                              seedbed_row row, void* user) {
    Message answer = self(ctx).ask(Composer(Kind::query).text(sql).values(params, count));
    while (answer.kind() == Kind::rows) {
      const std::vector<seedbed_value> values = answer.values();
      const bool more = row(user, values.data(), values.size()) == SEEDBED_OK;
      answer = self(ctx).ask(Composer(Kind::more).number(static_cast<std::uint8_t>(more)));
    }
    return answer.number<seedbed_status>();
  }

  static seedbed_status bcrypt(void* ctx, seedbed_text password, std::int32_t cost, const std::uint8_t salt[16], char hash[60]) {
    Composer message(Kind::bcrypt);
    message.text(password).number(cost).text(std::string_view(reinterpret_cast<const char*>(salt), 16));
    Message answer = self(ctx).ask(message);
    const auto status = answer.number<seedbed_status>();
    answer.text().copy(hash, 60);
    return status;
  }

  static void log(void* ctx, std::int32_t level, seedbed_text event, const seedbed_field* fields, std::size_t count) {
    Composer message(Kind::log);
    message.number(level).text(event).number(static_cast<std::uint64_t>(count));
    for (std::size_t i = 0; i < count; ++i) message.text(fields[i].name).value(fields[i].value);
    self(ctx).send(message);
  }

  static void progress(void* ctx, std::uint64_t done, std::uint64_t total) {
    self(ctx).send(Composer(Kind::progress).number(done).number(total));
  }

  static void fail(void* ctx, seedbed_text message) { self(ctx).send(Composer(Kind::fail).text(message)); }

  Channel& channel_;
  std::vector<std::size_t> widths_;
};

seedbed_status seed(PluginLibrary& library, Message& request, RemoteHost& remote) {
  seedbed_run run{};
  run.struct_size = sizeof run;
  const std::string name(request.text());
  run.tier = request.number<std::int32_t>();
  run.engine = request.number<std::int32_t>();
  run.dry_run = request.number<std::int32_t>();
  run.environment = request.abi_text();
  run.now = request.number<std::int64_t>();
  request.text().copy(reinterpret_cast<char*>(run.random_seed), sizeof run.random_seed);
  std::vector<seedbed_parameter> parameters;
  for (auto left = request.number<std::uint64_t>(); left > 0; --left) {
    const seedbed_text parameter = request.abi_text();
    parameters.push_back({parameter, request.value()});
  }
  run.parameters = parameters.data();
  run.parameter_count = parameters.size();

  const seedbed_host host = remote.table();
  const auto fail = [&](const std::string& words) {
    host.fail(host.ctx, {words.data(), words.size()});
    return SEEDBED_FAILED;
  };
  try {
    return library.seed(name, run, host);
  } catch (const std::exception& error) {  // a plugin without the C++ face let it cross the ABI
    return fail(std::string("an exception left the plugin: ") + error.what());
  } catch (...) {
    return fail("an exception of an unknown type left the plugin");
  }
}

}  // namespace

int run_plugin_process(const std::filesystem::path& path) {
  struct stat facts {};
  if (fstat(kDescriptor, &facts) != 0 || !S_ISSOCK(facts.st_mode)) {
    std::fputs("seedbed: error: this is how seedbed starts itself for --isolate; it is no command\n", stderr);
    return static_cast<int>(ExitCode::usage);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);       // a seeder that loops would not notice that its host is gone
  dup2(STDERR_FILENO, STDOUT_FILENO);     // standard output is the host's report
  Channel channel(kDescriptor);
  std::optional<PluginLibrary> library;
  try {
    library.emplace(OpenedFile(path, kPluginDescriptor));
  } catch (const Error& error) {
    channel.send(Composer(Kind::not_loaded).text(error.message()).text(error.detail()).text(error.hint()));
    return 0;
  }
  Composer loaded(Kind::loaded);
  const std::vector<std::string> names = library->seeders();
  loaded.number(static_cast<std::uint64_t>(names.size()));
  for (const std::string& name : names) loaded.text(name);
  if (!channel.send(loaded)) return 0;

  Channel::Silence why{};
  while (std::optional<Message> request = channel.receive(std::nullopt, why)) {
    RemoteHost remote(channel);
    const seedbed_status status = seed(*library, *request, remote);
    if (!channel.send(Composer(Kind::done).number(status))) break;
  }
  return 0;
}

}  // namespace seedbed::host::isolation
