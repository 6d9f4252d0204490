// Bulk rows into SQLite: one prepared upsert, stepped row by row, which beats every batching tried.

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "database/held_rows.hpp"
#include "database/key_memory.hpp"
#include "database/key_order.hpp"
#include "database/sqlite/sqlite_database.hpp"
#include "database/sqlite/sqlite_value.hpp"
#include "database/writer_spec.hpp"
#include "interrupt.hpp"

namespace seedbed::host {

namespace {

// A load that goes to a random place of an index reads and writes less with more of it in memory;
// more than this makes it no faster, and all of seedbed is to stay within 64 MiB.
// reset_session() makes the cache as it was.
constexpr const char* kCache = "PRAGMA cache_size = -36864";  // 36 MiB

// Where rows are likely to exist, so much of them is held back: their keys are then looked up in the order
// of the index, most of whose pages would otherwise be read again and again.
constexpr std::size_t kBytesPerLook = 6 << 20;
constexpr std::int64_t kFewRows = 1024;  // are written as they come

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
    // The column may have another collation than the index, as in UNIQUE (email COLLATE NOCASE).
    if (column.in_key) where += fmt::format("{}{} = ? COLLATE {}", where.empty() ? "" : " AND ", quoted_name(column.name), quoted_name(column.collation));
  }
  return fmt::format("SELECT 1 FROM {} WHERE {}", spec.sql_table, where);
}

/// What SQLite makes of keys before it stores them, as text for a hash.
class KeyText {
 public:
  /// `key` are columns of `table`, in the order in which a key is remembered.
  KeyText(SqliteDatabase& database, const std::string& table, const std::vector<std::string>& key)
      : collations_(database.key_collations(table, key)) {}

  /// Of the first columns of the row that `statement` stands on.
  std::string read(sqlite3_stmt* statement) const {
    std::string text;
    for (std::size_t i = 0; i < collations_.size(); ++i) append(text, read(statement, static_cast<int>(i)));
    return text;
  }

  static void append(std::string& text, std::string_view part) {
    text.append(std::to_string(part.size())).append(":").append(part);
  }

  /// What read() makes of a text that is stored as it is, in column `index` of the key.
  std::string of_text(std::string text, std::size_t index) const { return 't' + collated(std::move(text), collations_[index]); }
  static std::string of_integer(std::int64_t number) { return 'n' + std::to_string(number); }

 private:
  std::string read(sqlite3_stmt* statement, int index) const {
    const int type = sqlite3_column_type(statement, index);
    if (type == SQLITE_INTEGER) return of_integer(sqlite3_column_int64(statement, index));
    if (type == SQLITE_FLOAT) {
      const double number = sqlite3_column_double(statement, index);
      constexpr double kLimit = 9.2e18;
      const bool whole = number > -kLimit && number < kLimit && std::trunc(number) == number;  // equal to an integer
      return whole ? fmt::format("n{}", static_cast<std::int64_t>(number)) : fmt::format("n{}", number);
    }
    std::string text = column_text(statement, index).value_or("");
    if (type == SQLITE_BLOB) return 'b' + text;
    return of_text(std::move(text), static_cast<std::size_t>(index));
  }

  std::vector<std::string> collations_;
};

