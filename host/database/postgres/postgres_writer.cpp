// Bulk rows into PostgreSQL: one set-based statement a batch, its columns passed as binary arrays.

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "database/held_rows.hpp"
#include "database/key_memory.hpp"
#include "database/key_order.hpp"
#include "database/postgres/binary_array.hpp"
#include "database/postgres/host_key.hpp"
#include "database/postgres/postgres_database.hpp"
#include "database/postgres/postgres_value.hpp"
#include "database/postgres/writer_sql.hpp"
#include "database/seen_keys.hpp"
#include "database/sql/utf8.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

// More rows a statement are not faster, and the server holds a batch in memory.
constexpr std::size_t kRowsPerStatement = 1024;
constexpr std::size_t kBytesPerStatement = 1 << 20;

// Where rows are likely to exist, the keys of more of them are looked up at once: the more, the closer
// they lie together in the index, and a third of the work is left for the server.
constexpr std::size_t kRowsPerLook = 65'536;
constexpr std::size_t kBytesPerLook = 12 << 20;

// What a look at too many rows is divided into.
constexpr std::size_t kParts = 8;

std::size_t size_of_row(const seedbed_value* row, std::size_t width) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < width; ++i) size += sizeof(seedbed_value) + row[i].size;
  return size;
}

/// True for errors that a row of a batch may be the cause of.
bool row_may_be_to_blame(const Error& error) {
  const std::string& state = error.sqlstate();
  return error.code() == ExitCode::failed &&
         (state.starts_with("22") || state.starts_with("23") || state.starts_with("44") || state.starts_with("P0"));
}

/// The N of "value too long for type character varying(N)", 0 for other errors.
std::size_t most_characters(const Error& error) {
  const std::string message = error.message();
  const auto open = message.find('(');
  return error.sqlstate() != "22001" || open == message.npos ? 0 : std::stoul(message.substr(open + 1));
}

class PostgresWriter : public RowWriter {
 public:
  PostgresWriter(PostgresConnection& connection, WriterSpec spec, const std::vector<PostgresColumn>& columns, const PostgresTable& table)
      : connection_(connection), spec_(std::move(spec)), columns_(columns), sql_(spec_, columns_, table),
        table_(table.root), distributed_(table.is_distributed) {
    if (table.is_new) keys_ = Keys::all_new;
    if (spec_.memory == nullptr) return;
    for (const std::string& name : remembered_order(spec_.key)) {
      remembered_key_.push_back(static_cast<std::size_t>(std::ranges::find(columns_, name, &PostgresColumn::name) - columns_.begin()));
    }
    if (spec_.memory->any) keys_ = Keys::some_exist;
  }

  /// May hold rows back; a call without rows writes them.
  void write(const seedbed_value* values, std::size_t count) override {
    if (count == 0) return write_held();
    const std::int64_t first_row = counts_.rows + 1;
    check_values(spec_, values, count, first_row);
    check_keys(spec_, values, count, first_row, seen_);
    counts_.rows += static_cast<std::int64_t>(count);
    if (held_.empty() && !holds_back()) return look_and_write(values, count, first_row);
    const std::size_t width = spec_.columns.size();
    for (std::size_t row = 0; row < count; ++row) {
      held_.add(values + row * width, width);
      if (held_.values().size() >= kRowsPerLook * width || held_.bytes() >= kBytesPerLook) write_held(count - row - 1);
    }
  }

  void finish() override {
    write_held();
    check_keys_at_end(spec_, seen_);
  }

  WriterCounts counts() const override { return counts_; }

  const std::string& table() const override { return table_; }

 private:
  /// What was true of the keys of the batch before, and is taken for likely of the next.
  enum class Keys { unknown, all_new, some_exist };

  /// One batch, or some of its rows, as parameters.
  struct Arrays {
    std::vector<const ElementType*> elements;
    std::vector<std::string> bytes;

