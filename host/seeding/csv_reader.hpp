#pragma once
// Reads a CSV file as RFC 4180 has it, record by record, without holding more than one.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "error.hpp"

namespace seedbed::host {

struct CsvValue {
  std::string text;
  bool quoted = false;
  std::size_t line = 0;    ///< where it begins, from 1
  std::size_t column = 0;  ///< in characters, from 1
};

/// Commas between values, records on lines that end in LF or CR LF; a value in double quotes may hold
/// both, and quotes that are doubled.  UTF-8, with or without a byte order mark.
class CsvReader {
 public:
  /// Opens `file`; errors call it `shown`.  Throws Error{failed} if it cannot be read.
  CsvReader(std::filesystem::path file, std::string shown);

  /// Reads the next record into `record`.  Returns false at the end of the file.
  ///
  /// Throws Error{failed} at file:line:column for a quote that is never closed or stands inside a
  /// value without quotes, for text after a closing quote, a carriage return alone, a zero byte,
  /// text that is not UTF-8, and a value of more than 16 MiB.
  bool next(std::vector<CsvValue>& record);

  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t size() const { return size_; }

  /// The place, with its line for the caret, which is read anew from the file.
  Place place(std::size_t line, std::size_t column) const;

 private:
  int peek() { return buffer_->sgetc(); }
  int take();
  bool take_if(char c);
  void read_plain(CsvValue& value);
  void read_quoted(CsvValue& value);
  void append(CsvValue& value);
  bool value_follows();
  [[noreturn]] void refuse(const std::string& message, std::size_t line, std::size_t column,
                           const std::string& hint = "") const;

  std::filesystem::path file_;
  std::string shown_;
  std::ifstream stream_;
  std::streambuf* buffer_;
  std::uint64_t size_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
};

}  // namespace seedbed::host
