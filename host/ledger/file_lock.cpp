#include "ledger/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include <fmt/format.h>

#include "duration.hpp"
#include "error.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

/// In place of the database's own, which SQLite alone opens.
std::string lock_file_of(const std::filesystem::path& database) {
  return std::filesystem::weakly_canonical(database).string() + "-seedbed.lock";
}

constexpr auto kPoll = std::chrono::milliseconds(50);

std::string owner_of(int descriptor) {
  char text[512];
  const ssize_t size = pread(descriptor, text, sizeof text, 0);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string("somebody else");
}

void write_owner(int descriptor, const std::string& owner) {
  // Only those who wait read it: a full disk is no reason to fail.
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, owner.data(), owner.size(), 0) < 0) {
    log::debug("lock_owner_not_written", {{"cause", std::strerror(errno)}});
  }
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& database, const std::string& owner, std::chrono::milliseconds patience) {
  const std::string path = lock_file_of(database);
  descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    throw Error(ExitCode::failed, fmt::format("could not open the lock file \"{}\": {}", path, std::strerror(errno)))
        .hint("The user who runs seedbed needs the right to write the database's folder.");
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (bool told = false; flock(descriptor_, LOCK_EX | LOCK_NB) != 0; told = true) {
    const std::string holder = owner_of(descriptor_);
    const bool late = std::chrono::steady_clock::now() >= deadline;
    if (late || interrupted()) close(descriptor_);
    throw_if_interrupted();
    if (late) {
      throw Error(ExitCode::locked, fmt::format("could not obtain the lock of \"{}\" within {}", database.string(), duration_text(patience)))
          .detail(fmt::format("It is held by {}.", holder))
          .hint("Another run of seedbed is at work. Wait for it, or give more time with --lock-timeout.");
    }
    if (!told) log::warning("waiting_for_lock", {{"database", database.string()}, {"holder", holder}});
    std::this_thread::sleep_for(kPoll);
  }
  write_owner(descriptor_, owner);
}

std::string file_lock_owner(const std::filesystem::path& database) {
  const int descriptor = open(lock_file_of(database).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return "";
  const bool held = flock(descriptor, LOCK_SH | LOCK_NB) != 0;
  const std::string owner = held ? owner_of(descriptor) : "";
  close(descriptor);
  return owner;
}

FileLock::~FileLock() {
  if (descriptor_ < 0) return;
  write_owner(descriptor_, "");
  close(descriptor_);
}

}  // namespace seedbed::host
