#include "database/key_order.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "database/value.hpp"

namespace seedbed::host {

namespace {

/// Enough of a key to tell most apart without looking at what it points to.
struct Entry {
  std::uint64_t head = 0;
  std::uint32_t row = 0;
};

bool is_bytes(const seedbed_value& value) {
  return value.type == SEEDBED_TEXT || value.type == SEEDBED_BYTES || value.type == SEEDBED_UUID;
}

std::uint64_t head_of(const seedbed_value& value) {
  if (value.type == SEEDBED_INTEGER) return static_cast<std::uint64_t>(value.as.integer) ^ (1ULL << 63);
  if (!is_bytes(value)) return 0;
  std::uint64_t head = 0;
  const std::string_view bytes = data_of(value).substr(0, sizeof head);
  for (const char byte : bytes) head = head << 8 | static_cast<unsigned char>(byte);
  return bytes.empty() ? 0 : head << 8 * (sizeof head - bytes.size());
}

}  // namespace

std::vector<std::uint32_t> key_order(const seedbed_value* values, std::size_t stride, std::size_t count) {
  std::vector<Entry> entries(count);
  for (std::uint32_t row = 0; row < count; ++row) entries[row] = {head_of(values[row * stride]), row};
  std::ranges::sort(entries, [&](const Entry& a, const Entry& b) {
    if (a.head != b.head) return a.head < b.head;
    const seedbed_value &left = values[a.row * stride], &right = values[b.row * stride];
    if (left.type != right.type) return left.type < right.type;
    const int order = is_bytes(left) ? data_of(left).compare(data_of(right)) : 0;
    return order != 0 ? order < 0 : a.row < b.row;
  });
  std::vector<std::uint32_t> rows(count);
  std::ranges::transform(entries, rows.begin(), &Entry::row);
  return rows;
}

bool same_key(const seedbed_value& a, const seedbed_value& b) {
  if (a.type != b.type) return false;
  return is_bytes(a) ? data_of(a) == data_of(b) : a.type == SEEDBED_INTEGER && a.as.integer == b.as.integer;
}

}  // namespace seedbed::host
