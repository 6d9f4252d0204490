// Bulk rows into SQLite: one prepared upsert, stepped row by row, which beats every batching tried.

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <sqlite3.h>

#include "database/sqlite/sqlite_database.hpp"
#include "database/sqlite/sqlite_value.hpp"
#include "database/writer_spec.hpp"
#include "interrupt.hpp"

namespace seedbed::host {

namespace {

// A load that goes to a random place of an index reads and writes less with more of it in memory.
// reset_session() makes the cache as it was.
constexpr const char* kCache = "PRAGMA cache_size = -65536";  // 64 MiB

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

std::string exists_sql(const WriterSpec& spec) {
  std::string where;
  for (const WriterColumn& column : spec.columns) {
    if (column.in_key) where += fmt::format("{}{} = ?", where.empty() ? "" : " AND ", quoted_name(column.name));
  }
  return fmt::format("SELECT 1 FROM {} WHERE {}", spec.sql_table, where);
}

class SqliteWriter : public RowWriter {
 public:
  SqliteWriter(SqliteDatabase& database, WriterSpec spec)
      : database_(database), spec_(std::move(spec)), upsert_(database.prepare(upsert_sql(spec_))),
        exists_(database.prepare(exists_sql(spec_))) {}

  void write(const seedbed_value* values, std::size_t count) override {
    throw_if_interrupted();
    check_values(spec_, values, count, counts_.rows + 1);
    check_keys(spec_, values, count, counts_.rows + 1, seen_);
    for (std::size_t row = 0; row < count; ++row) write_row(values + row * spec_.columns.size());
  }

  void finish() override { check_keys_at_end(spec_, seen_); }

  WriterCounts counts() const override { return counts_; }

 private:
  void write_row(const seedbed_value* values) {
    sqlite3_stmt* upsert = upsert_.get();
    ++counts_.rows;
    try {
      // Where one row existed the next one is likely to, and its key alone is quickly looked up.
      if (existed_ && !spec_.update_changed && exists(values)) return;
      for (std::size_t i = 0; i < spec_.columns.size(); ++i) bind_value(upsert, static_cast<int>(i) + 1, values[i]);
      while (database_.step(upsert)) {
      }
    } catch (Error& error) {
      sqlite3_reset(upsert);
      error.detail(fmt::format("It was row {} for table \"{}\": {}.", counts_.rows, spec_.table,
                               shown_key(spec_, values)));
      if (error.sqlstate() == kNoParent) name_missing_parent(error, values);
      throw;
    }
    const std::int64_t written = sqlite3_changes64(sqlite3_db_handle(upsert));
    counts_.written += written;
    existed_ = written == 0;
    sqlite3_reset(upsert);
  }

  bool exists(const seedbed_value* values) {
    int index = 0;
    for (std::size_t i = 0; i < spec_.columns.size(); ++i) {
      if (spec_.columns[i].in_key) bind_value(exists_.get(), ++index, values[i]);
    }
    const bool found = database_.step(exists_.get());
    sqlite3_reset(exists_.get());
    return found;
  }

  /// SQLite says that a foreign key failed, but not which.
  void name_missing_parent(Error& error, const seedbed_value* values) {
    const std::array table{text_value(spec_.table)};
    std::map<std::string, std::vector<Row>> keys;
    for (Row& row : database_.query("SELECT id, \"table\", \"from\", coalesce(\"to\", (SELECT name FROM pragma_table_info(f.\"table\") "
                                    "WHERE pk = f.seq + 1)) FROM pragma_foreign_key_list($1) f ORDER BY id, seq", table)) {
      keys[*row[0]].push_back(std::move(row));
    }
    for (const auto& [id, columns] : keys) {
      std::string where, shown;
      std::vector<seedbed_value> given;
      for (const Row& column : columns) {
        const auto at = std::ranges::find(spec_.columns, *column[2], &WriterColumn::name);
        if (at == spec_.columns.end() || !column[3]) break;
        given.push_back(values[at - spec_.columns.begin()]);
        where += fmt::format("{}{} = ${}", where.empty() ? "" : " AND ", quoted_name(*column[3]), given.size());
        shown += fmt::format("{}{} = {}", shown.empty() ? "" : ", ", *column[2], shown_value(given.back()));
      }
      const bool has_null = std::ranges::any_of(given, [](const seedbed_value& value) { return value.type == SEEDBED_NULL; });
      const std::string& parent = *columns[0][1];
      if (given.size() != columns.size() || has_null) continue;
      if (!database_.query(fmt::format("SELECT 1 FROM {} WHERE {}", quoted_name(parent), where), given).empty()) continue;
      error.detail(fmt::format("Table \"{}\" has no row for {}.", parent, shown));
    }
  }

  static constexpr const char* kNoParent = "SQLite 787";  // SQLITE_CONSTRAINT_FOREIGNKEY

  SqliteDatabase& database_;
  WriterSpec spec_;
  SqliteStatement upsert_, exists_;
  bool existed_ = false;  ///< the row before
  SeenKeys seen_;
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
  std::vector<Column> known = columns(spec.table);
  const std::array table{text_value(spec.table)};
  // Generated columns, and the one that is another name of the rowid, fill themselves.
  for (const Row& row : query("SELECT name FROM pragma_table_xinfo($1) WHERE hidden IN (2, 3) OR pk = 1 AND upper(type) = 'INTEGER'", table)) {
    std::erase_if(known, [&](const Column& column) { return column.name == *row[0]; });
  }
  if (const Column* missing = unset_column(spec, known)) throw_unset_column(spec, *missing);
  pragma(kCache);
  return std::make_unique<SqliteWriter>(*this, std::move(spec));
}

}  // namespace seedbed::host