/// The keys that are remembered, and those of the rows that are written, for insert_once.
class SqliteMemory {
 public:
  SqliteMemory(SqliteDatabase& database, const WriterSpec& spec)
      : database_(database), memory_(*spec.memory), key_(remembered_order(spec.key)), text_(database, spec.table, key_) {
    // A table with columns as they are in `spec`'s: what is stored in it becomes what would be stored there.
    static int number = 0;
    form_ = fmt::format("temp.seedbed_key_{}", ++number);
    const std::string names = quoted_list(key_);
    database_.execute(fmt::format("CREATE TABLE {} AS SELECT {} FROM {} WHERE 0", form_, names, spec.sql_table), {});
    std::string marks;
    for (const std::string& name : key_) {
      columns_.push_back(static_cast<std::size_t>(std::ranges::find(spec.columns, name, &WriterColumn::name) - spec.columns.begin()));
      marks += ", ?";
    }
    find_out_what_is_kept();
    store_ = database_.prepare(fmt::format("INSERT OR REPLACE INTO {} (rowid, {}) VALUES (1{}) RETURNING {}", form_, names, marks, names));
    find_ = database_.prepare(fmt::format("SELECT 1 FROM {} WHERE list = {} AND hash = ?", memory_.table, memory_.list));
  }
  ~SqliteMemory() {
    store_.reset();
    sqlite3_exec(database_.handle(), fmt::format("DROP TABLE IF EXISTS {}", form_).c_str(), nullptr, nullptr, nullptr);
  }
  SqliteMemory(const SqliteMemory&) = delete;
  SqliteMemory& operator=(const SqliteMemory&) = delete;

  const KeyMemory& memory() const { return memory_; }

  KeyHash hash(const seedbed_value* row) {
    std::string text;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const seedbed_value& value = row[columns_[i]];
      if (value.type == SEEDBED_TEXT && keeps_[i].text) KeyText::append(text, text_.of_text(std::string(data_of(value)), i));
      else if (value.type == SEEDBED_UUID && keeps_[i].text) KeyText::append(text, text_.of_text(uuid_text(data_of(value)), i));
      else if (value.type == SEEDBED_INTEGER && keeps_[i].integer) KeyText::append(text, KeyText::of_integer(value.as.integer));
      else return key_hash(memory_.prefix, stored_text(row));
    }
    return key_hash(memory_.prefix, text);
  }

  /// True if an earlier run has met the key.
  bool remembers(const KeyHash& hash) {
    if (!memory_.any) return false;
    sqlite3_bind_blob(find_.get(), 1, hash.data(), static_cast<int>(hash.size()), SQLITE_STATIC);
    const bool found = database_.step(find_.get());
    sqlite3_reset(find_.get());
    return found;
  }

  /// Takes note of a key; tell() passes them on.
  void note(const MetKey& key) { met_.push_back(key); }
  void tell() {
    memory_.met(met_);
    met_.clear();
  }

 private:
  /// Which values of ours a column stores as they are, whatever they say.
  struct Keeps {
    bool text = false, integer = false;
  };

  /// Asked, since what a type's name makes of values is SQLite's to know.
  void find_out_what_is_kept() {
    std::string texts, integers, types;
    for (const std::string& name : key_) {
      texts += ", '1'";
      integers += ", 1";
      types += fmt::format("{}typeof({})", types.empty() ? "" : ", ", quoted_name(name));
    }
    database_.execute(fmt::format("INSERT INTO {} (rowid, {}) VALUES (1{}), (2{})", form_, quoted_list(key_), texts, integers), {});
    const std::vector<Row> stored = database_.query(fmt::format("SELECT {} FROM {} ORDER BY rowid", types, form_), {});
    for (std::size_t i = 0; i < key_.size(); ++i) keeps_.push_back({stored[0][i] == "text", stored[1][i] == "integer"});
  }

  std::string stored_text(const seedbed_value* row) {
    for (std::size_t i = 0; i < columns_.size(); ++i) bind_value(store_.get(), static_cast<int>(i) + 1, row[columns_[i]]);
    database_.step(store_.get());
    std::string text = text_.read(store_.get());
    sqlite3_reset(store_.get());
    return text;
  }

  SqliteDatabase& database_;
  const KeyMemory& memory_;
  std::vector<std::string> key_;
  KeyText text_;
  std::string form_;
  std::vector<std::size_t> columns_;  ///< where a row has the key
  std::vector<Keeps> keeps_;            ///< of each column of the key
  SqliteStatement store_, find_;
  std::vector<MetKey> met_;
};

