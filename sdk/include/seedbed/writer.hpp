#pragma once
// Writes rows into one table: `db.into("t").columns("a", "b").key("a").insert_missing()`.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <seedbed/abi.h>
#include <seedbed/value.hpp>

namespace seedbed {

class Session;

namespace detail {

/// The rows that one writer has not yet handed to the host.
class Batch {
 public:
  Batch(std::uint32_t id, std::size_t columns) : id_(id), columns_(columns) {}

  void add(const seedbed_value* row) {
    for (std::size_t i = 0; i < columns_; ++i) {
      seedbed_value value = row[i];
      if (has_data(value)) {
        const std::size_t start = data_.size();
        data_ += text_of(value);
        value.as.integer = static_cast<std::int64_t>(start);  // data_ may move until the flush
      }
      values_.push_back(value);
    }
  }

  bool full() const {
    return data_.size() + values_.size() * sizeof(seedbed_value) >= kBytes ||
           values_.size() >= kRows * columns_;
  }

  seedbed_status flush(const seedbed_host& host) {
    if (values_.empty()) return SEEDBED_OK;
    for (seedbed_value& value : values_)
      if (has_data(value)) value.as.data = data_.data() + value.as.integer;
    const auto status = host.write_rows(host.ctx, id_, values_.data(), values_.size() / columns_);
    values_.clear();
    data_.clear();
    if (data_.capacity() > 4 * kBytes) data_.shrink_to_fit();
    return status;
  }

 private:
  static constexpr std::size_t kBytes = 65'536;
  static constexpr std::size_t kRows = 1'024;

  std::uint32_t id_;
  std::size_t columns_;
  std::vector<seedbed_value> values_;
  std::string data_;
};

struct WriterColumn {
  std::string name;
  std::int32_t kind = SEEDBED_COLUMN_PLAIN;
};

/// What a chain of into() … insert_missing() has said so far.
struct WriterPlan {
  std::string table;
  std::vector<WriterColumn> columns;
  std::vector<std::string> key;

  void mark(std::string_view name, std::int32_t kind) {
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const WriterColumn& c) { return c.name == name; });
    if (column == columns.end())
      throw std::invalid_argument("\"" + std::string(name) +
                                  "\" is not among the columns written into \"" + table + "\"");
    column->kind = kind;
  }
};

}  // namespace detail

/// Writes rows of `Columns` values into one table.  A handle: copies write to the same place, and
/// none outlives seed().
template <std::size_t Columns>
class Writer {
 public:
  /// Writes one row, a value for each column in their order.  Values are null (nullptr,
  /// std::nullopt, an empty std::optional, a null `const char*`), bool, whole numbers, double,
  /// text, Bytes, Uuid, Json and Timestamp.
  ///
  /// Rows reach the database in batches, at the latest when seed() returns: the database's refusal
  /// of a row may come from a later call.
  template <class... Values>
  void row(const Values&... values) {
    static_assert(sizeof...(Values) == Columns,
                  "row() takes one value for each column that columns() names");
    if constexpr (sizeof...(Values) == Columns) {
      const std::array<seedbed_value, Columns> row{detail::to_value(values)...};
      add(row.data());
    }
  }

 private:
  template <std::size_t>
  friend class ColumnsOf;
  Writer(Session& session, detail::Batch& batch) : session_(&session), batch_(&batch) {}
  void add(const seedbed_value* row);

  Session* session_;
  detail::Batch* batch_;
};

/// A table, its columns and its key, on the way to a Writer.
template <std::size_t Columns>
class ColumnsOf {
 public:
  /// Names the columns that tell a row from all others.  They need a unique index and NOT NULL.
  template <class... Names>
  ColumnsOf& key(const Names&... names) {
    static_assert(sizeof...(Names) > 0, "key() names at least one column");
    plan_.key = {std::string(names)...};
    return *this;
  }

  /// Marks columns that are written with a new row and never afterwards, such as created_at.
  template <class... Names>
  ColumnsOf& insert_only(const Names&... names) {
    (plan_.mark(names, SEEDBED_COLUMN_INSERT_ONLY), ...);
    return *this;
  }

  /// Marks columns that do not make a row different but are written where it is, such as
  /// updated_at.
  template <class... Names>
  ColumnsOf& touch(const Names&... names) {
    (plan_.mark(names, SEEDBED_COLUMN_TOUCH), ...);
    return *this;
  }

  /// Opens a writer that leaves rows whose key exists as they are.
  Writer<Columns> insert_missing() { return open(SEEDBED_INSERT_MISSING); }

  /// Opens a writer that updates rows whose key exists and of which a column differs.
  Writer<Columns> update_changed() { return open(SEEDBED_UPDATE_CHANGED); }

  /// Opens a writer that inserts each row once: rows whose key exists stay as they are, and rows
  /// that somebody has deleted since stay deleted.  For what people may revoke, such as permissions.
  Writer<Columns> insert_once() { return open(SEEDBED_INSERT_ONCE); }

 private:
  friend class Table;
  ColumnsOf(Session& session, detail::WriterPlan plan)
      : session_(&session), plan_(std::move(plan)) {}
  Writer<Columns> open(std::int32_t mode);

  Session* session_;
  detail::WriterPlan plan_;
};

/// A table, on the way to a Writer.
class Table {
 public:
  /// Names the columns that rows have values for.
  template <class... Names>
  ColumnsOf<sizeof...(Names)> columns(const Names&... names) {
    static_assert(sizeof...(Names) > 0, "columns() names at least one column");
    detail::WriterPlan plan{std::move(table_), {}, {}};
    (plan.columns.push_back({std::string(names), SEEDBED_COLUMN_PLAIN}), ...);
    return {*session_, std::move(plan)};
  }

 private:
  friend class Session;
  Table(Session& session, std::string_view table) : session_(&session), table_(table) {}

  Session* session_;
  std::string table_;
};

}  // namespace seedbed
