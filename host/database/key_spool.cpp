#include "database/key_spool.hpp"

#include <algorithm>

namespace seedbed::host {

namespace {

constexpr std::size_t kMost = 1 << 18;  // of 20 bytes each

}  // namespace

void KeySpool::add(const MetKey& key) {
  if (keys_.size() == kMost) spill();
  keys_.push_back(key);
}

void KeySpool::spill() {
  runs_.add(keys_);
  keys_.clear();
}

void KeySpool::for_each(const std::function<void(const MetKey&)>& each) {
  const KeyHash* last = nullptr;
  KeyHash hash{};
  const auto once = [&](const MetKey& key) {
    if (last == nullptr || *last != key.hash) each(key);
    hash = key.hash;
    last = &hash;
    return true;
  };
  if (runs_.empty()) {
    std::sort(keys_.begin(), keys_.end(), before);
    std::ranges::for_each(keys_, once);
    return;
  }
  spill();
  keys_.shrink_to_fit();
  runs_.for_each(once);
}

}  // namespace seedbed::host
