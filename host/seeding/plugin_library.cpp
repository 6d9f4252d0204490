#include "seeding/plugin_library.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>  // before Boost.DLL, whose own headers forget it

#include <boost/dll/shared_library.hpp>
#include <boost/dll/shared_library_load_mode.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include "error.hpp"
#include "seeding/declaration.hpp"
#include "seeding/plugin_file.hpp"

namespace seedbed::host {

struct PluginLibrary::Impl {
  std::filesystem::path path;
  boost::dll::shared_library library;
  std::map<std::string, const seedbed_seeder*, std::less<>> seeders;
};

namespace {

Error refusal(const std::filesystem::path& path, std::string_view fault) {
  return Error(ExitCode::plugin, fmt::format("plugin \"{}\" {}", path.string(), fault));
}

Error other_abi(const std::filesystem::path& path, std::uint32_t number) {
  return refusal(path,
                 fmt::format("speaks ABI {}, this host speaks ABI {}", number, SEEDBED_ABI_VERSION))
      .hint("Rebuild the plugin against this host's SDK.");
}

// Boost says "… (dlerror system message: WORDS): ERRNO", where errno means nothing, and the loader
// begins its words with the name it was given.
std::string loader_words(std::string_view message, const std::string& name) {
  constexpr std::string_view before = "(dlerror system message: ";
  const std::size_t start = message.find(before);
  if (start == std::string_view::npos) return std::string(message);
  message.remove_prefix(start + before.size());
  message = message.substr(0, message.rfind("): "));
  const std::string prefix = name + ": ";
  if (message.substr(0, prefix.size()) == prefix) message.remove_prefix(prefix.size());
  return std::string(message);
}

/// A name by which the loader finds the open file.  Each is another, since for a name that it has met
/// before the loader hands out the library that had it then, and numbers of closed files come again.
std::string loader_name(const OpenedFile& file) {
  static std::atomic<std::size_t> loaded = 0;
  constexpr const char* kOpenFiles = "/proc/self/fd";
  if (access(kOpenFiles, F_OK) != 0) {
    throw refusal(file.path(), fmt::format("could not be loaded: there is no {}", kOpenFiles))
        .detail("Through it the very file that was checked is loaded, and no other that has taken its place.")
        .hint("Mount it: mount -t proc proc /proc");
  }
  return fmt::format("{}{}{}", kOpenFiles, std::string(++loaded, '/'), file.descriptor());
}

boost::dll::shared_library load(const OpenedFile& file) {
  const std::string name = loader_name(file);
  try {
    // Bound at once: with the loader's default a missing symbol would end the process at the first
    // call.
    return boost::dll::shared_library(
        name, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::system_error& e) {
    const std::string words = loader_words(e.what(), name);
    Error error = refusal(file.path(), fmt::format("could not be loaded: {}", words));
    if (words.find("cannot open shared object file") != std::string::npos) {
      error.hint("Libraries beside a plugin, by $ORIGIN, are not looked for: link them statically, or install them.");
    }
    throw error;
  }
}

const seedbed_plugin& table_of(const boost::dll::shared_library& library,
                               const std::filesystem::path& path) {
  const seedbed_plugin* table = library.get<const seedbed_plugin*()>(SEEDBED_ENTRY_SYMBOL)();
  if (table == nullptr) throw refusal(path, "hands out no table of seeders");
  if (table->abi_version != SEEDBED_ABI_VERSION) throw other_abi(path, table->abi_version);
  if (!SEEDBED_HAS(seedbed_plugin, table, seeder_count))
    throw refusal(path, fmt::format("hands out a table of {} bytes, {} are needed",
                                    table->struct_size, sizeof(seedbed_plugin)));
  return *table;
}

bool is_record(const seedbed_record* mapped, const PluginRecord& read) {
  constexpr std::uint8_t magic[8] = SEEDBED_RECORD_MAGIC;
  return mapped != nullptr && std::memcmp(mapped->magic, magic, sizeof magic) == 0 &&
         mapped->abi_version == read.abi_version && mapped->length == read.toml.size() &&
         std::memcmp(mapped + 1, read.toml.data(), read.toml.size()) == 0;
}

const seedbed_seeder& checked(const seedbed_seeder* seeder, const std::filesystem::path& path) {
  if (seeder == nullptr || !SEEDBED_HAS(seedbed_seeder, seeder, seed) || seeder->seed == nullptr)
    throw refusal(path, "hands out a seeder without a function to run");
  return *seeder;
}

}  // namespace

PluginLibrary::PluginLibrary(const OpenedFile& file) : impl_(std::make_unique<Impl>()) {
  const std::filesystem::path& path = file.path();
  // What was declared is read from the file again and compared with what the library hands out, so
  // that nothing runs that was not declared, and no code of a library that is no plugin runs.
  const std::vector<PluginRecord> records = read_plugin_file(file);
  for (const PluginRecord& record : records)
    if (record.abi_version != SEEDBED_ABI_VERSION) throw other_abi(path, record.abi_version);

  impl_->path = path;
  impl_->library = load(file);
  const seedbed_plugin& table = table_of(impl_->library, path);
  for (std::size_t i = 0; i < table.seeder_count; ++i) {
    const seedbed_seeder& seeder = checked(table.seeders[i], path);
    const auto record = std::find_if(records.begin(), records.end(), [&](const PluginRecord& r) {
      return is_record(seeder.record, r);
    });
    if (record == records.end())
      throw refusal(path, "hands out a seeder that its file does not declare");
    impl_->seeders.emplace(parse_declaration(record->toml, path.string()).name, &seeder);
  }
}

PluginLibrary::~PluginLibrary() = default;
PluginLibrary::PluginLibrary(PluginLibrary&&) noexcept = default;

std::vector<std::string> PluginLibrary::seeders() const {
  std::vector<std::string> names;
  for (const auto& [name, seeder] : impl_->seeders) names.push_back(name);
  return names;
}

const seedbed_seeder& PluginLibrary::seeder(std::string_view name) const {
  const auto found = impl_->seeders.find(name);
  if (found == impl_->seeders.end())
    throw refusal(impl_->path,
                  fmt::format("declares the seeder \"{}\" but does not hand it out", name));
  return *found->second;
}

}  // namespace seedbed::host
