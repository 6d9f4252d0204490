#include "seeding/row_watch.hpp"

#include <algorithm>

#include "database/value.hpp"

namespace seedbed::host {

namespace {

class WatchedWriter : public RowWriter {
 public:
  WatchedWriter(WatchedTable& table, std::unique_ptr<RowWriter> rows) : table_(table), rows_(std::move(rows)) {}

  void write(const seedbed_value* values, std::size_t count) override {
    rows_->write(values, count);  // which checks them, too
    const std::size_t width = table_.columns.size();
    for (std::size_t row = 0; row < count && table_.rows.size() < RowWatch::kMostRows; ++row) {
      std::vector<KeptValue>& kept = table_.rows.emplace_back();
      for (std::size_t i = 0; i < width; ++i) kept.emplace_back(values[row * width + i]);
    }
  }

  void finish() override { rows_->finish(); }
  WriterCounts counts() const override { return rows_->counts(); }
  const std::string& table() const override { return rows_->table(); }

 private:
  WatchedTable& table_;
  std::unique_ptr<RowWriter> rows_;
};

std::string copied(const seedbed_text& text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }

}  // namespace

KeptValue::KeptValue(const seedbed_value& value) : value_(value), data_(data_of(value)) {}

seedbed_value KeptValue::value() const {
  seedbed_value value = value_;
  if (value.size != 0) value.as.data = data_.data();
  return value;
}

std::unique_ptr<RowWriter> RowWatch::watched(const std::string& seeder, const seedbed_writer& writer, std::unique_ptr<RowWriter> rows) {
  WatchedTable watched{seeder, rows->table(), writer.mode, {}, {}};
  for (std::size_t i = 0; i < writer.column_count; ++i) {
    watched.columns.push_back({copied(writer.columns[i].name), writer.columns[i].kind, false});
  }
  for (std::size_t i = 0; i < writer.key_count; ++i) {
    std::ranges::find(watched.columns, copied(writer.key[i]), &WatchedColumn::name)->in_key = true;
  }
  return std::make_unique<WatchedWriter>(tables_.emplace_back(std::move(watched)), std::move(rows));
}

}  // namespace seedbed::host
