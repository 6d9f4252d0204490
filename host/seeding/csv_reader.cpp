#include "seeding/csv_reader.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "database/sql/utf8.hpp"

namespace seedbed::host {

namespace fs = std::filesystem;

namespace {

constexpr int kEnd = std::char_traits<char>::eof();
constexpr std::size_t kLongestValue = 16 << 20;
constexpr std::size_t kLongestLineShown = 2000;

/// `text` with U+FFFD for what is not UTF-8.
std::string printable(std::string text) {
  for (std::size_t at = sql::first_invalid_utf8(text); at < text.size(); at = sql::first_invalid_utf8(text, at)) {
    text.replace(at, 1, "\xEF\xBF\xBD");
    at += 3;
  }
  return text;
}

/// The start of line `number` of `file`.
std::string line_of(const fs::path& file, std::size_t number) {
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  for (int c = stream.get(); c != kEnd && number > 0; c = stream.get()) {
    if (c == '\n') --number;
    else if (number == 1 && text.size() < kLongestLineShown) text += static_cast<char>(c);
  }
  if (text.starts_with(sql::kByteOrderMark)) text.erase(0, sql::kByteOrderMark.size());
  if (text.ends_with('\r')) text.pop_back();
  return printable(text);
}

}  // namespace

CsvReader::CsvReader(fs::path file, std::string shown)
    : file_(std::move(file)), shown_(std::move(shown)), stream_(file_, std::ios::binary), buffer_(stream_.rdbuf()) {
  std::error_code failure;
  size_ = fs::file_size(file_, failure);
  if (!stream_ || failure) throw Error(ExitCode::failed, fmt::format("could not read \"{}\"", shown_));
  if (peek() != static_cast<unsigned char>(sql::kByteOrderMark.front())) return;
  for (const char c : sql::kByteOrderMark) {
    if (!take_if(c)) refuse("the file is not UTF-8", 1, 1, "Save it as UTF-8.");
  }
  column_ = 1;
}

bool CsvReader::next(std::vector<CsvValue>& record) {
  if (peek() == kEnd) return false;
  std::size_t count = 0;
  do {
    if (count == record.size()) record.emplace_back();
    CsvValue& value = record[count++];
    value.text.clear();
    value.line = line_;
    value.column = column_;
    value.quoted = peek() == '"';
    if (value.quoted) read_quoted(value);
    else read_plain(value);
    if (sql::first_invalid_utf8(value.text) < value.text.size()) {
      refuse("a value is not UTF-8", value.line, value.column, "Save the file as UTF-8.");
    }
  } while (value_follows());
  record.resize(count);
  return true;
}

void CsvReader::read_plain(CsvValue& value) {
  for (int c = peek(); c != kEnd && c != ',' && c != '\n' && c != '\r'; c = peek()) {
    if (c == '"') {
      refuse("a quote stands inside a value that does not begin with one", line_, column_,
             R"(Put the whole value into quotes and double those inside: "7"" disc".)");
    }
    append(value);
  }
}

void CsvReader::read_quoted(CsvValue& value) {
  take();
  for (;;) {
    if (peek() == kEnd) {
      refuse("the quote that begins a value is never closed", value.line, value.column,
             "Quotes inside a value are doubled.");
    }
    if (peek() != '"') {
      append(value);
      continue;
    }
    take();
    if (peek() != '"') break;
    append(value);
  }
  const int next = peek();
  if (next == kEnd || next == ',' || next == '\n' || next == '\r') return;
  refuse("text stands after the quote that ends a value", line_, column_,
         R"(Quotes inside a value are doubled: "7"" disc".)");
}

/// Moves one byte from the file into `value`.
void CsvReader::append(CsvValue& value) {
  const std::size_t column = column_;
  const int c = take();
  if (c == 0) refuse("a value holds a zero byte", line_, column);
  value.text += static_cast<char>(c);
  if (value.text.size() <= kLongestValue) return;
  refuse("a value has more than 16 MiB", value.line, value.column,
         value.quoted ? "Perhaps the quote that begins it is never closed." : "");
}

/// Takes what ends a value; true if it is a comma.
bool CsvReader::value_follows() {
  if (take_if(',')) return true;
  if (peek() == '\r') {
    const std::size_t column = column_;
    take();
    if (peek() != '\n') {
      refuse("a carriage return stands alone", line_, column,
             "Lines end in LF or CR LF; inside a value, a carriage return needs quotes around the value.");
    }
  }
  take_if('\n');
  return false;
}

int CsvReader::take() {
  const int c = buffer_->sbumpc();
  ++bytes_read_;
  if (c == '\n') {
    ++line_;
    column_ = 1;
  } else if ((c & 0xC0) != 0x80) {
    ++column_;
  }
  return c;
}

bool CsvReader::take_if(char c) {
  if (peek() != static_cast<unsigned char>(c)) return false;
  take();
  return true;
}

Place CsvReader::place(std::size_t line, std::size_t column) const {
  return {shown_, line, column, line_of(file_, line)};
}

void CsvReader::refuse(const std::string& message, std::size_t line, std::size_t column, const std::string& hint) const {
  throw Error(ExitCode::failed, message).at(place(line, column)).hint(hint);
}

}  // namespace seedbed::host
