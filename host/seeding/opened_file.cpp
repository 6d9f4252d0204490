#include "seeding/opened_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "database/sql/script.hpp"
#include "error.hpp"

namespace seedbed::host {

namespace {

Error refusal(const std::filesystem::path& path, const std::string& fault) {
  return Error(ExitCode::plugin, fmt::format("plugin \"{}\" {}", path.string(), fault));
}

}  // namespace

// A pipe could make the opening wait for ever.
OpenedFile::OpenedFile(const std::filesystem::path& path) : OpenedFile(path, open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}

OpenedFile::OpenedFile(const std::filesystem::path& path, int descriptor) : path_(path), descriptor_(descriptor) {
  if (descriptor < 0) {
    throw refusal(path, fmt::format("could not be opened: {}", errno == ENOENT ? "there is no such file" : std::strerror(errno)));
  }
  try {
    look();
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

OpenedFile::~OpenedFile() { close(descriptor_); }

void OpenedFile::look() {
  struct stat facts {};
  if (fstat(descriptor_, &facts) != 0) throw refusal(path_, fmt::format("could not be opened: {}", std::strerror(errno)));
  if (!S_ISREG(facts.st_mode)) throw refusal(path_, "is no regular file");
  size_ = static_cast<std::uint64_t>(facts.st_size);
}

void OpenedFile::read(void* into, std::uint64_t size, std::uint64_t offset) const {
  auto* at = static_cast<char*>(into);
  while (size > 0) {
    const ssize_t count = pread(descriptor_, at, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw refusal(path_, fmt::format("could not be read: {}", count == 0 ? "it has become shorter" : std::strerror(errno)));
    at += count;
    size -= static_cast<std::uint64_t>(count);
    offset += static_cast<std::uint64_t>(count);
  }
}

std::string OpenedFile::sha256() const {
  std::string bytes(size_, '\0');
  read(bytes.data(), size_, 0);
  return sql::sha256(bytes);
}

}  // namespace seedbed::host
