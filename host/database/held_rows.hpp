#pragma once
// Rows that a writer keeps for a while: their values, and the bytes those point to.

#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include <seedbed/abi.h>

namespace seedbed::host {

class HeldRows {
 public:
  /// Copies `count` values and what they point to.
  void add(const seedbed_value* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      seedbed_value value = values[i];
      const bool points = value.type == SEEDBED_TEXT || value.type == SEEDBED_BYTES || value.type == SEEDBED_UUID || value.type == SEEDBED_JSON;
      if (points && value.size != 0) value.as.data = copied(value.as.data, value.size);
      values_.push_back(value);
    }
  }

  /// Keeps the memory for the rows that come next.
  void clear() {
    values_.clear();
    large_.clear();
    used_ = left_ = bytes_ = 0;
  }

  const std::vector<seedbed_value>& values() const { return values_; }
  bool empty() const { return values_.empty(); }
  /// Of the values and what they point to.
  std::size_t bytes() const { return bytes_ + values_.size() * sizeof(seedbed_value); }

 private:
  static constexpr std::size_t kBlock = 1 << 16;

  const char* copied(const char* data, std::size_t size) {
    char* const copy = place(size);
    std::memcpy(copy, data, size);
    bytes_ += size;
    return copy;
  }

  char* place(std::size_t size) {
    if (size > kBlock) return large_.emplace_back(std::make_unique_for_overwrite<char[]>(size)).get();
    if (size > left_) {
      if (used_ == blocks_.size()) blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlock));
      next_ = blocks_[used_++].get();
      left_ = kBlock;
    }
    char* const place = next_;
    next_ += size;
    left_ -= size;
    return place;
  }

  std::vector<seedbed_value> values_;
  std::vector<std::unique_ptr<char[]>> blocks_, large_;
  std::size_t used_ = 0;  ///< of the blocks
  char* next_ = nullptr;
  std::size_t left_ = 0, bytes_ = 0;
};

}  // namespace seedbed::host
