#include "torture/small_disk.hpp"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace seedbed::test {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// The mounts from here on are this process's alone.
void leave_mounts_of_others() {
  static bool left = false;
  if (left) return;
  const bool root = geteuid() == 0;
  const std::string user = std::to_string(geteuid()), group = std::to_string(getegid());
  if (unshare(root ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0) fail("unshare");
  if (!root) {
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", user + " " + user + " 1");
    write_file("/proc/self/gid_map", group + " " + group + " 1");
  }
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    if (errno == EINVAL) errno = EPERM;  // in a chroot "/" is no mount: what we mount might be seen by others
    fail("mount");
  }
  left = true;
}

}  // namespace

SmallDisk::SmallDisk(std::size_t megabytes) : megabytes_(megabytes) {
  leave_mounts_of_others();
  const std::string options = "mode=1777,size=" + std::to_string(megabytes) + "m";
  if (mount("tmpfs", path().c_str(), "tmpfs", 0, options.c_str()) != 0) fail("mount");
}

SmallDisk::~SmallDisk() { umount2(path().c_str(), MNT_DETACH); }

void SmallDisk::fill_up_to(std::size_t bytes) const {
  const int ballast = open((path() / "ballast").c_str(), O_WRONLY | O_CREAT, 0600);
  if (ballast < 0) fail("open");
  int error = ENOSPC;  // as when a server that lives here takes room meanwhile
  for (int tries = 0; error == ENOSPC && tries < 100; ++tries) {
    const std::size_t free = fs::space(path()).available;
    error = free > bytes ? posix_fallocate(ballast, 0, static_cast<off_t>(free - bytes)) : 0;
  }
  close(ballast);
  if (error != 0) throw std::system_error(error, std::generic_category(), "posix_fallocate");
}

void SmallDisk::make_room() const { fs::remove(path() / "ballast"); }

void SmallDisk::make_read_only(bool read_only) const {
  const std::string options = "size=" + std::to_string(megabytes_) + "m";
  if (mount(nullptr, path().c_str(), nullptr, MS_REMOUNT | (read_only ? MS_RDONLY : 0), options.c_str()) != 0) fail("mount");
}

}  // namespace seedbed::test
