// Files that are read from the disk: plugins, CSV data, migrations of all formats.

#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "error.hpp"
#include "fuzz/targets.hpp"
#include "migration/directive.hpp"
#include "migration/layout.hpp"
#include "migration/placeholder.hpp"
#include "seeding/csv_reader.hpp"
#include "seeding/opened_file.hpp"
#include "seeding/plugin_file.hpp"

namespace seedbed::fuzz {

using namespace seedbed::host;

namespace {

/// A file in memory that holds `bytes`.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(memfd_create("input", 0)) {
    require(descriptor_ >= 0 && write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
            "a file in memory can be had");
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace

void read_plugin(std::string_view input) {
  const MemoryFile file(input);
  try {
    for (const PluginRecord& record : read_plugin_file(OpenedFile(file.path()))) {
      require(record.toml.size() <= input.size(), "a declaration lies in the file");
    }
  } catch (const Error& error) {
    require(error.code() == ExitCode::plugin, "the exit code is the documented one");
  }
}

void read_csv(std::string_view input) {
  const MemoryFile file(input);
  try {
    CsvReader reader(file.path(), "rows.csv");
    std::size_t line = 0;
    for (std::vector<CsvValue> record; reader.next(record);) {
      require(!record.empty() && record[0].line > line, "records are in order");
      line = record[0].line;
    }
    require(reader.bytes_read() == input.size(), "nothing is left out");
  } catch (const Error& error) {
    require(error.code() == ExitCode::failed && error.place().line > 0, "an error has a place");
  }
}

/// The first byte chooses the format, the second the direction.
void read_migration(std::string_view input) {
  if (input.size() < 2) return;
  const auto format = static_cast<Format>(static_cast<unsigned char>(input[0]) % 7);
  const Direction direction = input[1] % 2 == 0 ? Direction::up : Direction::down;
  const std::string_view text = input.substr(2);
  for (const Directive& directive : find_directives(text)) {
    require(directive.begin <= directive.word && directive.word <= directive.end && directive.end <= text.size(),
            "directives lie in the text");
  }
  try {
    const Layout layout = read_layout(text, "1_one.sql", format, direction);
    std::size_t end = 0;
    for (const Block& block : layout.blocks) {
      require(block.span.begin >= end && block.span.begin <= block.span.end && block.span.end <= text.size(),
              "blocks are in order and lie in the text");
      end = block.span.end;
    }
    const Replaced replaced = replace_variables(text, "1_one.sql", layout.substituted, {{"A", "value"}});
    for (const Replacement& each : replaced.replacements) {
      const std::size_t there = offset_in_text(replaced.replacements, offset_in_file(replaced.replacements, each.offset));
      require(there <= replaced.text.size(), "places can be found again");
    }
    replace_placeholders(text, "1_one.sql", {{"a", "value"}});
  } catch (const Error& error) {
    require(error.code() == ExitCode::usage, "the exit code is the documented one");
  }
}

}  // namespace seedbed::fuzz
