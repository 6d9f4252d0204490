#include "seeding/plugin_file.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <random>

#include <elf.h>
#include <sys/stat.h>

#include "error.hpp"
#include "seeding/declaration.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace seedbed::host;
using seedbed::test::read_file;
using seedbed::test::TempDir;
using seedbed::test::write_file;

namespace {

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(SEEDBED_BINARY_DIR) / "tests/plugins" / name / (name + ".so");
}

Error failure_of(const std::filesystem::path& path) {
  try {
    read_plugin_file(OpenedFile(path));
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::plugin);
    CHECK_THAT(error.what(), ContainsSubstring(path.string()));
    return error;
  }
  FAIL("nothing was thrown");
  return Error(ExitCode::done, "");
}

Error failure_of_bytes(const std::string& bytes) {
  const TempDir folder;
  write_file(folder / "plugin.so", bytes);
  return failure_of(folder / "plugin.so");
}

Elf64_Ehdr header_of(const std::string& bytes) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

std::string with_header(std::string bytes, const Elf64_Ehdr& header) {
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

/// Reads a damaged plugin, which may succeed or be refused but do nothing else.
bool survives(const TempDir& folder, const std::string& bytes) {
  write_file(folder / "damaged.so", bytes);
  try {
    for (const PluginRecord& record : read_plugin_file(OpenedFile(folder / "damaged.so")))
      parse_declaration(record.toml, "damaged.so");
  } catch (const Error& error) {
    return error.code() == ExitCode::plugin;
  }
  return true;
}

}  // namespace

TEST_CASE("the records of a plugin are read from its file", "[plugin]") {
  const auto records = read_plugin_file(OpenedFile(fixture("several_seeders")));

  REQUIRE(records.size() == 2);
  CHECK(records[0].abi_version == 1);
  CHECK(parse_declaration(records[0].toml, "").name == "first_customers");
  CHECK(parse_declaration(records[1].toml, "").name == "later_customers");
  CHECK(parse_declaration(records[1].toml, "").after ==
        std::vector<std::string>{"first_customers"});
}

TEST_CASE("a stripped plugin and one in C are read alike", "[plugin]") {
  const auto stripped = read_plugin_file(OpenedFile(fixture("stripped")));
  const auto plain_c = read_plugin_file(OpenedFile(fixture("plain_c")));

  REQUIRE(stripped.size() == 1);
  REQUIRE(plain_c.size() == 1);
  CHECK(parse_declaration(stripped[0].toml, "").name == "stripped");
  CHECK(parse_declaration(plain_c[0].toml, "").tier == Tier::production);
}

TEST_CASE("a record of another ABI is read with its number", "[plugin]") {
  CHECK(read_plugin_file(OpenedFile(fixture("wrong_abi"))).at(0).abi_version == 2);
}

TEST_CASE("a stray library is refused and does not run", "[plugin]") {
  const TempDir folder;
  const auto trace = folder / "trace";
  setenv("SEEDBED_STRAY_LIBRARY_TRACE", trace.c_str(), 1);

  const Error error = failure_of(fixture("stray_library"));

  unsetenv("SEEDBED_STRAY_LIBRARY_TRACE");
  CHECK_THAT(error.what(), ContainsSubstring("is a shared library but no seeder plugin"));
  CHECK_THAT(error.hint(), ContainsSubstring("Move it out of the plugin directory"));
  CHECK_FALSE(std::filesystem::exists(trace));
}

TEST_CASE("a plugin without the entry point is refused", "[plugin]") {
  CHECK_THAT(failure_of(fixture("missing_entry")).what(),
             ContainsSubstring("exports no \"seedbed_plugin_entry\""));
}