class SqliteWriter : public RowWriter {
 public:
  SqliteWriter(SqliteDatabase& database, WriterSpec spec)
      : database_(database), spec_(std::move(spec)), upsert_(database.prepare(upsert_sql(spec_))),
        exists_(database.prepare(exists_sql(spec_))) {
    if (spec_.memory == nullptr) return;
    memory_.emplace(database_, spec_);
    existed_ = spec_.memory->any;
  }

  /// May hold rows back; a call without rows writes them.
  void write(const seedbed_value* values, std::size_t count) override {
    throw_if_interrupted();
    if (count == 0) return write_held();
    check_values(spec_, values, count, counts_.rows + 1);
    check_keys(spec_, values, count, counts_.rows + 1, seen_);
    const std::size_t width = spec_.columns.size();
    for (std::size_t row = 0; row < count; ++row) {
      ++counts_.rows;
      const bool likely_exists = existed_ && !spec_.update_changed;
      if (likely_exists && counts_.rows > kFewRows) held_.add(values + row * width, width);
      else write_row(values + row * width, counts_.rows, likely_exists ? std::nullopt : std::optional(false));
      if (held_.bytes() >= kBytesPerLook) write_held();
    }
    if (memory_) memory_->tell();
  }

  void finish() override {
    write_held();
    check_keys_at_end(spec_, seen_);
  }

  WriterCounts counts() const override { return counts_; }

  const std::string& table() const override { return spec_.table; }

 private:
  /// Where one row existed the next ones are likely to, and keys alone are quickly looked up.
  void write_held() {
    if (held_.empty()) return;
    HeldRows rows = std::exchange(held_, {});
    const seedbed_value* const values = rows.values().data();
    const std::size_t width = spec_.columns.size(), count = rows.values().size() / width;
    const std::int64_t before = counts_.rows - static_cast<std::int64_t>(count);
    const std::vector<bool> there = look_up(values, count, before);
    others_changed_ = false;
    for (std::size_t row = 0; row < count; ++row) {
      write_row(values + row * width, before + static_cast<std::int64_t>(row) + 1,
                others_changed_ ? std::nullopt : std::optional(bool(there[row])));
    }
    if (memory_) memory_->tell();
    rows.clear();
    held_ = std::move(rows);
  }

  /// Which of the rows are in the table.
  std::vector<bool> look_up(const seedbed_value* values, std::size_t count, std::int64_t before) {
    const std::size_t width = spec_.columns.size();
    const auto first = std::ranges::find(spec_.columns, spec_.key.front(), &WriterColumn::name) - spec_.columns.begin();
    std::vector<std::uint32_t> order = key_order(values + first, width, count);
    // There and back: what was read last is still in the cache.
    if (backwards_) std::ranges::reverse(order);
    backwards_ = !backwards_;
    std::vector<bool> there(count);
    for (std::size_t i = 0; i < count; ++i) {
      constexpr std::size_t kAhead = 8;  // the rows lie anywhere in memory
      if (i + 2 * kAhead < count) __builtin_prefetch(values + order[i + 2 * kAhead] * width + first);
      if (i + kAhead < count) __builtin_prefetch(data_of(values[order[i + kAhead] * width + first]).data());
      const std::uint32_t row = order[i];
      try {
        there[row] = exists(values + row * width);
      } catch (Error& error) {
        name_row(error, values + row * width, before + row + 1);
        throw;
      }
    }
    return there;
  }

  void name_row(Error& error, const seedbed_value* values, std::int64_t number) const {
    error.detail(fmt::format("It was row {} for table \"{}\": {}.", number, spec_.table, shown_key(spec_, values)));
  }

