#pragma once
// Writers and values as a plugin would pass them, short enough to read in a test.

#include <string>
#include <utility>
#include <vector>

#include <seedbed/abi.h>

#include "database/database.hpp"

namespace seedbed::test {

/// A seedbed_writer and the memory it points into.
class WriterTo {
 public:
  WriterTo(std::string table, std::vector<std::string> columns, std::vector<std::string> key,
           int mode = SEEDBED_INSERT_MISSING)
      : table_(std::move(table)), columns_(std::move(columns)), key_(std::move(key)), mode_(mode),
        kinds_(columns_.size(), SEEDBED_COLUMN_PLAIN) {}

  WriterTo& kind(const std::string& column, int kind) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] == column) kinds_[i] = kind;
    }
    return *this;
  }

  std::unique_ptr<host::RowWriter> open(host::Database& database) const {
    std::vector<seedbed_column> columns;
    for (std::size_t i = 0; i < columns_.size(); ++i) columns.push_back({text(columns_[i]), kinds_[i], 0});
    std::vector<seedbed_text> key;
    for (const std::string& name : key_) key.push_back(text(name));
    const seedbed_writer writer{sizeof(seedbed_writer), mode_,       text(table_), columns.data(),
                                columns.size(),         key.data(), key.size()};
    return database.open_writer(writer);
  }

 private:
  static seedbed_text text(const std::string& string) { return {string.data(), string.size()}; }

  std::string table_;
  std::vector<std::string> columns_, key_;
  int mode_;
  std::vector<int> kinds_;
};

}  // namespace seedbed::test
