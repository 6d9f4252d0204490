#include "log.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <mutex>
#include <string_view>
#include <system_error>
#include <vector>

#include <boost/log/attributes/attribute_value_impl.hpp>
#include <boost/log/attributes/value_extraction.hpp>
#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/basic_sink_backend.hpp>
#include <boost/log/sinks/sync_frontend.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/log/sources/severity_logger.hpp>
#include <boost/make_shared.hpp>
#include <nlohmann/json.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include "error.hpp"

namespace seedbed::host::log {

namespace {

namespace logging = boost::log;

using Backend = logging::sinks::basic_sink_backend<logging::sinks::synchronized_feeding>;

struct OwnedField {
  std::string name;
  std::variant<bool, std::int64_t, double, std::string> value;
};

// One record's content as a single attribute: Boost.Log would not keep the order of several.
struct Entry {
  Level level;
  std::chrono::system_clock::time_point time;
  std::string event;
  std::vector<OwnedField> fields;
};

constexpr const char* kEntry = "Entry";
constexpr const char* kSeverity = "Severity";

const char* level_name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "";
}

const char* level_color(Level level) {
  switch (level) {
    case Level::debug:
      return "\x1b[2m";
    case Level::info:
      return "\x1b[32m";
    case Level::warning:
      return "\x1b[33m";
    case Level::error:
      return "\x1b[31m";
  }
  return "";
}

const Entry& entry_of(const logging::record_view& record) {
  return logging::extract<Entry>(kEntry, record).get();
}

std::string utc(std::chrono::system_clock::time_point time, const char* format) {
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  return fmt::format("{}.{:03d}", fmt::format(fmt::runtime(format), fmt::gmtime(seconds)),
                     ms % 1000);
}

// Quotes a value with anything in it that a reader, a terminal or a parser could trip over.
std::string terminal_text(const std::string& text) {
  std::string quoted;
  bool plain = !text.empty();
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7f || c == '"' || c == '=') plain = false;
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n')
      quoted += "\\n";
    else if (c == '\t')
      quoted += "\\t";
    else if (byte < ' ' || byte == 0x7f)
      quoted += fmt::format("\\x{:02x}", byte);
    else
      quoted += c;
  }
  return plain ? text : '"' + quoted + '"';
}

struct TerminalValue {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return terminal_text(redacted(value)); }
};

struct JsonValue {
  template <typename T>
  nlohmann::ordered_json operator()(T value) const {
    return value;
  }
  nlohmann::ordered_json operator()(const std::string& value) const { return redacted(value); }
};

bool can_erase_line() {
  const char* const kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
}

class TerminalBackend : public Backend {
 public:
  explicit TerminalBackend(bool color) : color_(color), erases_(can_erase_line()) {}

  void consume(const logging::record_view& record) {
    const Entry& entry = entry_of(record);
    // A progress bar may stand on the line.
    std::string line = erases_ ? "\r\x1b[K" : "";
    line += paint("\x1b[2m", utc(entry.time, "{:%H:%M:%S}"));
    line += ' ' + paint(level_color(entry.level), fmt::format("{:7}", level_name(entry.level)));
    line += ' ' + terminal_event(entry.event);
    for (const OwnedField& field : entry.fields) {
      line += ' ' + paint("\x1b[36m", terminal_event(field.name) + '=');
      line += std::visit(TerminalValue{}, field.value);
    }
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
  }

 private:
  static std::string terminal_event(const std::string& name) {
    return terminal_text(redacted(name));
  }

  std::string paint(const char* color, const std::string& text) const {
    return color_ ? color + text + "\x1b[0m" : text;
  }

  bool color_;
  bool erases_;
};

class FileBackend : public Backend {
 public:
  explicit FileBackend(const std::filesystem::path& path)
      : path_(path), stream_(path, std::ios::app) {
    if (stream_) return;
    throw Error(ExitCode::usage, fmt::format("could not open log file \"{}\": {}", path.string(),
                                             std::generic_category().message(errno)));
  }

  void consume(const logging::record_view& record) {
    const Entry& entry = entry_of(record);
    nlohmann::ordered_json line;
    line["time"] = utc(entry.time, "{:%Y-%m-%dT%H:%M:%S}") + "Z";
    line["level"] = level_name(entry.level);
    line["event"] = redacted(entry.event);
    for (const OwnedField& field : entry.fields) {
      std::string name = redacted(field.name);
      while (line.contains(name)) name += '_';
      line[name] = std::visit(JsonValue{}, field.value);
    }
    using Json = nlohmann::ordered_json;
    stream_ << line.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
    if (!stream_ && !broken_) complain();
  }

 private:
  void complain() {
    broken_ = true;
    fmt::print(stderr, "seedbed: warning: could not write to log file \"{}\": {}\n", path_.string(),
               std::generic_category().message(errno));
  }

  std::filesystem::path path_;
  std::ofstream stream_;
  bool broken_ = false;
};

template <typename B>
auto make_sink(boost::shared_ptr<B> backend) {
  return boost::make_shared<logging::sinks::synchronous_sink<B>>(std::move(backend));
}

// Boost.Log is set up at the first event that somebody will see: most runs have none, and the
// program's start would pay for it.
struct Log {
  Options options;
  boost::shared_ptr<FileBackend> file;
  std::optional<logging::sources::severity_logger<Level>> logger;

  bool wants(Level level) const { return file != nullptr || level >= options.terminal; }

  void prepare() {
    const auto core = logging::core::get();
    core->remove_all_sinks();
    const auto terminal = make_sink(boost::make_shared<TerminalBackend>(options.color));
    terminal->set_filter(logging::expressions::attr<Level>(kSeverity) >= options.terminal);
    core->add_sink(terminal);
    if (file) core->add_sink(make_sink(file));
    logger.emplace();
  }
};

Log& the_log() {
  static Log instance;
  return instance;
}

}  // namespace

void open(const Options& options) {
  Log opened{options, nullptr, std::nullopt};
  if (options.file) opened.file = boost::make_shared<FileBackend>(*options.file);
  the_log() = std::move(opened);
}

void event(Level level, std::string_view name, const Field* fields, std::size_t count) {
  Log& log = the_log();
  if (!log.wants(level)) return;
  static std::mutex one_at_a_time;  // a connection is made in a thread of its own
  const std::lock_guard guard(one_at_a_time);
  if (!log.logger) log.prepare();

  Entry entry{level, std::chrono::system_clock::now(), std::string(name), {}};
  for (std::size_t i = 0; i < count; ++i) {
    entry.fields.push_back({std::string(fields[i].name), fields[i].value});
  }
  logging::record record = log.logger->open_record(logging::keywords::severity = level);
  if (!record) return;
  record.attribute_values().insert(kEntry,
                                   logging::attributes::make_attribute_value(std::move(entry)));
  log.logger->push_record(std::move(record));
}

}  // namespace seedbed::host::log
