#include "database/seen_keys.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace seedbed::host {

namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kMostSlots = 1 << 20;  // 16 MiB, and half of that again while it grows

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

[[noreturn]] void throw_file_error(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

/// One sorted stretch of the file, read from its beginning to its end.
class SeenKeys::Run {
 public:
  Run(std::FILE* file, std::size_t first, std::size_t count) : file_(file), next_(first), end_(first + count) { fill(); }

  bool done() const { return at_ == buffer_.size(); }
  const Entry& front() const { return buffer_[at_]; }
  void pop() {
    if (++at_ == buffer_.size()) fill();
  }

 private:
  static constexpr std::size_t kEntries = 4096;

  void fill() {
    buffer_.resize(std::min(kEntries, end_ - next_));
    at_ = 0;
    if (buffer_.empty()) return;
    const auto offset = static_cast<off_t>(next_ * sizeof(Entry));
    if (fseeko(file_, offset, SEEK_SET) != 0 || std::fread(buffer_.data(), sizeof(Entry), buffer_.size(), file_) != buffer_.size()) {
      throw_file_error("could not read the keys that were written to a temporary file");
    }
    next_ += buffer_.size();
  }

  std::FILE* file_;
  std::size_t next_, end_;
  std::vector<Entry> buffer_;
  std::size_t at_ = 0;
};

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
  if (file_ == nullptr) file_.reset(std::tmpfile());
  if (file_ == nullptr) throw_file_error("could not make a temporary file for the keys of a big load");
  slots_.erase(std::remove_if(slots_.begin(), slots_.end(), [](const Entry& entry) { return entry.row == 0; }), slots_.end());
  std::sort(slots_.begin(), slots_.end(), before);
  if (fseeko(file_.get(), 0, SEEK_END) != 0 ||
      std::fwrite(slots_.data(), sizeof(Entry), slots_.size(), file_.get()) != slots_.size()) {
    throw_file_error("could not write the keys of a big load to a temporary file");
  }
  runs_.push_back(slots_.size());
  slots_.assign(kMostSlots, Entry{});
  used_ = 0;
}

std::optional<std::pair<std::int64_t, std::int64_t>> SeenKeys::finish() {
  if (runs_.empty()) return std::nullopt;  // add() has seen them all
  spill();
  slots_ = {};
  std::vector<Run> runs;
  std::size_t first = 0;
  for (const std::size_t count : runs_) {
    if (count != 0) runs.emplace_back(file_.get(), first, count);
    first += count;
  }
  for (Entry last; !runs.empty();) {
    const auto least = std::min_element(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return before(a.front(), b.front()); });
    const Entry entry = least->front();
    if (last.row != 0 && last.high == entry.high && last.low == entry.low) return std::pair(last.row, entry.row);
    last = entry;
    least->pop();
    if (least->done()) runs.erase(least);
  }
  return std::nullopt;
}

}  // namespace seedbed::host
