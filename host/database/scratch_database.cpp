#include "database/scratch_database.hpp"

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <random>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "database/writer_spec.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

constexpr std::string_view kPrefix = "seedbed_scratch_";
constexpr const char* kFile = "scratch.db";

/// Sixteen hexadecimal digits.  Their number is that of an advisory lock, which the session beside holds
/// from before the database is made: whoever finds it free knows that the maker is gone.
std::string random_digits() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

// Those of this role that nobody holds or uses any more, whichever database they were made beside.
constexpr const char* kLeftBehind =
    "SELECT datname FROM pg_database d WHERE datname ~ '^seedbed_scratch_[0-9]+_[0-9a-f]{16}$' AND pg_has_role(datdba, 'USAGE') "
    "AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid) "
    "AND NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 "
    "AND lpad(to_hex(classid::bigint), 8, '0') || lpad(to_hex(objid::bigint), 8, '0') = right(d.datname, 16))";

/// Drops what runs that were killed have left.
void drop_left_behind(Database& beside) {
  for (const Row& row : beside.query(kLeftBehind)) {
    try {
      beside.execute(fmt::format("DROP DATABASE IF EXISTS {}", *row[0]));
      log::info("scratch_database_dropped", {{"database", *row[0]}, {"cause", "a killed run had left it behind"}});
    } catch (const Error& error) {
      if (error.code() == ExitCode::interrupted) throw;
      log::warning("scratch_database_left_behind", {{"database", *row[0]}, {"cause", error.what()}});
    }
  }
}

/// `conninfo` with another database in it.
std::string conninfo_of(const std::string& conninfo, const std::string& database) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(conninfo.c_str(), nullptr), &PQconninfoFree);
  std::string other = fmt::format("dbname={}", database);
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val == nullptr || std::string_view(option->keyword) == "dbname") continue;
    std::string value;
    for (const char* c = option->val; *c != '\0'; ++c) value.append(*c == '\'' || *c == '\\' ? "\\" : "").append(1, *c);
    other += fmt::format(" {}='{}'", option->keyword, value);
  }
  return other;
}

/// Throws Error{failed} where the environment names a folder for temporary files that is none.
std::filesystem::path temporary_folder() {
  std::error_code failure;
  std::filesystem::path folder = std::filesystem::temp_directory_path(failure);
  if (!failure) return folder;
  const char* const named = std::getenv("TMPDIR");
  throw Error(ExitCode::failed, fmt::format("there is no folder for temporary files{}: {}", named == nullptr ? "" : fmt::format(", TMPDIR is \"{}\"", named),
                                            failure.message()));
}

/// Opens `folder` for its lock; less than 0 if it is none of this user's.
int open_own_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat facts {};
  if (descriptor < 0 || (fstat(descriptor, &facts) == 0 && facts.st_uid == geteuid())) return descriptor;
  close(descriptor);
  return -1;
}

/// Removes the folders that runs that were killed have left: those with a file, which is made under the lock.
void remove_left_behind(const std::filesystem::path& folder) {
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    const int descriptor = open_own_folder(entry.path());
    if (descriptor < 0) continue;
    std::error_code failure;
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && std::filesystem::exists(entry.path() / kFile, failure)) {
      std::filesystem::remove_all(entry.path(), failure);
      log::info("scratch_database_dropped", {{"database", entry.path().string()}, {"cause", "a killed run had left it behind"}});
    }
    close(descriptor);
  }
}

/// The folder, and the descriptor that holds its lock.
std::pair<std::filesystem::path, int> make_folder(const std::filesystem::path& temporary) {
  std::string pattern = (temporary / fmt::format("{}XXXXXX", kPrefix)).string();
  const bool made = mkdtemp(pattern.data()) != nullptr;
  const int descriptor = made ? open_own_folder(pattern) : -1;
  if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0) return {pattern, descriptor};
  throw Error(ExitCode::failed, fmt::format("could not make a folder \"{}\": {}", pattern, std::generic_category().message(errno)));
}

}  // namespace

ScratchDatabase::ScratchDatabase(Database& beside, const DatabaseUrl& url) : beside_(beside), url_(url) {
  if (beside.engine() == Engine::sqlite) {
    const std::filesystem::path temporary = temporary_folder();
    remove_left_behind(temporary);
    std::tie(folder_, folder_lock_) = make_folder(temporary);
    url_.file = folder_ / kFile;
    url_.display = "sqlite:" + url_.file.string();
    return;
  }
  if (beside.pooled()) throw Error(ExitCode::failed, "a pooler stands before the server, which knows its own databases alone");
  const Row like = beside.query("SELECT pg_encoding_to_char(encoding), datcollate, datctype, oid FROM pg_database WHERE datname = current_database()")[0];
  drop_left_behind(beside);
  const std::string digits = random_digits();
  url_.display = fmt::format("{}{}_{}", kPrefix, *like[3], digits);  // people can tell whose it is
  url_.conninfo = conninfo_of(url.conninfo, url_.display);
  beside.execute(fmt::format("SELECT pg_advisory_lock(x'{}'::bigint)", digits));
  // template0, since others may hold anything.
  try {
    beside.execute(fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}", url_.display,
                               beside.literal(like[0].value_or("UTF8")), beside.literal(like[1].value_or("C")), beside.literal(like[2].value_or("C"))));
  } catch (const Error& error) {
    if (error.code() == ExitCode::interrupted) drop();  // it may have been made before that
    throw;
  }
}

ScratchDatabase::~ScratchDatabase() { drop(); }

void ScratchDatabase::drop() noexcept {
  const UninterruptedScope uninterrupted;
  try {
    if (!folder_.empty()) {
      std::filesystem::remove_all(folder_);
      close(folder_lock_);
      return;
    }
    beside_.execute(fmt::format("DROP DATABASE IF EXISTS {}", url_.display));
    beside_.execute(fmt::format("SELECT pg_advisory_unlock(x'{}'::bigint)", url_.display.substr(url_.display.size() - 16)));
  } catch (const std::exception& error) {
    log::warning("scratch_database_left_behind", {{"database", url_.display}, {"cause", error.what()}});
  }
}

}  // namespace seedbed::host
