#include "database/postgres/writer_sql.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "database/key_memory.hpp"

namespace seedbed::host {

namespace {

const char* comma(const std::string& list) { return list.empty() ? "" : ", "; }

std::string with_value(const std::string& canonical, const std::string& value) {
  const auto mark = canonical.find('?');
  return canonical.substr(0, mark) + value + canonical.substr(mark + 1);
}

}  // namespace

std::string key_hash_sql(const std::vector<PostgresColumn>& columns, const std::string& alias, const KeyMemory& memory) {
  std::string parts;
  for (const PostgresColumn& column : columns) {
    const std::string text = with_value(column.canonical, alias + '.' + quoted_name(column.name));
    parts += fmt::format("{0}length({1}), ':', {1}", comma(parts), text);
  }
  std::string prefix;
  for (const unsigned char byte : memory.prefix) prefix += fmt::format("{:02x}", byte);
  return fmt::format("encode(substring(sha256(decode('{}', 'hex') || convert_to(concat({}), 'UTF8')) FROM 1 FOR 16), 'hex')::uuid", prefix, parts);
}

WriterSql::WriterSql(const WriterSpec& spec, const std::vector<PostgresColumn>& columns, const PostgresTable& table)
    : table_(spec.sql_table), key_names_(quoted_list(spec.key)), distributed_(table.is_distributed), has_heirs_(table.has_heirs),
      columns_(columns), memory_(spec.memory) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string name = quoted_name(columns[i].name);
    all_.push_back(i);
    names_ += comma(names_) + name;
    news_ += fmt::format("{}new.{}", comma(news_), name);
    overriding_ = overriding_ || columns[i].always_identity;
    if (spec.columns[i].in_key) {
      key_.push_back(i);
      joins_ += fmt::format("{}old.{} = new.{}", joins_.empty() ? "" : " AND ", name, name);
    }
    if (!spec.update_changed || spec.columns[i].in_key || spec.columns[i].kind == SEEDBED_COLUMN_INSERT_ONLY) continue;
    if (columns[i].always_identity) continue;  // UPDATE has no OVERRIDING SYSTEM VALUE
    sets_ += fmt::format("{}{} = new.{}", comma(sets_), name, name);
    if (spec.columns[i].kind == SEEDBED_COLUMN_TOUCH) continue;
    const char* as_text = columns[i].compare_as_text ? "::text COLLATE \"C\"" : "";
    differs_ += fmt::format("{}old.{}{} IS DISTINCT FROM new.{}{}", differs_.empty() ? "" : " OR ", name, as_text, name, as_text);
  }
  // A subquery of its own for each row: a join could be planned as a scan of the whole table for
  // each batch.
  exists_ = fmt::format("(SELECT 1 FROM {} AS old WHERE {} LIMIT 1)", table_, joins_);
  if (memory_ == nullptr) return;
  std::vector<PostgresColumn> key;
  for (const std::string& name : remembered_order(spec.key)) key.push_back(*std::ranges::find(columns, name, &PostgresColumn::name));
  hash_ = key_hash_sql(key, "new", *memory_);
}

/// "(SELECT …) AS new": the arrays side by side as rows, in their order, each column cast to its type.
std::string WriterSql::source(Elements elements, const std::vector<std::size_t>& chosen) const {
  std::string casts, arrays, names;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const PostgresColumn& to = columns_[chosen[i]];
    casts += fmt::format("{}raw.c{}::{} AS {}", comma(casts), i, to.cast, quoted_name(to.name));
    const std::string array = fmt::format("${}::{}[]", i + 1, elements[i]->name);
    arrays += distributed_ ? comma(arrays) + array : fmt::format("{}unnest({}) AS c{}", comma(arrays), array, i);
    names += fmt::format("{}c{}", comma(names), i);
  }
  if (distributed_) {
    return fmt::format("(SELECT {}, raw.ord AS seedbed_ord FROM unnest({}) WITH ORDINALITY AS raw ({}, ord)) AS new", casts, arrays, names);
  }
  // In the list of a SELECT they are read as they come; in FROM they would all be stored before.
  return fmt::format("(SELECT {} FROM (SELECT {}) AS raw) AS new", casts, arrays);
}

