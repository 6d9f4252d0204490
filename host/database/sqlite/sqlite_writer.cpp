// Bulk rows into SQLite: one prepared upsert, stepped row by row, which beats every batching tried.

#include <fmt/format.h>
#include <sqlite3.h>

#include "database/sqlite/sqlite_database.hpp"
#include "database/sqlite/sqlite_value.hpp"
#include "database/writer_spec.hpp"
#include "interrupt.hpp"

namespace seedbed::host {

namespace {

std::string upsert_sql(const WriterSpec& spec) {
  std::string names, marks, sets, differs;
  for (const WriterColumn& column : spec.columns) {
    const std::string name = quoted_name(column.name);
    names += (names.empty() ? "" : ", ") + name;
    marks += marks.empty() ? "?" : ", ?";
    if (column.in_key || column.kind == SEEDBED_COLUMN_INSERT_ONLY) continue;
    sets += fmt::format("{}{} = excluded.{}", sets.empty() ? "" : ", ", name, name);
    if (column.kind == SEEDBED_COLUMN_TOUCH) continue;
    // A column's own collation may take two texts for one, and would leave the old text in place.
    differs += fmt::format("{}{}.{} IS NOT excluded.{} COLLATE BINARY", differs.empty() ? "" : " OR ", spec.sql_table,
                           name, name);
  }
  const std::string insert = fmt::format("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO ",
                                         spec.sql_table, names, marks, quoted_list(spec.key));
  if (!spec.update_changed || differs.empty()) return insert + "NOTHING";
  return insert + fmt::format("UPDATE SET {} WHERE {}", sets, differs);
}

class SqliteWriter : public RowWriter {
 public:
  SqliteWriter(SqliteDatabase& database, WriterSpec spec)
      : database_(database), spec_(std::move(spec)), upsert_(database.prepare(upsert_sql(spec_))) {}

  void write(const seedbed_value* values, std::size_t count) override {
    throw_if_interrupted();
    check_values(spec_, values, count, counts_.rows + 1);
    check_keys(spec_, values, count, counts_.rows + 1);
    for (std::size_t row = 0; row < count; ++row) write_row(values + row * spec_.columns.size());
  }

  WriterCounts counts() const override { return counts_; }

 private:
  void write_row(const seedbed_value* values) {
    sqlite3_stmt* upsert = upsert_.get();
    ++counts_.rows;
    try {
      for (std::size_t i = 0; i < spec_.columns.size(); ++i) bind_value(upsert, static_cast<int>(i) + 1, values[i]);
      while (database_.step(upsert)) {
      }
    } catch (Error& error) {
      sqlite3_reset(upsert);
      error.detail(fmt::format("It was row {} for table \"{}\": {}.", counts_.rows, spec_.table,
                               shown_key(spec_, values)));
      throw;
    }
    counts_.written += sqlite3_changes64(sqlite3_db_handle(upsert));
    sqlite3_reset(upsert);
  }

  SqliteDatabase& database_;
  WriterSpec spec_;
  SqliteStatement upsert_;
  WriterCounts counts_;
};

}  // namespace

std::unique_ptr<RowWriter> SqliteDatabase::open_writer(const seedbed_writer& writer) {
  WriterSpec spec = copy_spec(writer);
  if (!table_exists(spec.table)) throw_missing_table(spec.table, user_tables());
  spec.table = canonical_table(spec.table);
  spec.sql_table = quoted_name(spec.table);
  check_columns(spec, columns(spec.table));
  if (!has_unique_key(spec, spec.table)) {
    if (is_view(spec.table)) throw_not_a_table(spec);
    throw_no_unique_index(spec);
  }
  return std::make_unique<SqliteWriter>(*this, std::move(spec));
}

}  // namespace seedbed::host
