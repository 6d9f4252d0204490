#include "database/sql/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace seedbed::host::sql {

namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// The number of ASCII bytes at the start of `text`, rounded down to whole words of eight.
std::size_t ascii_words(std::string_view text) {
  std::size_t size = 0;
  for (std::uint64_t word; text.size() - size >= sizeof word; size += sizeof word) {
    std::memcpy(&word, text.data() + size, sizeof word);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  return size;
}

}  // namespace

std::size_t character_size(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  // What remains to refuse: longer forms of short characters, surrogates, and what lies past
  // U+10FFFF.
  const auto second = static_cast<unsigned char>(text[1]);
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second > 0x9F) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  return size;
}

std::size_t first_invalid_utf8(std::string_view text, std::size_t start) {
  std::size_t at = start;
  while (at < text.size()) {
    at += ascii_words(text.substr(at));
    if (at == text.size()) break;
    const std::size_t size = character_size(text.substr(at));
    if (size == 0) return at;
    at += size;
  }
  return text.size();
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t ascii = ascii_words(text.substr(at));
    count += ascii;
    at += ascii;
    if (at == text.size()) break;
    const std::size_t size = character_size(text.substr(at));
    at += size == 0 ? 1 : size;
    ++count;
  }
  return count;
}

}  // namespace seedbed::host::sql
