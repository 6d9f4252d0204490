#include "seeding/plugin_lock.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "config/text_file.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kHeader = "seedbed.lock ";
constexpr int kVersion = 1;
constexpr std::size_t kHashSize = 64;

const char* word(SeederKind kind) { return kind == SeederKind::library ? "library" : "folder"; }
const char* what(SeederKind kind) { return kind == SeederKind::library ? "plugin" : "seeder folder"; }

bool is_hash(std::string_view text) {
  return text.size() == kHashSize && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The word that `line` begins with, which is taken off together with the blanks behind it.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view taken = line.substr(0, end);
  line.remove_prefix(std::min(line.find_first_not_of(' ', end), line.size()));
  return taken;
}

class Reader {
 public:
  Reader(const fs::path& file, const std::string& text) : lock_{file, {}}, text_(text) {}

  PluginLock read() {
    std::istringstream lines(text_);
    for (std::string line; std::getline(lines, line);) {
      ++number_;
      if (line.ends_with('\r')) line.pop_back();  // as a check-out on Windows writes it
      line_ = line;
      if (number_ == 1) read_header(line);
      else if (!line.empty() && line.front() != '#') read_entry(line);
    }
    if (number_ == 0) throw fault("it is empty");
    return std::move(lock_);
  }

 private:
  void read_header(std::string_view line) const {
    if (!line.starts_with(kHeader)) throw fault(fmt::format("it does not begin with \"{}{}\"", kHeader, kVersion));
    line.remove_prefix(kHeader.size());
    if (line != std::to_string(kVersion)) {
      throw fault(fmt::format("its version is \"{}\", this seedbed knows version {}", line, kVersion));
    }
  }

  void read_entry(std::string_view line) {
    const std::string_view kind = take_word(line);
    const std::string_view hash = take_word(line);
    if ((kind != "library" && kind != "folder") || !is_hash(hash) || line.empty()) {
      throw fault("a line is not \"library\" or \"folder\", a SHA-256 of 64 lower-case digits, and a path");
    }
    if (!seen_.insert(std::string(line)).second) throw fault(fmt::format("\"{}\" stands in it twice", line));
    lock_.entries.push_back({std::string(line), kind == "library" ? SeederKind::library : SeederKind::folder, std::string(hash)});
  }

  Error fault(const std::string& why) const {
    return Error(ExitCode::usage, fmt::format("could not read \"{}\": {}", lock_.file.string(), why))
        .at({lock_.file.string(), number_, 0, line_})
        .hint("\"seedbed plugins lock\" writes it anew.");
  }

  PluginLock lock_;
  const std::string& text_;
  std::size_t number_ = 0;
  std::string line_;
  std::set<std::string> seen_;
};

/// Whole or not at all, whatever happens meanwhile.
void write_file(const fs::path& file, const std::string& text) {
  const fs::path draft = file.string() + ".new";
  errno = 0;
  std::ofstream stream(draft, std::ios::binary);
  stream << text;
  stream.close();
  if (stream && std::rename(draft.c_str(), file.c_str()) == 0) return;
  const std::string why = std::strerror(errno);
  std::error_code ignored;
  fs::remove(draft, ignored);
  throw Error(ExitCode::usage, fmt::format("could not write \"{}\": {}", file.string(), why));
}

}  // namespace

std::string PluginLock::name_of(const fs::path& path) const {
  const fs::path relative = path.lexically_relative(file.parent_path());
  return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

fs::path PluginLock::path_of(const LockEntry& entry) const { return (file.parent_path() / entry.path).lexically_normal(); }

void PluginLock::require(const fs::path& path, SeederKind kind, const std::string& sha256) const {
  const auto entry = std::ranges::find(entries, name_of(path), &LockEntry::path);
  if (entry != entries.end() && entry->kind == kind && entry->sha256 == sha256) return;
  const bool unknown = entry == entries.end();
  throw Error(ExitCode::refused, unknown ? fmt::format("{} \"{}\" is not in {}", what(kind), path.string(), file.filename().string())
                                         : fmt::format("{} \"{}\" is not as {} has it", what(kind), path.string(), file.filename().string()))
      .detail(unknown ? "" : fmt::format("Expected SHA-256 {}", entry->sha256))
      .detail(fmt::format("{} {}", unknown ? "Its SHA-256 is" : "Found SHA-256   ", sha256))
      .hint("If it is meant to run, accept it: seedbed plugins lock");
}

std::string PluginLock::text() const {
  std::string result = fmt::format("{}{}\n# What may run, as \"seedbed plugins lock\" found it. Keep it with the project.\n", kHeader, kVersion);
  for (const LockEntry& entry : entries) result += fmt::format("{:7}  {}  {}\n", word(entry.kind), entry.sha256, entry.path);
  return result;
}

std::optional<PluginLock> read_plugin_lock(const fs::path& file) {
  std::error_code failure;
  if (!fs::exists(fs::symlink_status(file, failure))) return std::nullopt;
  return Reader(file, read_text_file(file, file.string()).text).read();
}

LockUpdate write_plugin_lock(const Settings& settings) {
  Settings unlocked = settings;
  unlocked.seeders.lock_file.clear();
  unlocked.seeders.locked = false;
  const FoundSeeders found = find_seeders(unlocked);
  if (!found.broken.empty()) throw_broken(found.broken.front());

  PluginLock lock{settings.seeders.lock_file, {}};
  for (const Seeder& seeder : found.seeders) {
    if (seeder.kind == SeederKind::sql_files) continue;
    LockEntry entry{lock.name_of(seeder.path), seeder.kind, seeder.sha256};
    if (entry.path.find('\n') != std::string::npos) {
      throw Error(ExitCode::usage, fmt::format("{} \"{}\" cannot be locked: its name has a line end", what(seeder.kind), entry.path));
    }
    if (std::ranges::find(lock.entries, entry) == lock.entries.end()) lock.entries.push_back(std::move(entry));
  }
  std::ranges::sort(lock.entries, {}, &LockEntry::path);

  // One that cannot be read is written anew, as its error says.
  std::optional<PluginLock> earlier;
  try {
    earlier = read_plugin_lock(lock.file);
  } catch (const Error& error) {
    log::warning("lock_not_read", {{"file", lock.file.string()}, {"cause", error.message()}});
  }
  const std::vector<LockEntry> before = earlier ? earlier->entries : std::vector<LockEntry>();
  LockUpdate update{lock.file, {}};
  for (const LockEntry& entry : lock.entries) {
    const auto old = std::ranges::find(before, entry.path, &LockEntry::path);
    if (old == before.end()) update.seeders.push_back({entry, LockChange::added, ""});
    else if (*old == entry) update.seeders.push_back({entry, LockChange::none, ""});
    else update.seeders.push_back({entry, LockChange::changed, old->sha256});
  }
  for (const LockEntry& old : before) {
    if (std::ranges::find(lock.entries, old.path, &LockEntry::path) == lock.entries.end()) update.seeders.push_back({old, LockChange::removed, ""});
  }
  std::ranges::stable_sort(update.seeders, {}, [](const LockedSeeder& seeder) { return seeder.entry.path; });
  if (!earlier || before != lock.entries) write_file(lock.file, lock.text());
  return update;
}

}  // namespace seedbed::host