  /// `there` tells whether the key is in the table; false if that is not known, nothing if it has to be asked.
  void write_row(const seedbed_value* values, std::int64_t number, std::optional<bool> there) {
    sqlite3_stmt* upsert = upsert_.get();
    std::int64_t changes = 0;
    try {
      if (!there) there = exists(values);
      if (memory_ ? !is_due(values, *there) : *there) return;
      for (std::size_t i = 0; i < spec_.columns.size(); ++i) bind_value(upsert, static_cast<int>(i) + 1, values[i]);
      changes = sqlite3_total_changes64(database_.handle());
      while (database_.step(upsert)) {
      }
    } catch (Error& error) {
      sqlite3_reset(upsert);
      name_row(error, values, number);
      if (error.sqlstate() == kNoParent) name_missing_parent(error, values);
      throw;
    }
    const std::int64_t written = sqlite3_changes64(database_.handle());
    counts_.written += written;
    existed_ = written == 0;
    // A trigger or a foreign key may have deleted rows that were there.
    others_changed_ = others_changed_ || sqlite3_total_changes64(database_.handle()) != changes + written;
    sqlite3_reset(upsert);
    if (!memory_) return;
    met_.there = written != 0 || exists(values);  // a trigger may have had a hand in it
    met_.was_there = met_.there && written == 0;
    memory_->note(met_);
  }

  /// True for a row that is to be inserted, whose key is then met_; the key of another is noted.
  bool is_due(const seedbed_value* values, bool there) {
    met_ = MetKey{memory_->hash(values)};
    met_.there = met_.was_there = there;
    if (!there) {
      met_.remembered = memory_->remembers(met_.hash);
      const bool gone = memory_->memory().all_gone || (met_.remembered && !memory_->memory().revive);
      if (!gone) return true;
      met_.there = met_.was_there = existed_ = exists(values);
      if (!met_.there) ++counts_.kept_deleted;
    }
    memory_->note(met_);
    return false;
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
  bool existed_ = false;  ///< the row before; of insert_once at first: rows may well
  bool others_changed_ = false;  ///< rows that the writer's own statements did not write, since the last look
  bool backwards_ = false;
  HeldRows held_;
  std::optional<SqliteMemory> memory_;
  MetKey met_;  ///< of the row that is written
  SeenKeys seen_;
  WriterCounts counts_;
};

}  // namespace

std::int64_t SqliteDatabase::count_undeclared(std::string_view table, const std::vector<std::string>& key, const KeyMemory& memory) {
  const std::string name = canonical_table(table);
  std::vector<std::string> known;
  for (const Column& column : columns(name)) known.push_back(column.name);
  if (!std::ranges::all_of(key, [&](const std::string& column) { return std::ranges::find(known, column) != known.end(); })) return 0;
  const KeyText text(*this, name, key);
  const SqliteStatement rows = prepare(fmt::format("SELECT {} FROM {}", quoted_list(key), quoted_name(name)));
  const SqliteStatement find = prepare(fmt::format("SELECT 1 FROM {} WHERE list = {} AND hash = ? AND declared = 0", memory.table, memory.list));
  std::int64_t count = 0;
  while (step(rows.get())) {
    const KeyHash hash = key_hash(memory.prefix, text.read(rows.get()));
    sqlite3_bind_blob(find.get(), 1, hash.data(), static_cast<int>(hash.size()), SQLITE_STATIC);
    count += step(find.get()) ? 1 : 0;
    sqlite3_reset(find.get());
  }
  return count;
}

std::unique_ptr<RowWriter> SqliteDatabase::open_writer(const seedbed_writer& writer, const KeyMemory* memory) {
  WriterSpec spec = copy_spec(writer, memory);
  if (!table_exists(spec.table)) throw_missing_table(spec.table, user_tables());
  spec.table = canonical_table(spec.table);
  spec.sql_table = quoted_name(spec.table);
  check_columns(spec, columns(spec.table));
  check_unique_key(spec);
  const std::vector<std::string> collations = key_collations(spec.table, spec.key);
  for (WriterColumn& column : spec.columns) {
    if (column.in_key) column.collation = collations[static_cast<std::size_t>(std::ranges::find(spec.key, column.name) - spec.key.begin())];
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
