// Bulk rows into PostgreSQL: one set-based statement a batch, its columns passed as text arrays.

#include <algorithm>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "database/postgres/postgres_database.hpp"
#include "database/postgres/postgres_value.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kRowsPerStatement = 5000;

struct WriterSql {
  std::string insert;
  std::string update;  ///< empty when nothing may be updated
};

/// "FROM unnest($1::text[], …) WITH ORDINALITY AS raw (…)", each column cast to its type.
std::string source_sql(const std::vector<PostgresColumn>& columns) {
  std::string casts, arrays, names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const char* comma = i == 0 ? "" : ", ";
    casts += fmt::format("{}raw.c{}::{} AS {}", comma, i, columns[i].cast, quoted_name(columns[i].name));
    arrays += fmt::format("{}${}::text[]", comma, i + 1);
    names += fmt::format("{}c{}", comma, i);
  }
  return fmt::format("(SELECT {}, raw.ord AS seedbed_ord FROM unnest({}) WITH ORDINALITY AS raw ({}, ord)) AS new",
                     casts, arrays, names);
}

WriterSql writer_sql(const WriterSpec& spec, const std::vector<PostgresColumn>& columns) {
  std::string names, news, sets, joins, differs;
  bool overriding = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string name = quoted_name(columns[i].name);
    names += (i == 0 ? "" : ", ") + name;
    news += fmt::format("{}new.{}", i == 0 ? "" : ", ", name);
    overriding = overriding || columns[i].always_identity;
    if (spec.columns[i].in_key) joins += fmt::format("{}old.{} = new.{}", joins.empty() ? "" : " AND ", name, name);
    if (spec.columns[i].in_key || spec.columns[i].kind == SEEDBED_COLUMN_INSERT_ONLY) continue;
    if (columns[i].always_identity) continue;  // UPDATE has no OVERRIDING SYSTEM VALUE
    sets += fmt::format("{}{} = new.{}", sets.empty() ? "" : ", ", name, name);
    if (spec.columns[i].kind == SEEDBED_COLUMN_TOUCH) continue;
    const char* as_text = columns[i].compare_as_text ? "::text COLLATE \"C\"" : "";
    differs += fmt::format("{}old.{}{} IS DISTINCT FROM new.{}{}", differs.empty() ? "" : " OR ", name, as_text, name, as_text);
  }
  const std::string source = source_sql(columns);
  WriterSql sql;
  sql.insert = fmt::format("INSERT INTO {} ({}) {}SELECT {} FROM {} ORDER BY seedbed_ord ON CONFLICT ({}) DO NOTHING",
                           spec.sql_table, names, overriding ? "OVERRIDING SYSTEM VALUE " : "", news, source, quoted_list(spec.key));
  if (spec.update_changed && !differs.empty()) {
    // ON CONFLICT DO UPDATE would lock and log every row, also those that stay as they are.
    sql.update = fmt::format("UPDATE {} AS old SET {} FROM {} WHERE {} AND ({})", spec.sql_table, sets, source, joins, differs);
  }
  return sql;
}

class PostgresWriter : public RowWriter {
 public:
  PostgresWriter(PostgresConnection& connection, WriterSpec spec, const std::vector<PostgresColumn>& columns)
      : connection_(connection), spec_(std::move(spec)), columns_(columns), sql_(writer_sql(spec_, columns)) {}

  void write(const seedbed_value* values, std::size_t count) override {
    const std::size_t width = spec_.columns.size();
    check_values(spec_, values, count, counts_.rows + 1);
    check_keys(spec_, values, count, counts_.rows + 1);
    for (std::size_t first = 0; first < count; first += kRowsPerStatement) {
      write_batch(values + first * width, std::min(kRowsPerStatement, count - first));
    }
  }

  WriterCounts counts() const override { return counts_; }

 private:
  void write_batch(const seedbed_value* values, std::size_t count) {
    const std::int64_t first = counts_.rows + 1;
    counts_.rows += static_cast<std::int64_t>(count);
    try {
      const std::vector<std::optional<std::string>> arrays = column_arrays(values, count);
      if (!sql_.update.empty()) counts_.written += affected(sql_.update, arrays);
      counts_.written += affected(sql_.insert, arrays);
    } catch (Error& error) {
      if (error.code() == ExitCode::failed) {
        error.detail(count == 1 ? fmt::format("It was row {} for table \"{}\".", first, spec_.table)
                                : fmt::format("It was one of the rows {} to {} for table \"{}\".", first,
                                              counts_.rows, spec_.table));
      }
      throw;
    }
  }

  std::vector<std::optional<std::string>> column_arrays(const seedbed_value* values, std::size_t count) const {
    const std::size_t width = spec_.columns.size();
    std::vector<std::optional<std::string>> arrays(width, "{");
    for (std::size_t row = 0; row < count; ++row) {
      for (std::size_t i = 0; i < width; ++i) append_array_element(*arrays[i], fitting_text(i, values[row * width + i]));
    }
    for (auto& array : arrays) *array += '}';
    return arrays;
  }

  std::optional<std::string> fitting_text(std::size_t i, const seedbed_value& value) const {
    std::optional<std::string> text = checked_text(value);
    const PostgresColumn& column = columns_[i];
    if (text && column.max_bytes != 0 && text->size() > column.max_bytes) {
      throw Error(ExitCode::failed, fmt::format("value too long for column \"{}\" of type {}: it has {} bytes and may have {}",
                                                column.name, column.type, text->size(), column.max_bytes));
    }
    return text;
  }

  std::int64_t affected(const std::string& sql, std::span<const std::optional<std::string>> arrays) {
    const PgResult result = connection_.run(sql, arrays);
    return std::stoll(PQcmdTuples(result.get()));
  }

  PostgresConnection& connection_;
  WriterSpec spec_;
  std::vector<PostgresColumn> columns_;
  WriterSql sql_;
  WriterCounts counts_;
};

}  // namespace

std::unique_ptr<RowWriter> PostgresDatabase::open_writer(const seedbed_writer& writer) {
  WriterSpec spec = copy_spec(writer);
  const std::optional<std::string> name = sql_name(spec.table);
  if (!name) throw_missing_table(spec.table, user_tables());
  spec.sql_table = *name;
  check_columns(spec, columns(spec.table));
  check_unique_key(spec);
  const std::vector<PostgresColumn> all = writer_columns(spec.sql_table);
  std::vector<PostgresColumn> chosen;
  for (const WriterColumn& column : spec.columns) {
    chosen.push_back(*std::ranges::find(all, column.name, &PostgresColumn::name));
  }
  return std::make_unique<PostgresWriter>(connection_, std::move(spec), chosen);
}

}  // namespace seedbed::host
