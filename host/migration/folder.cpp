#include "migration/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "database/sql/stream_hash.hpp"
#include "migration/directive.hpp"
#include "migration/version.hpp"

namespace seedbed::host {

namespace fs = std::filesystem;

namespace {

Error error_at(const std::string& shown, const std::string& message) {
  return Error(ExitCode::usage, message).at({shown, 0, 0, ""});
}

bool is_left_alone(std::string_view base) {
  return base.starts_with('.') || base.starts_with('_');
}

Error folder_error(const fs::path& directory, const fs::path& root, const std::error_code& why) {
  const std::string shown = shown_path(directory, root);
  return error_at(
      shown, fmt::format("could not read the migrations folder \"{}\": {}", shown, why.message()));
}

/// Lists folders as the system does: a std::filesystem::path for each file takes longer than to read it.
class Lister {
 public:
  Lister(std::shared_ptr<const OpenFolder> root, bool below) : root_(std::move(root)), below_(below) {}

  /// Adds what lies in the folder `name`, which is empty or ends with a slash.
  std::error_code list(const std::string& name) {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir((root_->path() + name).c_str()), closedir);
    while (folder != nullptr) {
      errno = 0;
      const dirent* entry = readdir(folder.get());
      if (entry == nullptr) break;
      if (is_left_alone(entry->d_name)) continue;  // "." and ".." among them
      FolderFile file{root_, name + entry->d_name};
      const Kind kind = kind_of(*entry, file);
      if (kind == Kind::file) files.push_back(std::move(file));
      if (kind != Kind::folder || !below_) continue;
      if (const std::error_code failure = list(file.name + '/')) return failure;
    }
    return {errno, std::generic_category()};
  }

  std::vector<FolderFile> files;

 private:
  enum class Kind { file, folder, link_to_folder };

  // A link to nowhere is a file, so that reading it fails instead of leaving it out.
  static Kind kind_of(const dirent& entry, const FolderFile& file) {
    if (entry.d_type == DT_DIR) return Kind::folder;
    if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return Kind::file;
    std::error_code unknown;
    const std::string path = file.path();
    if (!fs::is_directory(path, unknown)) return Kind::file;
    return fs::is_symlink(path, unknown) ? Kind::link_to_folder : Kind::folder;
  }

