#include "seeding/plugin_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <elf.h>
#include <fmt/format.h>

#include <seedbed/abi.h>

#include "error.hpp"

// The linker's own: the header of the file that this code is part of.
extern "C" const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

namespace seedbed::host {

namespace {

constexpr std::uint64_t kMaxRecords = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxTable = std::uint64_t{1} << 26;

Error refusal(const std::filesystem::path& path, std::string_view fault) {
  return Error(ExitCode::plugin, fmt::format("plugin \"{}\" {}", path.string(), fault));
}

/// An ELF file of which no offset or size is trusted.
class ElfFile {
 public:
  explicit ElfFile(const OpenedFile& file);

  const Elf64_Shdr* section(std::string_view name) const;
  const Elf64_Shdr* section_of_type(std::uint32_t type) const;
  const Elf64_Shdr* linked_to(const Elf64_Shdr& section) const;
  std::vector<char> content(const Elf64_Shdr& section, std::uint64_t max_bytes);

  Error damaged(std::string_view what) const {
    return refusal(file_.path(), "is truncated or damaged").detail(fmt::format("{}.", what));
  }

 private:
  std::vector<char> read(std::uint64_t offset, std::uint64_t size, std::string_view what);
  void check_header() const;
  void read_sections();

  const OpenedFile& file_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Shdr> sections_;
  std::vector<char> section_names_;
};

/// The text at `offset` of a string table, which need not end.
std::string_view name_at(const std::vector<char>& table, std::uint64_t offset) {
  if (offset >= table.size()) return {};
  const char* start = table.data() + offset;
  return {start, strnlen(start, table.size() - offset)};
}

/// The structs that `bytes` hold, copied, since they may lie at any address.
template <class T>
std::vector<T> structs(const std::vector<char>& bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::vector<T> result(bytes.size() / sizeof(T));
  if (!result.empty()) std::memcpy(result.data(), bytes.data(), result.size() * sizeof(T));
  return result;
}

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "AArch64";
    case EM_386:
      return "i386";
    case EM_ARM:
      return "ARM";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "PowerPC64";
    case EM_S390:
      return "S/390";
    default:
      return fmt::format("machine {}", machine);
  }
}

ElfFile::ElfFile(const OpenedFile& file) : file_(file) {
  if (file.size() == 0) throw refusal(file.path(), "is an empty file");
  const auto start =
      read(0, std::min<std::uint64_t>(file.size(), sizeof header_), "the file's beginning");
  if (start.size() < SELFMAG || std::memcmp(start.data(), ELFMAG, SELFMAG) != 0)
    throw refusal(file.path(), "is no shared library: it is no ELF file");
  if (start.size() < sizeof header_) throw damaged("The file ends within its header");
  std::memcpy(&header_, start.data(), sizeof header_);
  check_header();
  read_sections();
}

void ElfFile::check_header() const {
  const bool same_kind = header_.e_ident[EI_CLASS] == __ehdr_start.e_ident[EI_CLASS] &&
                         header_.e_ident[EI_DATA] == __ehdr_start.e_ident[EI_DATA];
  if (!same_kind)
    throw refusal(
        file_.path(),
        "is built for another kind of machine: its word size or byte order is not this host's");
  if (header_.e_machine != __ehdr_start.e_machine)
    throw refusal(file_.path(),
                  fmt::format("is built for {}, this host for {}", machine_name(header_.e_machine),
                              machine_name(__ehdr_start.e_machine)));
  if (header_.e_type != ET_DYN) throw refusal(file_.path(), "is an ELF file but no shared library");
}

void ElfFile::read_sections() {
  if (header_.e_shnum == 0 || header_.e_shoff == 0) return;
  if (header_.e_shentsize != sizeof(Elf64_Shdr))
    throw damaged("Its section headers have another size than ELF's");
  sections_ = structs<Elf64_Shdr>(read(
      header_.e_shoff, std::uint64_t{header_.e_shnum} * sizeof(Elf64_Shdr), "its section headers"));
  if (header_.e_shstrndx >= sections_.size())
    throw damaged("Its table of section names is missing");
  section_names_ = content(sections_[header_.e_shstrndx], kMaxTable);
}

std::vector<char> ElfFile::read(std::uint64_t offset, std::uint64_t size, std::string_view what) {
  if (offset > file_.size() || size > file_.size() - offset)
    throw damaged(fmt::format("The file has {} bytes, {} would end at a later one", file_.size(), what));
  std::vector<char> bytes(size);
  file_.read(bytes.data(), size, offset);
  return bytes;
}

