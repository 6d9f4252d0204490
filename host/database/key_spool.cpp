#include "database/key_spool.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>

namespace seedbed::host {

namespace {

constexpr std::size_t kMost = 1 << 20;  // of 20 bytes each

[[noreturn]] void throw_file_error(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// The part of `parts` to which a hash belongs, the lowest hashes to the first.
std::size_t part_of(const KeyHash& hash, std::size_t parts) {
  const std::size_t head = static_cast<std::size_t>(hash[0]) << 16 | static_cast<std::size_t>(hash[1]) << 8 | hash[2];
  return head * parts >> 24;
}

}  // namespace

void KeySpool::add(const MetKey& key) {
  if (keys_.size() == kMost) spill();
  keys_.push_back(key);
}

void KeySpool::spill() {
  if (file_ == nullptr) file_.reset(std::tmpfile());
  if (file_ == nullptr) throw_file_error("could not make a temporary file for the keys of a big load");
  if (std::fwrite(keys_.data(), sizeof(MetKey), keys_.size(), file_.get()) != keys_.size()) {
    throw_file_error("could not write the keys of a big load to a temporary file");
  }
  in_file_ += keys_.size();
  keys_.clear();
}

void KeySpool::sort_and_call(std::vector<MetKey>& keys, const std::function<void(const MetKey&)>& each) const {
  std::ranges::sort(keys, {}, &MetKey::hash);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i == 0 || keys[i].hash != keys[i - 1].hash) each(keys[i]);
  }
}

void KeySpool::for_each(const std::function<void(const MetKey&)>& each) {
  if (file_ == nullptr) return sort_and_call(keys_, each);
  spill();
  // Hashes are spread evenly, so that each part is about three quarters of what memory may hold.
  const std::size_t parts = in_file_ / (kMost / 4 * 3) + 1;
  std::vector<MetKey> buffer(4096);
  for (std::size_t part = 0; part < parts; ++part) {
    keys_.clear();
    if (fseeko(file_.get(), 0, SEEK_SET) != 0) throw_file_error("could not read the keys in a temporary file");
    for (std::size_t left = in_file_; left != 0;) {
      const std::size_t size = std::min(left, buffer.size());
      if (std::fread(buffer.data(), sizeof(MetKey), size, file_.get()) != size) throw_file_error("could not read the keys in a temporary file");
      std::copy_if(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size), std::back_inserter(keys_),
                   [&](const MetKey& key) { return part_of(key.hash, parts) == part; });
      left -= size;
    }
    sort_and_call(keys_, each);
  }
  keys_.clear();
}

}  // namespace seedbed::host