TEST_CASE("files that are no library are refused for what they are", "[plugin]") {
  const TempDir folder;
  std::filesystem::create_directory(folder / "folder.so");
  mkfifo((folder / "pipe.so").c_str(), 0600);

  CHECK_THAT(failure_of_bytes("").what(), ContainsSubstring("is an empty file"));
  CHECK_THAT(failure_of_bytes("a text, not a library\n").what(),
             ContainsSubstring("is no shared library: it is no ELF file"));
  CHECK_THAT(failure_of_bytes("\x7f"
                              "E")
                 .what(),
             ContainsSubstring("it is no ELF file"));
  CHECK_THAT(failure_of(folder / "folder.so").what(), ContainsSubstring("is no regular file"));
  CHECK_THAT(failure_of(folder / "pipe.so").what(), ContainsSubstring("is no regular file"));
  CHECK_THAT(failure_of(folder / "missing.so").what(),
             ContainsSubstring("could not be opened: there is no such file"));
  CHECK_THAT(failure_of("/bin/sh").what(), ContainsSubstring("no seeder plugin"));
}

TEST_CASE("a library for another machine is refused and both are named", "[plugin]") {
  const std::string bytes = read_file(fixture("plain_c"));
  Elf64_Ehdr other_machine = header_of(bytes), other_order = other_machine, object = other_machine;
  other_machine.e_machine = EM_S390;
  other_order.e_ident[EI_DATA] ^= 3;
  object.e_type = ET_REL;

  CHECK_THAT(failure_of_bytes(with_header(bytes, other_machine)).what(),
             ContainsSubstring("is built for S/390, this host for "));
  CHECK_THAT(failure_of_bytes(with_header(bytes, other_order)).what(),
             ContainsSubstring("is built for another kind of machine"));
  CHECK_THAT(failure_of_bytes(with_header(bytes, object)).what(),
             ContainsSubstring("is an ELF file but no shared library"));
}

TEST_CASE("a truncated library is refused as such", "[plugin]") {
  const std::string bytes = read_file(fixture("plain_c"));
  const Error error = failure_of_bytes(bytes.substr(0, bytes.size() - 100));

  CHECK_THAT(error.what(), ContainsSubstring("is truncated or damaged"));
  CHECK_THAT(error.detail(), ContainsSubstring("section headers"));
  CHECK_THAT(failure_of_bytes(bytes.substr(0, 20)).detail(),
             ContainsSubstring("The file ends within its header"));
}

TEST_CASE("a record that is damaged is refused", "[plugin]") {
  std::string bytes = read_file(fixture("plain_c"));
  const std::size_t record = bytes.find("SEEDBED\x1a");
  std::string long_record = bytes, no_magic = bytes;
  long_record[record + 13] = 0x7f;
  no_magic[record] = 's';

  CHECK_THAT(failure_of_bytes(long_record).what(), ContainsSubstring("has a damaged declaration"));
  CHECK_THAT(failure_of_bytes(long_record).detail(),
             ContainsSubstring("is longer than the section"));
  CHECK_THAT(failure_of_bytes(no_magic).detail(), ContainsSubstring("does not begin as one"));
}

TEST_CASE("a plugin cut off anywhere is read or refused", "[plugin]") {
  const TempDir folder;
  const std::string bytes = read_file(fixture("plain_c"));
  std::size_t survived = 0, tried = 0;

  for (std::size_t size = 0; size < bytes.size(); size += 13, ++tried)
    survived += survives(folder, bytes.substr(0, size));

  CHECK(survived == tried);
}

TEST_CASE("a plugin with random bytes changed is read or refused", "[plugin]") {
  const TempDir folder;
  const std::string bytes = read_file(fixture("stripped"));
  const std::size_t headers = header_of(bytes).e_shoff;
  std::mt19937 random(1);
  std::size_t survived = 0;

  for (int round = 0; round < 3000; ++round) {
    std::string damaged = bytes;
    for (int i = 0; i < 4; ++i) {
      const std::size_t anywhere = random() % bytes.size();
      const std::size_t in_headers = headers + random() % (bytes.size() - headers);
      damaged[i % 2 == 0          ? in_headers
              : random() % 2 == 0 ? anywhere
                                  : anywhere % 64] = static_cast<char>(random());
    }
    survived += survives(folder, damaged);
  }

  CHECK(survived == 3000);
}
