#include "database/writer_spec.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/value.hpp"
#include "nearest.hpp"

namespace seedbed::host {

namespace {

std::string copied(const seedbed_text& text) {
  return text.size == 0 ? std::string() : std::string(text.data, text.size);
}

Error bad_writer(const WriterSpec& spec, const std::string& why) {
  return Error(ExitCode::plugin, fmt::format("cannot open a writer for table \"{}\": {}", spec.table, why));
}

std::string index_name(const WriterSpec& spec) {
  const auto dot = spec.table.rfind('.');
  const std::string table = dot == std::string::npos ? spec.table : spec.table.substr(dot + 1);
  return fmt::format("{}_{}_key", table, fmt::join(spec.key, "_"));
}

/// `spec`'s table for a statement to copy: quoted also where SQL could do without.
std::string shown_table(const WriterSpec& spec) {
  const bool plain = spec.sql_table.find_first_of("\".") == std::string::npos;
  return plain ? quoted_name(spec.sql_table) : spec.sql_table;
}

void refuse_null_keys(const WriterSpec& spec, const seedbed_value* values, std::size_t row_count,
                      std::int64_t first_row) {
  const std::size_t width = spec.columns.size();
  for (std::size_t column = 0; column < width; ++column) {
    if (!spec.columns[column].in_key) continue;
    for (std::size_t row = 0; row < row_count; ++row) {
      if (values[row * width + column].type != SEEDBED_NULL) continue;
      throw Error(ExitCode::failed,
                  fmt::format("row {} for table \"{}\" has NULL in key column \"{}\"",
                              first_row + std::int64_t(row), spec.table, spec.columns[column].name))
          .detail("NULL equals nothing, so ON CONFLICT would insert the row again on every run.");
    }
  }
}

/// The key of a row as bytes that only an equal key has.
void append_key(std::string& bytes, const WriterSpec& spec, const seedbed_value* row) {
  bytes.clear();
  for (std::size_t i = 0; i < spec.columns.size(); ++i) {
    if (!spec.columns[i].in_key) continue;
    const std::string text = collated(postgres_text(row[i]).value_or(""), spec.columns[i].collation);
    bytes.append(std::to_string(text.size())).append(":").append(text);
  }
}

Error repeated_key(const WriterSpec& spec, std::int64_t earlier, std::int64_t later) {
  return Error(ExitCode::failed, fmt::format("rows {} and {} for table \"{}\" have the same key", earlier, later, spec.table))
      .detail("Which of them the table is to hold cannot be told.");
}

void refuse_repeated_keys(const WriterSpec& spec, const seedbed_value* values, std::size_t row_count,
                          std::int64_t first_row, SeenKeys& seen) {
  const std::size_t width = spec.columns.size();
  std::string key;
  for (std::size_t row = 0; row < row_count; ++row) {
    append_key(key, spec, values + row * width);
    const std::int64_t number = first_row + static_cast<std::int64_t>(row);
    const std::optional<std::int64_t> earlier = seen.add(key, number);
    if (!earlier) continue;
    throw repeated_key(spec, *earlier, number, values + row * width);
  }
}

}  // namespace

std::string collated(std::string text, std::string_view collation) {
  if (collation == "NOCASE") std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (collation == "RTRIM") text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

Error repeated_key(const WriterSpec& spec, std::int64_t earlier, std::int64_t later, const seedbed_value* row) {
  const Error error = repeated_key(spec, earlier, later);
  return Error(error.code(), fmt::format("{}: {}", error.message(), shown_key(spec, row))).detail(error.detail());
}

WriterSpec copy_spec(const seedbed_writer& writer, const KeyMemory* memory) {
  WriterSpec spec;
  spec.table = copied(writer.table);
  if (writer.mode < SEEDBED_INSERT_MISSING || writer.mode > SEEDBED_INSERT_ONCE) {
    throw bad_writer(spec, fmt::format("write mode {} is not one this host knows", writer.mode));
  }
  spec.update_changed = writer.mode == SEEDBED_UPDATE_CHANGED;
  if (writer.mode == SEEDBED_INSERT_ONCE) {
    if (memory == nullptr) throw std::logic_error("a writer of insert_once was opened without its memory");
    spec.memory = memory;
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < writer.column_count; ++i) {
    WriterColumn column{copied(writer.columns[i].name), writer.columns[i].kind, false};
    if (column.kind < SEEDBED_COLUMN_PLAIN || column.kind > SEEDBED_COLUMN_TOUCH) {
      throw bad_writer(spec, fmt::format("column kind {} is not one this host knows", column.kind));
    }
    if (!seen.insert(column.name).second) {
      throw bad_writer(spec, fmt::format("column \"{}\" is named twice", column.name));
    }
    spec.columns.push_back(std::move(column));
  }
  if (spec.columns.empty()) throw bad_writer(spec, "it names no columns");
  if (writer.key_count == 0) throw bad_writer(spec, "it names no key");
  for (std::size_t i = 0; i < writer.key_count; ++i) {
    spec.key.push_back(copied(writer.key[i]));
    const auto column = std::ranges::find(spec.columns, spec.key.back(), &WriterColumn::name);
    if (column == spec.columns.end()) {
      throw bad_writer(spec, fmt::format("key column \"{}\" is not among its columns", spec.key.back()));
    }
    column->in_key = true;
  }
  return spec;
}

void check_columns(const WriterSpec& spec, const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  for (const WriterColumn& column : spec.columns) {
    if (std::ranges::find(names, column.name) != names.end()) continue;
    Error error(ExitCode::failed,
                fmt::format("table \"{}\" has no column \"{}\"", spec.table, column.name));
    error.detail(fmt::format("Its columns are {}.", fmt::join(names, ", ")));
    if (const std::string near = nearest(column.name, names); !near.empty()) {
      error.hint(fmt::format("Perhaps \"{}\" is meant.", near));
    }
    throw error;
  }
}

void throw_missing_table(std::string_view table, const std::vector<std::string>& known) {
  Error error(ExitCode::failed, fmt::format("table \"{}\" does not exist", table));
  if (const std::string near = nearest(table, known); !near.empty()) {
    error.hint(fmt::format("Perhaps {} is meant.", near.starts_with('"') ? near : '"' + near + '"'));
  } else {
    error.hint("Is the migration that creates it applied?");
  }
  throw error;
}

void throw_no_unique_index(const WriterSpec& spec, const std::string& why_not) {
  throw Error(ExitCode::failed, fmt::format("table \"{}\" has no unique index over its key ({})",
                                            spec.table, fmt::join(spec.key, ", ")))
      .detail("ON CONFLICT needs one, and so does a seeder that is to run twice.")
      .detail(why_not)
      .hint(fmt::format("Add a migration with:  CREATE UNIQUE INDEX {} ON {} ({});",
                        quoted_name(index_name(spec)), shown_table(spec), quoted_list(spec.key)));
}

void throw_not_a_table(const WriterSpec& spec) {
  throw Error(ExitCode::failed, fmt::format("cannot write rows into \"{}\": it is not a table", spec.table))
      .detail("ON CONFLICT needs a unique index, which a view, a virtual or a foreign table cannot have.")
      .hint("Name the table that holds the rows.");
}

void throw_nullable_key(const WriterSpec& spec, std::string_view column, Engine engine) {
  throw Error(ExitCode::failed, fmt::format("key column \"{}\" of table \"{}\" may be NULL", column, spec.table))
      .detail("NULL equals nothing, so ON CONFLICT would insert such a row again on every run.")
      .hint(engine == Engine::sqlite
                ? fmt::format("Add a migration that makes {} anew with {} NOT NULL.", shown_table(spec), quoted_name(column))
                : fmt::format("Add a migration with:  ALTER TABLE {} ALTER COLUMN {} SET NOT NULL;", shown_table(spec),
                              quoted_name(column)));
}

void check_keys(const WriterSpec& spec, const seedbed_value* values, std::size_t row_count,
                std::int64_t first_row, SeenKeys& seen) {
  refuse_null_keys(spec, values, row_count, first_row);
  if (spec.update_changed) refuse_repeated_keys(spec, values, row_count, first_row, seen);
}

void check_keys_at_end(const WriterSpec& spec, SeenKeys& seen) {
  if (const auto rows = seen.finish()) throw repeated_key(spec, rows->first, rows->second);
}

const Column* unset_column(const WriterSpec& spec, const std::vector<Column>& columns) {
  const auto unset = std::ranges::find_if(columns, [&](const Column& column) {
    return column.not_null && !column.has_default &&
           std::ranges::find(spec.columns, column.name, &WriterColumn::name) == spec.columns.end();
  });
  return unset == columns.end() ? nullptr : &*unset;
}

void throw_unset_column(const WriterSpec& spec, const Column& column) {
  throw Error(ExitCode::failed, fmt::format("column \"{}\" of table \"{}\" is NOT NULL, has no default, and is not set",
                                            column.name, spec.table))
      .sqlstate("23502")
      .about(spec.table, column.name)
      .detail(fmt::format("It is of type {}. The database would refuse every row.", column.type.empty() ? "ANY" : column.type))
      .hint("Name it among the columns that are written, or give it a default.");
}

void check_values(const WriterSpec& spec, const seedbed_value* values, std::size_t row_count,
                  std::int64_t first_row) {
  const std::size_t width = spec.columns.size();
  for (std::size_t i = 0; i < row_count * width; ++i) {
    try {
      check_value(values[i]);
    } catch (Error& error) {
      error.detail(fmt::format("It is in row {} for table \"{}\", column \"{}\".",
                               first_row + std::int64_t(i / width), spec.table, spec.columns[i % width].name));
      throw;
    }
  }
}

std::string shown_key(const WriterSpec& spec, const seedbed_value* row) {
  std::string key;
  for (std::size_t i = 0; i < spec.columns.size(); ++i) {
    if (!spec.columns[i].in_key) continue;
    key += fmt::format("{}{} = {}", key.empty() ? "" : ", ", spec.columns[i].name, shown_value(row[i]));
  }
  return key;
}

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string quoted_table(std::string_view table) {
  const auto dot = table.find('.');
  if (dot == table.npos) return quoted_name(table);
  return quoted_name(table.substr(0, dot)) + '.' + quoted_name(table.substr(dot + 1));
}

std::vector<std::string> remembered_order(std::vector<std::string> names) {
  std::ranges::sort(names);
  return names;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quoted_name(name);
  return list;
}

}  // namespace seedbed::host
