#pragma once
// What a query has returned.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <seedbed/value.hpp>

namespace seedbed {

/// One row of a query; it points into the Rows that it came from.
class Row {
 public:
  Row(const seedbed_value* values, std::size_t size) : values_(values), size_(size) {}

  std::size_t size() const { return size_; }
  bool is_null(std::size_t column) const { return at(column).type == SEEDBED_NULL; }

  /// The value of `column`, counted from 0, as a bool, whole number, double, std::string, Bytes,
  /// Uuid, Json or Timestamp, or as a std::optional of one where it may be null.  A
  /// std::string_view lives as long as the Rows.  Throws std::invalid_argument when the value is
  /// null or cannot be read so, and std::out_of_range when there is no such column.
  template <class T>
  T get(std::size_t column) const {
    const seedbed_value& value = at(column);
    try {
      return detail::from_value<T>(value);
    } catch (const std::exception& e) {
      throw std::invalid_argument("column " + std::to_string(column) + " of the query " + e.what());
    }
  }

 private:
  const seedbed_value& at(std::size_t column) const {
    if (column >= size_)
      throw std::out_of_range("the query has no column " + std::to_string(column) +
                              "; it has columns 0 to " + std::to_string(size_ - 1));
    return values_[column];
  }

  const seedbed_value* values_;
  std::size_t size_;
};

/// All rows of a query, in memory.
class Rows {
 public:
  class Iterator {
   public:
    Iterator(const Rows* rows, std::size_t index) : rows_(rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const Rows* rows_;
    std::size_t index_;
  };

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  Row operator[](std::size_t index) const {
    if (index >= count_)
      throw std::out_of_range("the query returned " + std::to_string(count_) + " rows, not " +
                              std::to_string(index + 1));
    return Row(values_.data() + index * columns_, columns_);
  }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, count_}; }

  /// Copies a row that the host hands over.
  void add(const seedbed_value* values, std::size_t columns) {
    columns_ = columns;
    ++count_;
    for (std::size_t i = 0; i < columns; ++i) {
      seedbed_value value = values[i];
      if (detail::has_data(value)) {
        data_.emplace_back(detail::text_of(value));
        value.as.data = data_.back().data();
      }
      values_.push_back(value);
    }
  }

 private:
  std::vector<seedbed_value> values_;
  std::deque<std::string> data_;  // a deque, so that no text moves when one is added
  std::size_t columns_ = 0;
  std::size_t count_ = 0;
};

}  // namespace seedbed