    std::vector<BinaryParam> params() const {
      std::vector<BinaryParam> params;
      for (std::size_t i = 0; i < bytes.size(); ++i) params.push_back({elements[i]->array, bytes[i]});
      return params;
    }
  };

  bool likely_exist() const { return keys_ == Keys::some_exist && !spec_.update_changed; }

  /// Few rows are written as they come.
  bool holds_back() const { return likely_exist() && counts_.rows > static_cast<std::int64_t>(kRowsPerStatement); }

  /// Writes the rows that are held back, before the `later` ones that were counted already.
  void write_held(std::size_t later = 0) {
    if (held_.empty()) return;
    HeldRows rows = std::exchange(held_, {});
    const std::size_t count = rows.values().size() / spec_.columns.size();
    look_and_write(rows.values().data(), count, counts_.rows - static_cast<std::int64_t>(later + count) + 1);
    rows.clear();
    held_ = std::move(rows);
  }

  void look_and_write(const seedbed_value* values, std::size_t count, std::int64_t first_row) {
    first_ = first_row;
    const std::size_t width = spec_.columns.size();
    if (likely_exist() && can_look(values, count)) {
      const std::size_t missing = look(values, count).missing();
      if (missing == 0 && met_existing(values, count)) return;
      // Most of the statements that all rows would take have nothing to insert.
      if (missing != 0 && missing * kParts < count / kRowsPerStatement) {
        const std::size_t part = count / kParts + 1;
        for (std::size_t first = 0; first < count; first += part) {
          look_and_write(values + first * width, std::min(part, count - first), first_row + static_cast<std::int64_t>(first));
        }
        return;
      }
    }
    for (std::size_t first = 0; first < count;) {
      std::size_t end = first;
      for (std::size_t bytes = 0; end < count && end - first < kRowsPerStatement && bytes < kBytesPerStatement; ++end) {
        bytes += size_of_row(values + end * width, width);
      }
      first_ = first_row + static_cast<std::int64_t>(first);
      write_batch(values + first * width, end - first);
      first = end;
    }
  }

  /// True if the keys alone can be looked up, none of which can be refused.
  bool can_look(const seedbed_value* values, std::size_t count) const {
    if (!count_cannot_fail(values, count)) return false;
    return spec_.memory == nullptr || host_key_hash(columns_, remembered_key_, values, *spec_.memory);
  }

  /// Tells insert_once of rows whose keys are all in the table; false if the server has to hash one of them.
  bool met_existing(const seedbed_value* values, std::size_t count) {
    if (spec_.memory == nullptr) return true;
    met_.assign(count, {});
    for (std::size_t i = 0; i < count; ++i) {
      const std::optional<KeyHash> hash = host_key_hash(columns_, remembered_key_, values + i * spec_.columns.size(), *spec_.memory);
      if (!hash) return false;
      met_[i].hash = *hash;
      met_[i].there = met_[i].was_there = true;
    }
    spec_.memory->met(met_);
    return true;
  }

  void write_batch(const seedbed_value* values, std::size_t count) {
    bool written = false;
    connection_.run_ahead_of_next({kSavepoint});
    try {
      const WriterCounts stored = store(values, count);
      counts_.written += stored.written;
      counts_.updated += stored.updated;
      counts_.kept_deleted += stored.kept_deleted;
      keys_ = stored.written - stored.updated == static_cast<std::int64_t>(count) ? Keys::all_new : Keys::some_exist;
      written = stored.written != 0;
    } catch (Error& error) {
      if (row_may_be_to_blame(error)) {
        connection_.run(kRollBack);
        blame_row(error, values, count);
      } else if (error.code() == ExitCode::failed && error.detail().find("It was row") == std::string::npos) {
        error.detail(which_rows(0, count));
      }
      throw;
    }
    if (written && keys_may_look_different()) refuse_same_rows(values, count);
    connection_.run_ahead_of_next({kRelease});
    if (spec_.memory != nullptr) spec_.memory->met(met_);
  }