std::vector<char> ElfFile::content(const Elf64_Shdr& section, std::uint64_t max_bytes) {
  if (section.sh_type == SHT_NOBITS || (section.sh_flags & SHF_COMPRESSED) != 0)
    throw damaged(fmt::format("Its section \"{}\" has no plain content",
                              name_at(section_names_, section.sh_name)));
  if (section.sh_size > max_bytes)
    throw damaged(fmt::format("Its section \"{}\" has {} bytes, more than the {} that are read",
                              name_at(section_names_, section.sh_name), section.sh_size,
                              max_bytes));
  return read(section.sh_offset, section.sh_size, "a section");
}

const Elf64_Shdr* ElfFile::section(std::string_view name) const {
  const auto found = std::find_if(sections_.begin(), sections_.end(), [&](const Elf64_Shdr& s) {
    return name_at(section_names_, s.sh_name) == name;
  });
  return found == sections_.end() ? nullptr : &*found;
}

const Elf64_Shdr* ElfFile::section_of_type(std::uint32_t type) const {
  const auto found = std::find_if(sections_.begin(), sections_.end(),
                                  [&](const Elf64_Shdr& s) { return s.sh_type == type; });
  return found == sections_.end() ? nullptr : &*found;
}

const Elf64_Shdr* ElfFile::linked_to(const Elf64_Shdr& section) const {
  return section.sh_link < sections_.size() ? &sections_[section.sh_link] : nullptr;
}

bool exports(ElfFile& file, std::string_view name) {
  const Elf64_Shdr* dynamic = file.section_of_type(SHT_DYNSYM);
  if (dynamic == nullptr) return false;
  const Elf64_Shdr* strings = file.linked_to(*dynamic);
  if (strings == nullptr) throw file.damaged("Its table of symbol names is missing");
  const std::vector<char> names = file.content(*strings, kMaxTable);
  const std::vector<Elf64_Sym> symbols = structs<Elf64_Sym>(file.content(*dynamic, kMaxTable));
  return std::any_of(symbols.begin(), symbols.end(), [&](const Elf64_Sym& symbol) {
    return symbol.st_shndx != SHN_UNDEF && name_at(names, symbol.st_name) == name;
  });
}

bool is_zero(const char* bytes, std::size_t size) {
  return std::all_of(bytes, bytes + size, [](char c) { return c == 0; });
}

std::vector<PluginRecord> split_records(const std::vector<char>& section,
                                        const std::filesystem::path& path) {
  constexpr std::uint8_t magic[8] = SEEDBED_RECORD_MAGIC;
  const auto damaged = [&](std::size_t offset, std::string_view what) {
    return refusal(path, "has a damaged declaration")
        .detail(fmt::format("The record at byte {} of its section \"{}\" {}.", offset,
                            SEEDBED_RECORD_SECTION, what));
  };

  std::vector<PluginRecord> records;
  for (std::size_t at = 0; at < section.size(); at = (at + 7) / 8 * 8) {
    const std::size_t left = section.size() - at;
    // Compilers and linkers align a record as they see fit.
    if (is_zero(section.data() + at, std::min<std::size_t>(left, 8))) {
      at += 8;
      continue;
    }
    if (left < sizeof(seedbed_record)) throw damaged(at, "is cut off");
    seedbed_record header;
    std::memcpy(&header, section.data() + at, sizeof header);
    if (std::memcmp(header.magic, magic, sizeof magic) != 0)
      throw damaged(at, "does not begin as one");
    if (header.length > left - sizeof header) throw damaged(at, "is longer than the section");
    records.push_back(
        {header.abi_version, std::string(section.data() + at + sizeof header, header.length)});
    at += sizeof header + header.length;
  }
  return records;
}

}  // namespace

std::vector<PluginRecord> read_plugin_file(const OpenedFile& opened) {
  const std::filesystem::path& path = opened.path();
  ElfFile file(opened);
  const Elf64_Shdr* section = file.section(SEEDBED_RECORD_SECTION);
  if (section == nullptr)
    throw refusal(path, "is a shared library but no seeder plugin")
        .detail(fmt::format(
            "It has no section \"{}\", in which seeders are declared.  None of its code has run.",
            SEEDBED_RECORD_SECTION))
        .hint("Move it out of the plugin directory, or declare its seeders with SEEDBED_SEEDER.");

  std::vector<PluginRecord> records = split_records(file.content(*section, kMaxRecords), path);
  if (records.empty())
    throw refusal(path, "declares no seeder")
        .detail(fmt::format("Its section \"{}\" is empty.", SEEDBED_RECORD_SECTION));
  if (!exports(file, SEEDBED_ENTRY_SYMBOL))
    throw refusal(path, fmt::format("exports no \"{}\"", SEEDBED_ENTRY_SYMBOL))
        .hint("Build it with seedbed_add_seeder(), which exports the entry point.");
  return records;
}

}  // namespace seedbed::host
