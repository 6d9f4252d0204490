#pragma once
// Configuration files as text with places, and how they are named to people.

#include <cstddef>
#include <filesystem>
#include <string>

#include "error.hpp"

namespace seedbed::host {

/// A value that was written in a file, and where.
template <class T>
struct At {
  T value{};
  Place place;
};

/// A file that was read, under the name that messages give it.
struct TextFile {
  std::string name;
  std::string text;

  /// The place of `line` and `column`.  A line that may hold a secret is left out of it.
  Place place(std::size_t line, std::size_t column) const;
};

/// "seedbed.toml:12", the form in which settings name their source.
std::string source_of(const Place& place);

/// `path` as a person in `directory` would type it: relative if that is not longer.
std::string name_for_people(const std::filesystem::path& path,
                            const std::filesystem::path& directory);

/// The bytes of a file.  Throws Error{usage} with the system's reason.
TextFile read_text_file(const std::filesystem::path& path, const std::string& name);

}  // namespace seedbed::host