  /// True if the database may take two keys for one that are not the same text: of another case, or numbers
  /// and times written in two ways.
  bool keys_may_look_different() const {
    if (!spec_.update_changed || distributed_) return false;
    return !std::ranges::all_of(sql_.key_columns(), [&](std::size_t i) {
      constexpr std::array kExact{"text", "character varying", "uuid", "smallint", "integer", "bigint", "boolean"};
      return !columns_[i].compare_as_text && std::ranges::find(kExact, columns_[i].cast) != kExact.end();
    });
  }

  /// Refuses rows of the batch that are one to the database: each run would update it with one, then the other.
  void refuse_same_rows(const seedbed_value* values, std::size_t count) {
    const Arrays keys = arrays_of(values, count, sql_.key_columns());
    const PgResult result = connection_.run_binary(sql_.same_rows(keys.elements), keys.params());
    if (PQntuples(result.get()) == 0) return;
    const std::size_t later = std::stoul(PQgetvalue(result.get(), 0, 1)) - 1;
    throw repeated_key(spec_, first_ + std::stoll(PQgetvalue(result.get(), 0, 0)) - 1, first_ + static_cast<std::int64_t>(later),
                       values + later * spec_.columns.size());
  }

  /// Runs the statements that a batch takes.
  WriterCounts store(const seedbed_value* values, std::size_t count) {
    if (spec_.memory != nullptr && (spec_.memory->any || spec_.memory->all_gone)) return store_once(values, count);
    WriterCounts stored;
    const auto all = static_cast<std::int64_t>(count);
    if (!spec_.update_changed) {
      const Arrays arrays = arrays_of(values, count);
      stored.written = affected(keys_ == Keys::all_new ? sql_.insert(arrays.elements) : sql_.insert_after_look(arrays.elements), arrays);
      if (spec_.memory != nullptr) met_ = met_by_insert(values, count, stored.written);
      return stored;
    }
    if (keys_ == Keys::all_new && !distributed_ && look(values, count).found == 0) {
      const Arrays arrays = arrays_of(values, count);
      stored.written = affected(sql_.insert(arrays.elements), arrays);
      return stored;
    }
    const Arrays arrays = arrays_of(values, count);
    const auto [missing, different] = compared(arrays, all);
    if (different != 0) stored.updated = affected(sql_.update(arrays.elements), arrays);
    stored.written = stored.updated;
    const bool all_missing = missing == all && sql_.updates();
    if (missing != 0) stored.written += affected(all_missing ? sql_.insert(arrays.elements) : sql_.insert_after_look(arrays.elements), arrays);
    return stored;
  }