std::string WriterSql::insert(Elements elements, const std::string& where) const {
  return fmt::format("INSERT INTO {} ({}) {}SELECT {} FROM {}{}{} ON CONFLICT ({}) DO NOTHING", table_, names_,
                     overriding_ ? "OVERRIDING SYSTEM VALUE " : "", news_, source(elements, all_), where,
                     distributed_ ? " ORDER BY seedbed_ord" : "", key_names_);
}

std::string WriterSql::insert(Elements elements) const { return insert(elements, ""); }

std::string WriterSql::insert_after_look(Elements elements) const {
  return distributed_ ? insert(elements) : insert(elements, fmt::format(" WHERE {} IS NULL", exists_));
}

std::string WriterSql::update(Elements elements) const {
  // ON CONFLICT DO UPDATE would lock and log every row, also those that stay as they are.
  return fmt::format("UPDATE {} AS old SET {} FROM {} WHERE {} AND ({})", table_, sets_, source(elements, all_), joins_, differs_);
}

std::string WriterSql::compare(Elements elements) const {
  return fmt::format("SELECT count(*) FILTER (WHERE differs IS NULL), count(*) FILTER (WHERE differs) FROM "
                     "(SELECT (SELECT {} FROM {} AS old WHERE {} LIMIT 1) AS differs FROM {}) AS compared",
                     differs_, table_, joins_, source(elements, all_));
}

bool WriterSql::takes_each_key_once() const {
  if (key_.size() != 1 || has_heirs_) return false;  // one key could have two rows
  if (distributed_) return true;
  const std::string& type = columns_[key_[0]].cast;  // text takes the server too long to sort
  return type == "uuid" || type == "bigint" || type == "integer" || type == "smallint";
}

std::string WriterSql::count_existing(Elements key_elements) const {
  const std::string keys = source(key_elements, key_);
  if (!takes_each_key_once()) return fmt::format("SELECT count(*) FROM {} WHERE {} IS NOT NULL", keys, exists_);
  const PostgresColumn& key = columns_[key_[0]];
  const std::string name = quoted_name(key.name);
  // An array whose length the planner does not know: the table is never read as a whole.
  const std::string array = distributed_ ? fmt::format("$1::{}[]::{}[]", key_elements[0]->name, key.cast)
                                         : fmt::format("ARRAY(SELECT new.{} FROM {})", name, keys);
  return fmt::format("SELECT count(*) FROM {} AS old WHERE old.{} = ANY ({})", table_, name, array);
}

std::string WriterSql::same_rows(Elements key_elements) const {
  return fmt::format("SELECT min(at), max(at) FROM (SELECT row_number() OVER () AS at, (SELECT old.tableoid || ' ' || old.ctid::text "
                     "FROM {} AS old WHERE {} LIMIT 1) AS place FROM {}) AS found WHERE place IS NOT NULL GROUP BY place HAVING count(*) > 1 LIMIT 1",
                     table_, joins_, source(key_elements, key_));
}

std::string WriterSql::look_up(Elements key_elements) const {
  return fmt::format("SELECT new.hash, (SELECT 1 FROM {} AS r WHERE r.list = {} AND r.hash = new.hash), {} "
                     "FROM (SELECT new.*, {} AS hash, row_number() OVER () AS at FROM {}) AS new ORDER BY new.at",
                     memory_->table, memory_->list, distributed_ ? "NULL" : exists_, hash_, source(key_elements, key_));
}

std::string WriterSql::existing_rows(Elements key_elements) const {
  return fmt::format("SELECT new.seedbed_ord FROM {} JOIN {} AS old ON {}", source(key_elements, key_), table_, joins_);
}

std::string WriterSql::cast(std::size_t column, const ElementType& element) const {
  const ElementType* const elements[]{&element};
  return fmt::format("SELECT count(new.{}) FROM {}", quoted_name(columns_[column].name), source(elements, {column}));
}

}  // namespace seedbed::host
