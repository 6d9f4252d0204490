#include "migration/new_migration.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <system_error>

#include <fmt/format.h>

#include "migration/folder.hpp"
#include "migration/version.hpp"

namespace seedbed::host {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxNameBytes = 200;  // leaves room for version and suffixes in 255

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string snake_case(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool usable = is_lower(c) || is_upper(c) || is_digit(c);
    const bool new_word = i > 0 && is_upper(c) && (is_lower(name[i - 1]) || is_digit(name[i - 1]));
    if ((!usable || new_word) && !result.empty() && result.back() != '_') result += '_';
    if (usable) result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  while (!result.empty() && result.back() == '_') result.pop_back();
  return result;
}

std::string timestamp(std::chrono::system_clock::time_point now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

// In digits, since versions may be longer than any integer type.
std::string incremented(std::string digits) {
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    if (*digit != '9') {
      ++*digit;
      return digits;
    }
    *digit = '0';
  }
  return "1" + digits;
}

std::string newest_version(const Folder& folder) {
  std::string newest;
  for (const FolderFile& file : folder.files) {
    const std::optional<FileName> name = file_name_of(folder, file);
    if (!name || name->kind == FileName::Kind::repeatable) continue;
    if (newest.empty() || compare_versions(folder.format, newest, name->number) < 0)
      newest = name->number;
  }
  return newest;
}

struct NewFile {
  std::string name;
  std::string text;
};

std::string marked(const char* up, const char* down, const MigrationText& text) {
  return fmt::format("{}\n{}\n{}\n{}", up, text.up.empty() ? "\n" : text.up, down,
                     text.down.empty() ? "\n" : text.down);
}

std::vector<NewFile> new_files(Format format, const std::string& version, const std::string& name,
                               const MigrationText& text) {
  const std::string stem = version + "_" + name;
  switch (format) {
    case Format::seedbed:
      return {{stem + ".sql", marked("-- seedbed: up", "-- seedbed: down", text)}};
    case Format::dbmate:
      return {{stem + ".sql", marked("-- migrate:up", "-- migrate:down", text)}};
    case Format::goose:
      return {{stem + ".sql", marked("-- +goose Up", "-- +goose Down", text)}};
    case Format::golang_migrate:
      return {{stem + ".up.sql", text.up}, {stem + ".down.sql", text.down}};
    case Format::flyway:
      return {{"V" + version + "__" + name + ".sql", text.up}};
    // Their own tools know no down part: they would run it.
    case Format::supabase:
    case Format::plain:
      return {{stem + ".sql", text.up}};
  }
  return {};
}

Error error_at(const fs::path& path, const std::string& message) {
  return Error(ExitCode::usage, message).at({path.string(), 0, 0, ""});
}

void write_new_file(const fs::path& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wbx");
  const bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int failure = errno;
  if (file && std::fclose(file) == 0 && written) return;
  throw error_at(path, fmt::format("could not write migration \"{}\": {}", path.string(),
                                   std::strerror(written ? errno : failure)));
}

}  // namespace

std::string migration_name(std::string_view name) {
  const std::string result = snake_case(name);
  if (result.empty()) {
    throw Error(ExitCode::usage,
                fmt::format("\"{}\" has no letter or digit for a migration's name", name))
        .hint("Name it for what it does, in ASCII: \"add order total\".");
  }
  if (result.size() > kMaxNameBytes) {
    throw Error(ExitCode::usage,
                fmt::format("a migration's name of {} characters is too long", result.size()))
        .hint(fmt::format("{} characters fit.", kMaxNameBytes));
  }
  if (result == "down" || result.ends_with("_down")) {
    throw Error(ExitCode::usage, fmt::format("a migration cannot be named \"{}\"", result))
        .detail("A file whose name ends in \"_down\" is the down part of another.")
        .hint("End the name in another word.");
  }
  return result;
}

std::string next_version(Format format, std::string_view newest,
                         std::chrono::system_clock::time_point now) {
  if (newest.empty()) return timestamp(now);
  const std::size_t last = newest.rfind('.') + 1;  // 0 where there is no dot
  const bool counts = last > 0 || newest.size() < kDateDigits;
  std::string version = counts ? "" : timestamp(now);
  if (counts || compare_versions(format, version, newest) <= 0) {
    version = std::string(newest.substr(0, last)) + incremented(std::string(newest.substr(last)));
  }
  if (compare_versions(format, version, newest) > 0) return version;
  throw Error(ExitCode::usage,
              fmt::format("no {} version comes after \"{}\"", format_name(format), newest))
      .hint("The format orders versions by their bytes; name the next one yourself.");
}

std::vector<fs::path> create_migration(const fs::path& directory, std::optional<Format> format,
                                       const fs::path& root, std::string_view name,
                                       std::chrono::system_clock::time_point now,
                                       const MigrationText& text) {
  const std::string clean = migration_name(name);
  std::error_code failure;
  fs::create_directories(directory, failure);
  if (failure) {
    throw error_at(directory, fmt::format("could not make the migrations folder \"{}\": {}",
                                          directory.string(), failure.message()));
  }
  const Folder folder = open_folder(directory, format, root);
  const std::string version = next_version(folder.format, newest_version(folder), now);
  std::vector<fs::path> written;
  for (const NewFile& file : new_files(folder.format, version, clean, text)) {
    write_new_file(directory / file.name, file.text);
    written.push_back(shown_path(directory / file.name, root));
  }
  return written;
}

}  // namespace seedbed::host