  /// The keys of rows of which `written` were inserted, none of them remembered.
  std::vector<MetKey> met_by_insert(const seedbed_value* values, std::size_t count, std::int64_t written) {
    std::vector<MetKey> met(count);
    const std::size_t width = spec_.columns.size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::optional<KeyHash> hash = host_key_hash(columns_, remembered_key_, values + i * width, *spec_.memory);
      // A trigger, or another session, may have had a hand in it.
      if (!hash || written != static_cast<std::int64_t>(count)) return look_up(values, count);
      met[i].hash = *hash;
      met[i].there = true;
    }
    return met;
  }

  /// Inserts those rows that nobody has deleted, and sets met_.
  WriterCounts store_once(const seedbed_value* values, std::size_t count) {
    WriterCounts stored;
    met_ = look_up(values, count);
    const auto width = static_cast<std::ptrdiff_t>(spec_.columns.size());
    std::vector<seedbed_value> chosen;
    std::vector<std::size_t> inserted;
    std::set<KeyHash> seen;  // the first row of a key is the one that counts
    for (std::size_t i = 0; i < count; ++i) {
      if (met_[i].there) continue;
      const bool deleted = spec_.memory->all_gone || (met_[i].remembered && !spec_.memory->revive);
      stored.kept_deleted += deleted ? 1 : 0;
      if (deleted || !seen.insert(met_[i].hash).second) continue;
      const seedbed_value* const row = values + static_cast<std::ptrdiff_t>(i) * width;
      chosen.insert(chosen.end(), row, row + width);
      inserted.push_back(i);
    }
    if (inserted.empty()) return stored;
    const Arrays arrays = arrays_of(chosen.data(), inserted.size());
    stored.written = affected(sql_.insert(arrays.elements), arrays);
    const bool all = stored.written == static_cast<std::int64_t>(inserted.size());
    // Another session, or a trigger, may have had a hand in it.
    const std::vector<MetKey> now = all ? std::vector<MetKey>() : look_up(chosen.data(), inserted.size());
    for (std::size_t i = 0; i < inserted.size(); ++i) met_[inserted[i]].there = all || now[i].there;
    return stored;
  }

  std::vector<MetKey> look_up(const seedbed_value* values, std::size_t count) {
    const Arrays keys = arrays_of(values, count, sql_.key_columns());
    const PgResult result = connection_.run_binary(sql_.look_up(keys.elements), keys.params(), /*again=*/!distributed_);
    std::vector<MetKey> met(count);
    for (std::size_t i = 0; i < count; ++i) {
      const int row = static_cast<int>(i);
      const seedbed_value hash = cell_.read(result.get(), row, 0);
      std::ranges::copy(data_of(hash), met[i].hash.begin());
      met[i].remembered = PQgetisnull(result.get(), row, 1) == 0;
      met[i].there = PQgetisnull(result.get(), row, 2) == 0;
    }
    if (distributed_) {
      const PgResult there = connection_.run_binary(sql_.existing_rows(keys.elements), keys.params());
      for (int row = 0; row < PQntuples(there.get()); ++row) met.at(std::stoul(PQgetvalue(there.get(), row, 0)) - 1).there = true;
    }
    for (MetKey& key : met) key.was_there = key.there;
    return met;
  }

  /// How many of the `all` rows are missing, and how many differ; what cannot be told is assumed.
  ///
  /// Rationale: asked before UPDATE, which would join the batch with the table, because a join may be
  /// planned as a scan of all of it.
  std::pair<std::int64_t, std::int64_t> compared(const Arrays& arrays, std::int64_t all) {
    if (!sql_.updates()) return {all, 0};
    if (distributed_) return {all, all};
    const PgResult result = connection_.run_binary(sql_.compare(arrays.elements), arrays.params());
    return {std::stoll(PQgetvalue(result.get(), 0, 0)), std::stoll(PQgetvalue(result.get(), 0, 1))};
  }

  /// How many keys were asked for, equal ones perhaps once, and how many of them are in the table.
  struct Looked {
    std::size_t asked = 0, found = 0;
    std::size_t missing() const { return asked - std::min(asked, found); }
  };

  /// Sends no more than the keys.
  Looked look(const seedbed_value* values, std::size_t count) {
    const std::size_t width = spec_.columns.size(), column = sql_.key_columns()[0];
    std::vector<seedbed_value> sorted;
    Arrays keys;
    if (sql_.takes_each_key_once() && element_type(columns_[column], values + column, width, count).value != SEEDBED_TEXT) {
      for (const std::uint32_t row : key_order(values + column, width, count)) {
        const seedbed_value& key = values[row * width + column];
        if (sorted.empty() || !same_key(sorted.back(), key)) sorted.push_back(key);
      }
      std::size_t row = 0;
      keys.elements.push_back(&element_type(columns_[column], sorted.data(), 1, sorted.size()));
      keys.bytes.push_back(binary_array(*keys.elements.back(), columns_[column], sorted.data(), 1, sorted.size(), row));
      count = sorted.size();
    } else {
      keys = arrays_of(values, count, sql_.key_columns());
    }
    const PgResult result = connection_.run_binary(sql_.count_existing(keys.elements), keys.params(), /*again=*/true);
    return {count, std::stoull(PQgetvalue(result.get(), 0, 0))};
  }

  /// True if no value of the keys can be refused: nothing is parsed that the host did not make.
  bool count_cannot_fail(const seedbed_value* values, std::size_t count) const {
    const std::size_t width = spec_.columns.size();
    return std::ranges::all_of(sql_.key_columns(), [&](std::size_t i) {
      const std::string& cast = columns_[i].cast;
      if (cast == "text" || cast == "character varying") return true;
      if (element_type(columns_[i], values + i, width, count).value == SEEDBED_TEXT) return false;
      const std::int64_t limit = cast == "smallint" ? 1LL << 15 : 1LL << 31;
      if (cast != "smallint" && cast != "integer") return true;
      for (std::size_t row = 0; row < count; ++row) {
        const std::int64_t number = values[row * width + i].as.integer;
        if (number < -limit || number >= limit) return false;
      }
      return true;
    });
  }

  Arrays arrays_of(const seedbed_value* values, std::size_t count) const {
    std::vector<std::size_t> all(spec_.columns.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    return arrays_of(values, count, all);
  }

  Arrays arrays_of(const seedbed_value* values, std::size_t count, const std::vector<std::size_t>& chosen) const {
    const std::size_t width = spec_.columns.size();
    Arrays arrays;
    std::size_t row = 0;
    for (const std::size_t i : chosen) {
      arrays.elements.push_back(&element_type(columns_[i], values + i, width, count));
      try {
        arrays.bytes.push_back(binary_array(*arrays.elements.back(), columns_[i], values + i, width, count, row));
      } catch (Error& error) {
        error.detail(which_row(values, row));
        throw;
      }
    }
    return arrays;
  }

  std::int64_t affected(const std::string& sql, const Arrays& arrays) {
    const PgResult result = connection_.run_binary(sql, arrays.params());
    return std::stoll(PQcmdTuples(result.get()));
  }

  /// Says which row of a refused batch it was, by storing ever smaller parts of it.  Everything is
  /// rolled back afterwards, whatever it finds.
  void blame_row(Error& error, const seedbed_value* values, std::size_t count) {
    const std::size_t width = spec_.columns.size();
    std::size_t first = 0, end = count;
    while (end - first > 1) {
      const std::size_t middle = first + (end - first) / 2;
      if (refused_alike(error, values + first * width, middle - first)) end = middle;
      else first = middle;
    }
    // What rows are refused for only together is nobody's fault alone.
    if (count > 1 && !refused_alike(error, values + first * width, 1)) {
      error.detail(which_rows(0, count));
      return;
    }
    const seedbed_value* row = values + first * width;
    error.detail(which_row(values, first));
    if (error.sqlstate().starts_with("22")) blame_column(error, row);
  }

  bool refused_alike(const Error& error, const seedbed_value* values, std::size_t count) {
    connection_.run_each(kSavepoint);
    try {
      store(values, count);
    } catch (const Error& again) {
      if (again.sqlstate() != error.sqlstate()) throw;
      connection_.run(kRollBack);
      return true;
    }
    return false;
  }

  void blame_column(Error& error, const seedbed_value* row) {
    const std::size_t most = most_characters(error);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const PostgresColumn& column = columns_[i];
      const bool limited = column.cast == "character varying" || column.cast == "bpchar";
      const bool too_long = most != 0 && limited && row[i].type != SEEDBED_NULL &&
                            sql::count_characters(*postgres_text(row[i])) > most;
      if (!too_long && !refused_by_cast(error, i, row)) continue;
      error.detail(fmt::format("Column \"{}\" is of type {} and was given {}.", column.name, column.type, shown_value(row[i])));
      return;
    }
  }

  bool refused_by_cast(const Error& error, std::size_t i, const seedbed_value* row) {
    const ElementType& element = element_type(columns_[i], row + i, 1, 1);
    const Arrays arrays = arrays_of(row, 1, {i});
    connection_.run_each(kSavepoint);
    try {
      connection_.run_binary(sql_.cast(i, element), arrays.params());
      return false;
    } catch (const Error& again) {
      if (again.sqlstate() != error.sqlstate()) throw;
      connection_.run(kRollBack);
      return true;
    }
  }

  std::string which_row(const seedbed_value* values, std::size_t row) const {
    return fmt::format("It was row {} for table \"{}\": {}.", first_ + static_cast<std::int64_t>(row), spec_.table,
                       shown_key(spec_, values + row * spec_.columns.size()));
  }

  std::string which_rows(std::size_t row, std::size_t count) const {
    const auto from = first_ + static_cast<std::int64_t>(row);
    if (count == 1) return fmt::format("It was row {} for table \"{}\".", from, spec_.table);
    return fmt::format("It was one of the rows {} to {} for table \"{}\".", from, from + static_cast<std::int64_t>(count) - 1, spec_.table);
  }

  static constexpr const char* kSavepoint = "SAVEPOINT seedbed_rows";
  static constexpr const char* kRollBack = "ROLLBACK TO SAVEPOINT seedbed_rows";
  static constexpr const char* kRelease = "RELEASE SAVEPOINT seedbed_rows";

  PostgresConnection& connection_;
  WriterSpec spec_;
  std::vector<PostgresColumn> columns_;
  WriterSql sql_;
  std::string table_;  ///< see RowWriter::table()
  bool distributed_;
  Keys keys_ = Keys::unknown;
  HeldRows held_;
  SeenKeys seen_;
  TypedCell cell_;
  std::vector<std::size_t> remembered_key_;  ///< columns of insert_once, in the order in which a key is remembered
  std::vector<MetKey> met_;  ///< of the batch that was stored last
  WriterCounts counts_;
  std::int64_t first_ = 1;  ///< the number of the batch's first row
};

}  // namespace

