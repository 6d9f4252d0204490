#include "seeding/ownership.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>

#include <fmt/format.h>

#include "error.hpp"

namespace seedbed::host {

namespace fs = std::filesystem;

namespace {

constexpr int kMostLinks = 40;  // as the kernel has it

std::string user_name(uid_t id) {
  const passwd* user = getpwuid(id);
  return user == nullptr ? fmt::format("user {}", id) : fmt::format("\"{}\"", user->pw_name);
}

std::string group_name(gid_t id) {
  const group* found = getgrgid(id);
  return found == nullptr ? fmt::format("group {}", id) : fmt::format("group \"{}\"", found->gr_name);
}

/// As ls shows them.
std::string permissions(mode_t mode) {
  std::string text = "rwxrwxrwx";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((mode & (0400U >> i)) == 0) text[i] = '-';
  }
  return text;
}

const char* kind(mode_t mode) { return S_ISDIR(mode) ? "folder" : S_ISLNK(mode) ? "link" : "file"; }

class Walk {
 public:
  Walk(const fs::path& path, const std::string& what, Tier tier) : path_(path), what_(what), tier_(tier) {}

  void go() {
    push(fs::absolute(path_));
    for (int links = 0; !left_.empty();) {
      const fs::path name = left_.front();
      left_.pop_front();
      if (name == "..") {
        at_ = at_.parent_path();
        continue;
      }
      const fs::path next = name == "/" ? name : at_ / name;
      const struct stat facts = facts_of(next);
      check_owner(next, facts);
      if (S_ISLNK(facts.st_mode)) {
        if (++links > kMostLinks) throw refusal("its path leads in a circle of links");
        push(fs::read_symlink(next));
        continue;
      }
      check_permissions(next, facts);
      at_ = next;
    }
  }

 private:
  void push(const fs::path& path) {
    auto at = left_.begin();
    for (const fs::path& name : path) {
      if (name.empty() || name == ".") continue;
      at = left_.insert(at, name) + 1;
    }
  }

  struct stat facts_of(const fs::path& path) const {
    struct stat facts {};
    if (lstat(path.c_str(), &facts) == 0) return facts;
    throw refusal(fmt::format("could not look at \"{}\": {}", path.string(), std::strerror(errno)));
  }

  void check_owner(const fs::path& path, const struct stat& facts) const {
    if (facts.st_uid == 0 || facts.st_uid == geteuid()) return;
    const bool own = path == fs::absolute(path_);
    throw refusal(own ? fmt::format("it belongs to {}", user_name(facts.st_uid))
                      : fmt::format("{} \"{}\" belongs to {}", kind(facts.st_mode), path.string(), user_name(facts.st_uid)))
        .detail(fmt::format("It has to belong to root or to {}, who runs this; another owner could put code into it that would run with the rights of {}.",
                            user_name(geteuid()), user_name(geteuid())))
        .hint(fmt::format("chown {} {}", S_ISLNK(facts.st_mode) ? "-h root" : "root", path.string()));
  }

  void check_permissions(const fs::path& path, const struct stat& facts) const {
    if (S_ISDIR(facts.st_mode) && (facts.st_mode & S_ISVTX) != 0) return;
    const bool others = (facts.st_mode & S_IWOTH) != 0;
    const bool its_group = tier_ != Tier::development && (facts.st_mode & S_IWGRP) != 0;
    if (!others && !its_group) return;
    throw refusal(fmt::format("{} may write to {} \"{}\"", others ? "everybody" : group_name(facts.st_gid), kind(facts.st_mode), path.string()))
        .detail(fmt::format("Its permissions are {}.{} Who writes there could run code with the rights of {}.", permissions(facts.st_mode),
                            others ? "" : fmt::format(" Tier {} takes no plugins that a group may change.", tier_name(tier_)), user_name(geteuid())))
        .hint(fmt::format("chmod {} {}", others ? (facts.st_mode & S_IWGRP) != 0 && tier_ != Tier::development ? "go-w" : "o-w" : "g-w", path.string()));
  }

  Error refusal(const std::string& why) const {
    return Error(ExitCode::refused, fmt::format("{} \"{}\" is refused: {}", what_, path_.string(), why));
  }

  const fs::path& path_;
  const std::string& what_;
  Tier tier_;
  fs::path at_;
  std::deque<fs::path> left_;
};

}  // namespace

void require_own_file(const fs::path& path, const std::string& what, Tier tier) { Walk(path, what, tier).go(); }

}  // namespace seedbed::host