  std::shared_ptr<const OpenFolder> root_;
  bool below_;
};

std::vector<FolderFile> list(const fs::path& directory, const fs::path& root, bool below) {
  std::string shown = (fs::path(shown_path(directory, root)) / "").generic_string();
  if (shown == "./") shown = "";  // it would stand before every name
  Lister lister(std::make_shared<const OpenFolder>((directory / "").native(), std::move(shown)), below);
  if (const std::error_code failure = lister.list("")) throw folder_error(directory, root, failure);
  std::vector<FolderFile> files = std::move(lister.files);
  std::sort(files.begin(), files.end(),
            [](const FolderFile& a, const FolderFile& b) { return a.name < b.name; });
  return files;
}

bool is_sql(const FolderFile& file) { return is_sql_name(file.base()); }

/// Flyway's names stand for it among others; a bare V1.sql does so where all are of that kind.
bool is_flyway(const std::vector<FolderFile>& files) {
  if (std::ranges::any_of(files, [](const FolderFile& file) { return is_flyway_name(file.base()); })) return true;
  const auto is_other = [](const FolderFile& file) { return is_sql(file) && !is_bare_flyway_name(file.base()); };
  return std::ranges::any_of(files, is_sql) && std::ranges::none_of(files, is_other);
}

bool is_kept(const FolderFile& file, bool below) { return is_sql(file) && (below || file.name == file.base()); }

// Those of another kind are that tool's business: a package around embedded files, tests.
void refuse_go_migrations(const std::vector<FolderFile>& files) {
  for (const FolderFile& file : files) {
    const std::string_view base = file.base();
    if (!base.ends_with(".go") || base.ends_with("_test.go") || leading_digits(base).empty())
      continue;
    throw error_at(file.shown(), fmt::format("migration \"{}\" is written in Go", file.name))
        .hint(
            "Only SQL migrations can run here.  Write it as SQL, or let goose apply it and leave "
            "it out of this folder.");
  }
}

// The folder would otherwise look empty, and nothing would be applied.
void refuse_folders_of_migrations(const std::vector<FolderFile>& all) {
  const auto found = std::ranges::find_if(all, is_sql);
  if (found == all.end()) return;
  const auto own = std::ranges::find_if(all, [](const FolderFile& file) { return file.base() == "up.sql" || file.base() == "migration.sql"; });
  if (own != all.end()) {  // Diesel's, Prisma's
    throw error_at(own->shown(), fmt::format("migration \"{}\" lies in a folder of its own", own->name))
        .hint("Formats with a folder for each migration are not read.");
  }
  throw error_at(found->shown(), fmt::format("\"{}\" lies in a folder below the migrations folder", found->name))
      .hint("There are no migrations beside that folder, and what lies below is read for flyway alone.  Name the folder that "
            "holds the migrations.");
}

bool is_callback(const Folder& folder, const FolderFile& file) {
  return folder.format == Format::flyway && (file.base().starts_with("before") || file.base().starts_with("after"));
}

bool is_supabase_path(const fs::path& directory) {
  const fs::path path = fs::absolute(directory / "").lexically_normal().parent_path();
  return path.filename() == "migrations" && path.parent_path().filename() == "supabase";
}

struct OpenFile {
  explicit OpenFile(int opened) : descriptor(opened) {}
  ~OpenFile() {
    if (descriptor >= 0) close(descriptor);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  const int descriptor;
};

/// From so many files on, what a thread takes to start is less than what it saves.
constexpr std::size_t kWorthAThread = 256;

/// Gives `take` what can be read from a file that open() or openat() has given, piece by piece.
template <class Shown, class Take>
void read_opened(int opened, const Shown& shown, const Take& take) {
  const OpenFile file{opened};
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t count = opened < 0 ? -1 : read(opened, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw error_at(shown(), fmt::format("could not read \"{}\": {}", shown(), std::strerror(errno)));
    if (count == 0) return;
    take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  }
}

template <class Take>
void read_file(const FolderFile& file, const Take& take) {
  const int opened = openat(file.folder->descriptor(), file.name.c_str(), O_RDONLY | O_CLOEXEC);
  read_opened(opened, [&] { return file.shown(); }, take);
}

struct Found {
  Format format;
  std::string reason;
};

std::optional<Found> detect_by_directives(const FolderFile& file) {
  for (const Directive& found : find_directives(read_bytes(file))) {
    if (!is_foreign(found)) continue;
    return Found{found.family == Directive::Family::dbmate ? Format::dbmate : Format::goose,
                 fmt::format("its first file, \"{}\", has a directive of that tool", file.name)};
  }
  return std::nullopt;
}

Found detect(const fs::path& directory, const std::vector<FolderFile>& files) {
  if (is_flyway(files)) {
    const auto named = std::ranges::find_if(files, [](const FolderFile& file) { return is_flyway_name(file.base()) || is_bare_flyway_name(file.base()); });
    return {Format::flyway, fmt::format("it holds \"{}\"", named->name)};
  }
  if (is_supabase_path(directory)) return {Format::supabase, "of its path"};
  const auto is_here = [](const FolderFile& file) { return is_sql(file) && file.name == file.base(); };
  const auto front = std::find_if(files.begin(), files.end(), is_here);
  if (front == files.end()) return {Format::seedbed, "it is empty"};
  if (auto found = detect_by_directives(*front)) return *found;
  const std::string& first = front->name;
  const std::string reason = fmt::format("its first file is \"{}\"", first);
  const bool directed = is_up_or_down_name(first);
  const bool all_directed = directed && std::all_of(front, files.end(), [&](const FolderFile& file) {
    return !is_here(file) || leading_digits(file.base()).empty() || is_up_or_down_name(file.base());
  });
  if (all_directed && parse_file_name(Format::golang_migrate, first)) return {Format::golang_migrate, reason};
  const bool native =
      (directed || leading_digits(first).size() >= kTimestampDigits) && parse_file_name(Format::seedbed, first);
  return {native ? Format::seedbed : Format::plain, reason};
}

}  // namespace

OpenFolder::OpenFolder(std::string path, std::string shown)
    : path_(std::move(path)), shown_(std::move(shown)), descriptor_(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

OpenFolder::~OpenFolder() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::string shown_path(const fs::path& path, const fs::path& root) {
  const fs::path below = root.empty() ? path : path.lexically_relative(root);
  const bool outside = below.empty() || *below.begin() == "..";
  return (outside ? path : below).generic_string();
}

Folder open_folder(const fs::path& directory, std::optional<Format> format, const fs::path& root) {
  std::vector<FolderFile> all = list(directory, root, /*below=*/false);
  const bool flyway = format ? *format == Format::flyway : is_flyway(all);
  if (flyway || std::none_of(all.begin(), all.end(), is_sql))
    all = list(directory, root, /*below=*/true);
  Folder folder;
  if (format) {
    folder.format = *format;
  } else {
    const Found found = detect(directory, all);
    folder.format = found.format;
    folder.reason = fmt::format("The folder is read as {} because {}.", format_name(found.format),
                                found.reason);
  }
  if (folder.format == Format::goose) refuse_go_migrations(all);
  const bool below = folder.format == Format::flyway;
  if (std::none_of(all.begin(), all.end(), [&](const FolderFile& file) { return is_kept(file, below); })) {
    refuse_folders_of_migrations(all);
  }
  folder.files = std::move(all);
  std::erase_if(folder.files, [&](const FolderFile& file) { return !is_kept(file, below); });
  return folder;
}

std::optional<FileName> file_name_of(const Folder& folder, const FolderFile& file) {
  if (auto name = parse_file_name(folder.format, file.base())) return name;
  if (!is_callback(folder, file) && leaves_other_names_alone(folder.format)) return std::nullopt;
  throw name_error(folder, file);
}

Error name_error(const Folder& folder, const FolderFile& file) {
  Error error = error_at(file.shown(), fmt::format("\"{}\" is not the name of a {} migration",
                                                 file.name, format_name(folder.format)));
  if (!folder.reason.empty()) error.detail(folder.reason);
  error.hint(name_example(folder.format));
  if (is_callback(folder, file)) return error.hint("What a callback does belongs under [hooks] in seedbed.toml.");
  return error.hint("A file whose name begins with \"_\" or \".\" is left alone.");
}

std::string read_bytes(const FolderFile& file) {
  std::string bytes;
  read_file(file, [&](std::string_view piece) { bytes += piece; });
  return bytes;
}

std::vector<std::array<unsigned char, 32>> sha256_of(const std::vector<const FolderFile*>& files) {
  std::vector<std::array<unsigned char, 32>> hashes(files.size());
  const auto hash_one = [&](std::size_t at) {
    sql::Sha256 hash;
    read_file(*files[at], [&](std::string_view piece) { hash.add(piece); });
    hashes[at] = hash.bytes();
  };
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = files.size() < kWorthAThread;
  const auto hash_some = [&] {
    try {
      for (std::size_t at; !failed && (at = next++) < files.size();) hash_one(at);
    } catch (...) {  // met again below
      failed = true;
    }
  };
  if (!failed) {
    const std::future<void> other = std::async(hash_some);
    hash_some();
  }
  // Which of two threads would meet an error first is chance.
  if (failed) {
    for (std::size_t at = 0; at < files.size(); ++at) hash_one(at);
  }
  return hashes;
}

std::string read_bytes(const std::string& path, const std::string& shown) {
  std::string bytes;
  read_opened(open(path.c_str(), O_RDONLY | O_CLOEXEC), [&] { return shown; }, [&](std::string_view piece) { bytes += piece; });
  return bytes;
}

}  // namespace seedbed::host
