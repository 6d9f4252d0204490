#pragma once
// What a writer of insert_once is told of the keys that earlier runs have met, and tells of its own.

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace seedbed::host {

/// The first half of a SHA-256.
using KeyHash = std::array<unsigned char, 16>;

/// The hash of a key that is `canonical` as text, after the `prefix` that tells whose key it is.
KeyHash key_hash(std::string_view prefix, std::string_view canonical);

/// 32 hexadecimal digits.
std::string hex_text(const KeyHash& hash);

/// A key that a writer has met, after what it did about it.
struct MetKey {
  KeyHash hash{};
  bool remembered = false;  ///< an earlier run has met it; known of a row that was not there
  bool was_there = false;   ///< the row was in the table before
  bool there = false;       ///< and is now
};

/// The keys that are remembered of one seeder and table: rows of `table` whose column `list` is `list`.
///
/// Equal keys have equal hashes, however the values are spelled: those of the text that the table's
/// own types make of them, and where a collation ignores case, of that text without case.
struct KeyMemory {
  std::string table;      ///< as SQL names it; its columns are list, hash and declared
  std::int64_t list = 0;
  bool any = true;        ///< false: the list is empty, nobody need look
  std::string prefix;     ///< see key_hash()
  bool revive = false;    ///< rows that are remembered and not there are inserted again
  bool all_gone = false;  ///< rows that are not there count as deleted, remembered or not
  std::function<void(std::span<const MetKey>)> met = [](std::span<const MetKey>) {};
};

}  // namespace seedbed::host