std::int64_t PostgresDatabase::count_undeclared(std::string_view table, const std::vector<std::string>& key, const KeyMemory& memory) {
  const std::optional<std::string> name = sql_name(table);
  if (!name) return 0;
  const std::vector<PostgresColumn> all = writer_columns(*name);
  std::vector<PostgresColumn> columns;
  for (const std::string& column : key) {
    const auto found = std::ranges::find(all, column, &PostgresColumn::name);
    if (found == all.end()) return 0;
    columns.push_back(*found);
  }
  return std::stoll(*query(fmt::format("SELECT count(*) FROM {} AS old WHERE {} IN (SELECT hash FROM {} WHERE list = {} AND declared = 0)",
                                       *name, key_hash_sql(columns, "old", memory), memory.table, memory.list), {})[0][0]);
}

std::unique_ptr<RowWriter> PostgresDatabase::open_writer(const seedbed_writer& writer, const KeyMemory* memory) {
  WriterSpec spec = copy_spec(writer, memory);
  const std::optional<PostgresTable> table = find_table(spec.table);
  if (!table) throw_missing_table(spec.table, user_tables());
  spec.sql_table = table->name;
  // insert_once has to know what equal keys have in common.
  const bool keys_known = memory == nullptr || std::ranges::none_of(table->columns, [&](const PostgresColumn& column) {
    return column.canonical.empty() && std::ranges::find(spec.key, column.name) != spec.key.end();
  });
  const bool plain = table->columns_are_plain && keys_known;
  const std::vector<PostgresColumn> all = plain ? table->columns : writer_columns(spec.sql_table);
  std::vector<Column> known;
  for (const PostgresColumn& column : all) known.push_back({column.name, column.type, column.not_null, column.has_default});
  check_columns(spec, known);
  check_unique_key(spec, *table);
  if (const Column* missing = unset_column(spec, known); missing != nullptr && !has_insert_trigger(spec.sql_table)) {
    throw_unset_column(spec, *missing);
  }
  std::vector<PostgresColumn> chosen;
  for (const WriterColumn& column : spec.columns) {
    chosen.push_back(*std::ranges::find(all, column.name, &PostgresColumn::name));
  }
  return std::make_unique<PostgresWriter>(connection_, std::move(spec), chosen, *table);
}

}  // namespace seedbed::host
