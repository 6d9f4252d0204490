#include "seeding/csv_table.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/writer_spec.hpp"
#include "interrupt.hpp"
#include "nearest.hpp"
#include "seeding/csv_reader.hpp"
#include "seeding/csv_value.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kRowsPerBatch = 1024;
constexpr std::size_t kBytesPerBatch = 1 << 20;

seedbed_text abi_text(const std::string& text) { return {text.data(), text.size()}; }

/// The number of the row that a writer refused, counted from 1, as its error words it.  What the server adds may speak of
/// rows as well, a trigger's message among others.
std::optional<std::int64_t> refused_row(const Error& error) {
  std::int64_t number = 0;
  const auto number_at = [&](std::string_view text) {
    return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
  };
  const auto behind = [](std::string_view text, std::string_view words) {
    const std::size_t at = text.find(words);
    return at == std::string_view::npos ? std::string_view() : text.substr(at + words.size());
  };
  for (const char* const words : {"It was row ", "It is in row "}) {
    if (number_at(behind(error.detail(), words))) return number;
  }
  const std::string message = error.message();
  if (message.starts_with("rows ") && number_at(behind(message, " and "))) return number;
  if (message.starts_with("row ") && number_at(behind(message, "row "))) return number;
  return std::nullopt;
}

class CsvLoad {
 public:
  CsvLoad(Database& database, OnceTables& once, const std::filesystem::path& file, const std::string& shown,
          const TableFile& declared, const std::string& seeder, RowWatch* watch)
      : database_(database), once_(once), reader_(file, shown), shown_(shown), declared_(declared), seeder_(seeder), watch_(watch) {}

  WriterCounts run(const CsvProgress& progress);

 private:
  void read_header();
  CsvColumnType column_type(const CsvValue& name, const std::vector<Column>& columns) const;
  std::unique_ptr<RowWriter> open_writer();
  void add_row();
  void add_value(std::size_t i);
  void flush();
  void find_place(Error& error) const;

  Error at(const CsvValue& value, const std::string& message) const {
    return Error(ExitCode::failed, message).at(reader_.place(value.line, value.column));
  }

  Database& database_;
  OnceTables& once_;
  CsvReader reader_;
  const std::string& shown_;
  const TableFile& declared_;
  const std::string& seeder_;
  RowWatch* const watch_;
  std::vector<CsvValue> record_;
  std::vector<std::string> names_;
  std::vector<CsvColumnType> types_;
  std::unique_ptr<RowWriter> writer_;

  // The rows that the writer has not got yet.
  std::vector<seedbed_value> values_;
  std::deque<std::string> texts_;  ///< what they point to, which must not move
  std::vector<std::size_t> lines_;
  std::size_t bytes_ = 0;
  std::uint64_t rows_ = 0;
};

WriterCounts CsvLoad::run(const CsvProgress& progress) {
  read_header();
  writer_ = open_writer();
  while (reader_.next(record_)) {
    const bool blank = record_.size() == 1 && record_[0].text.empty() && !record_[0].quoted;
    if (blank && names_.size() > 1) continue;
    add_row();
    if (lines_.size() < kRowsPerBatch && bytes_ < kBytesPerBatch) continue;
    flush();
    progress(rows_, rows_ * reader_.size() / reader_.bytes_read());
  }
  flush();
  writer_->finish();
  return writer_->counts();
}

void CsvLoad::read_header() {
  if (!reader_.next(record_)) {
    throw Error(ExitCode::failed, fmt::format("\"{}\" is empty", shown_))
        .at(reader_.place(1, 1))
        .hint("Its first line names the columns, with commas between.");
  }
  // Of a table that does not exist the writer says so, and what to do.
  std::vector<Column> columns;
  if (database_.table_exists(declared_.name)) columns = database_.columns(declared_.name);
  std::set<std::string> seen;
  for (const CsvValue& name : record_) {
    if (!columns.empty()) types_.push_back(column_type(name, columns));
    if (!seen.insert(name.text).second) throw at(name, fmt::format("column \"{}\" is named twice", name.text));
    names_.push_back(name.text);
  }
  for (const std::string& key : declared_.key) {
    if (columns.empty() || seen.contains(key)) continue;
    throw at(record_.front(), fmt::format("the first line does not name key column \"{}\"", key))
        .detail(fmt::format("The key of table \"{}\" is ({}).", declared_.name, fmt::join(declared_.key, ", ")));
  }
}

