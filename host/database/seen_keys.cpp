#include "database/seen_keys.hpp"

#include <algorithm>
#include <cstring>

namespace seedbed::host {

namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kMostSlots = 1 << 18;  // 4 MiB, and half of that again while it grows

std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t hash_of(std::string_view bytes, std::uint64_t state) {
  state = mixed(state + bytes.size());
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(sizeof word, bytes.size());
    std::memcpy(&word, bytes.data(), size);
    state = mixed(state * 0x9e3779b97f4a7c15ULL + word + 1);
    bytes.remove_prefix(size);
  }
  return state;
}

}  // namespace

bool SeenKeys::before(const Entry& a, const Entry& b) {
  if (a.high != b.high) return a.high < b.high;
  return a.low != b.low ? a.low < b.low : a.row < b.row;
}

SeenKeys::Entry& SeenKeys::slot(const Entry& wanted) {
  for (std::size_t i = wanted.high & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
    Entry& entry = slots_[i];
    if (entry.row == 0 || (entry.high == wanted.high && entry.low == wanted.low)) return entry;
  }
}

std::optional<std::int64_t> SeenKeys::add(std::string_view key, std::int64_t row) {
  if (used_ + used_ / 3 >= slots_.size()) grow();
  const Entry entry{hash_of(key, 1), static_cast<std::uint32_t>(hash_of(key, 2)), static_cast<std::uint32_t>(row)};
  Entry& found = slot(entry);
  if (found.row != 0) return found.row;
  found = entry;
  ++used_;
  return std::nullopt;
}

void SeenKeys::grow() {
  if (slots_.size() == kMostSlots) return spill();
  std::vector<Entry> smaller(slots_.empty() ? kFirstSlots : slots_.size() * 2);
  smaller.swap(slots_);
  for (const Entry& entry : smaller) {
    if (entry.row != 0) slot(entry) = entry;
  }
}

void SeenKeys::spill() {
  const auto end = std::remove_if(slots_.begin(), slots_.end(), [](const Entry& entry) { return entry.row == 0; });
  runs_.add({slots_.begin(), end});
  slots_.assign(kMostSlots, Entry{});
  used_ = 0;
}

std::optional<std::pair<std::int64_t, std::int64_t>> SeenKeys::finish() {
  if (runs_.empty()) return std::nullopt;  // add() has seen them all
  spill();
  slots_ = {};
  std::optional<std::pair<std::int64_t, std::int64_t>> repeated;
  Entry last;
  runs_.for_each([&](const Entry& entry) {
    if (last.row != 0 && last.high == entry.high && last.low == entry.low) repeated.emplace(last.row, entry.row);
    last = entry;
    return !repeated;
  });
  return repeated;
}

}  // namespace seedbed::host
