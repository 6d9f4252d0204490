#pragma once
// Reads a plugin's declarations out of its file, without loading it.

#include <cstdint>
#include <string>
#include <vector>

#include "seeding/opened_file.hpp"

namespace seedbed::host {

struct PluginRecord {
  std::uint32_t abi_version = 0;
  std::string toml;
};

/// Reads the records in the section SEEDBED_RECORD_SECTION of the ELF file `file`.  Bounded: it
/// trusts no offset or size of the file, and works on stripped ones.
///
/// Throws Error{plugin} that says what the file is instead: no ELF file, one for another machine,
/// truncated, a library without a seedbed record, without the entry point, or a damaged record.
std::vector<PluginRecord> read_plugin_file(const OpenedFile& file);

}  // namespace seedbed::host