CsvColumnType CsvLoad::column_type(const CsvValue& name, const std::vector<Column>& columns) const {
  const auto column = std::ranges::find(columns, name.text, &Column::name);
  if (column != columns.end()) return {*column, database_.engine()};
  std::vector<std::string> known;
  for (const Column& each : columns) known.push_back(each.name);
  Error error = at(name, name.text.empty() ? std::string("a column has no name")
                                           : fmt::format("table \"{}\" has no column \"{}\"", declared_.name, name.text));
  error.detail(fmt::format("Its columns are {}.", fmt::join(known, ", ")));
  if (const std::string near = nearest(name.text, known); !near.empty()) error.hint(fmt::format("Perhaps \"{}\" is meant.", near));
  throw error;
}

std::unique_ptr<RowWriter> CsvLoad::open_writer() {
  std::vector<seedbed_column> columns;
  for (const std::string& name : names_) columns.push_back({abi_text(name), SEEDBED_COLUMN_PLAIN, 0});
  std::vector<seedbed_text> key;
  for (const std::string& name : declared_.key) key.push_back(abi_text(name));
  seedbed_writer writer{};
  writer.struct_size = sizeof writer;
  writer.mode = declared_.mode;
  writer.table = abi_text(declared_.name);
  writer.columns = columns.data();
  writer.column_count = columns.size();
  writer.key = key.data();
  writer.key_count = key.size();
  try {
    std::unique_ptr<RowWriter> rows = once_.open_writer(writer);
    if (watch_ == nullptr) return rows;
    return watch_->watched(seeder_, writer, std::move(rows));
  } catch (Error& error) {
    error.at(declared_.place);
    throw;
  }
}

void CsvLoad::add_row() {
  ++rows_;
  if (record_.size() != names_.size()) {
    throw at(record_.front(), fmt::format("row {} has {} value{}, and the first line names {} column{}", rows_, record_.size(),
                                          record_.size() == 1 ? "" : "s", names_.size(), names_.size() == 1 ? "" : "s"))
        .hint(record_.size() > names_.size() ? "A value with a comma in it needs quotes around it." : "");
  }
  lines_.push_back(record_.front().line);
  for (std::size_t i = 0; i < record_.size(); ++i) add_value(i);
}

void CsvLoad::add_value(std::size_t i) {
  CsvValue& given = record_[i];
  values_.push_back(null_value());
  if (!given.quoted && given.text == declared_.null_text) return;
  bytes_ += given.text.size();
  std::string& text = texts_.emplace_back(std::move(given.text));
  if (types_[i].read(text, values_.back())) return;
  const std::vector<Column> columns = database_.columns(declared_.name);
  const auto column = std::ranges::find(columns, names_[i], &Column::name);
  throw at(given, fmt::format("row {} has {} for column \"{}\", which is of type {}", rows_,
                              text.empty() ? "an empty text" : '"' + shown_value(text_value(text)) + '"', names_[i], column->type))
      .hint(text.empty() ? fmt::format("NULL is written {} here.", declared_.null_text.empty() ? "as nothing, without quotes"
                                                                                               : declared_.null_text)
                         : "");
}

void CsvLoad::flush() {
  if (lines_.empty()) return;
  throw_if_interrupted();
  try {
    writer_->write(values_.data(), lines_.size());
  } catch (Error& error) {
    find_place(error);
    throw;
  }
  values_.clear();
  texts_.clear();
  lines_.clear();
  bytes_ = 0;
}

/// Sets the place of a row that the database refused, or of the batch that holds it.
void CsvLoad::find_place(Error& error) const {
  if (error.code() == ExitCode::interrupted) return;
  const std::int64_t first = static_cast<std::int64_t>(rows_ - lines_.size()) + 1;
  const std::optional<std::int64_t> row = refused_row(error);
  const bool known = row && *row >= first && *row - first < static_cast<std::int64_t>(lines_.size());
  error.at(reader_.place(lines_[known ? static_cast<std::size_t>(*row - first) : 0], 1));
}

}  // namespace

WriterCounts load_csv(Database& database, OnceTables& once, const std::filesystem::path& file, const std::string& shown,
                      const TableFile& declared, const CsvProgress& progress, const std::string& seeder, RowWatch* watch) {
  return CsvLoad(database, once, file, shown, declared, seeder, watch).run(progress);
}

}  // namespace seedbed::host
