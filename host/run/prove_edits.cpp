#include "run/prove_edits.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "database/value.hpp"
#include "database/table_in_sql.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

constexpr std::size_t kMostEdits = 2;  // and as many deletions, of a table

const char* mode_name(std::int32_t mode) {
  switch (mode) {
    case SEEDBED_INSERT_MISSING: return "insert_missing";
    case SEEDBED_UPDATE_CHANGED: return "update_changed";
    case SEEDBED_INSERT_ONCE: return "insert_once";
    default: return "";
  }
}

/// What a mode promises about rows that exist no more, or not as they were seeded.
struct Promise {
  bool keeps_edits, returns_deleted;
};

Promise promise_of(std::int32_t mode) { return {mode != SEEDBED_UPDATE_CHANGED, mode != SEEDBED_INSERT_ONCE}; }

/// A row that was changed behind the seeder's back.
struct TouchedRow {
  const std::vector<KeptValue>* row;
  std::string column;  ///< empty: it was deleted
  std::string seeded, edited;
};

/// Another value of the same type, nothing where none can be made up.
std::optional<seedbed_value> other_value(seedbed_value value, std::string& text) {
  switch (value.type) {
    case SEEDBED_BOOL: value.as.integer = 1 - value.as.integer; return value;
    case SEEDBED_INTEGER: ++value.as.integer; return value;
    case SEEDBED_DOUBLE: value.as.real += 1; return value;
    case SEEDBED_TIMESTAMP: value.as.integer += 86'400'000'000; return value;
    case SEEDBED_TEXT: text = std::string(data_of(value)) + " (edited)"; return text_value(text);
    case SEEDBED_JSON: {
      text = "{\"edited\": true}";
      value = text_value(text);
      value.type = SEEDBED_JSON;
      return value;
    }
    default: return std::nullopt;
  }
}

class TableEdits {
 public:
  TableEdits(Database& database, const WatchedTable& table, bool judged)
      : database_(database), table_(table), name_(table_in_sql(database, table.table)) {
    result_.table = table.table;
    result_.mode = mode_name(table.mode);
    result_.judged = judged;
  }

  void make() {
    const std::size_t count = table_.rows.size();
    std::size_t edited = 0;
    for (; edited < count && touched_.size() < std::min(kMostEdits, (count + 1) / 2); ++edited) edit(table_.rows[edited]);
    const std::size_t edits = touched_.size();
    // One row always stays: a table that has lost all its rows is another case.
    for (std::size_t i = count; i-- > std::max<std::size_t>(edited, 1) && touched_.size() < edits + kMostEdits;) remove(table_.rows[i]);
  }

  void look(SeederProof& proof) {
    for (const TouchedRow& touched : touched_) look(touched, proof);
    if (!touched_.empty()) proof.edited.push_back(result_);
  }

  const std::string& seeder() const { return table_.seeder; }

 private:
  void edit(const std::vector<KeptValue>& row) {
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      const WatchedColumn& column = table_.columns[i];
      if (column.in_key || column.kind != SEEDBED_COLUMN_PLAIN) continue;
      std::string text;
      const std::optional<seedbed_value> value = other_value(row[i].value(), text);
      if (!value) continue;
      const std::optional<std::string> before = value_of(row, column.name);
      std::vector<seedbed_value> params = key_of(row);
      params.push_back(*value);
      const std::string sql = fmt::format("UPDATE {} SET {} = ${} WHERE {}", name_, quoted_name(column.name), params.size(), where());
      if (!before || !tried([&] { return database_.execute(sql, params) == 1; })) continue;
      const std::optional<std::string> after = value_of(row, column.name);
      if (!after || *after == *before) continue;
      touched_.push_back({&row, column.name, *before, *after});
      return;
    }
  }

  void remove(const std::vector<KeptValue>& row) {
    const std::vector<seedbed_value> params = key_of(row);
    const std::string sql = fmt::format("DELETE FROM {} WHERE {}", name_, where());
    if (tried([&] { return database_.execute(sql, params) == 1 && nothing_went_along(); })) touched_.push_back({&row, "", "", ""});
  }

  /// True if the deletion has neither deleted nor changed another row.
  bool nothing_went_along() {
    return std::ranges::all_of(database_.changes(), [&](const TableCounts& change) {
      return change.updated == 0 && change.deleted == (change.table == table_.table ? 1 : 0);
    });
  }

  /// Does `work`, or nothing of it if that is false or a constraint refuses it.
  bool tried(const std::function<bool()>& work) {
    database_.execute("SAVEPOINT seedbed_edit");
    bool done = false;
    try {
      database_.start_counting();
      done = work();
      database_.reset_session();  // checks what is deferred
    } catch (const Error& error) {
      if (error.code() != ExitCode::failed || !database_.in_transaction()) throw;
      done = false;
    }
    if (!done) database_.execute("ROLLBACK TO SAVEPOINT seedbed_edit");
    database_.execute("RELEASE SAVEPOINT seedbed_edit");
    return done;
  }

  void look(const TouchedRow& touched, SeederProof& proof) {
    const Promise promise = promise_of(table_.mode);
    const auto blame = [&](const std::string& what, const std::string& became) {
      if (!result_.judged) return;
      proof.faults.push_back({Pass::after_edits, {}, {}, fmt::format("{}: {} {}, but {} ({})", table_.table, mode_name(table_.mode), what, became,
                                                                    shown_key(*touched.row))});
    };
    if (touched.column.empty()) {
      const bool there = exists(*touched.row);
      ++(there ? result_.deleted_returned : result_.deleted_stayed);
      if (there && !promise.returns_deleted) blame("leaves out what was deleted", "a deleted row came back");
      if (!there && promise.returns_deleted) blame("brings deleted rows back", "one stayed away");
      return;
    }
    const std::optional<std::string> now = value_of(*touched.row, touched.column);
    const bool kept = now == touched.edited;
    ++(kept ? result_.edits_kept : result_.edits_undone);
    if (!kept && promise.keeps_edits) blame("keeps edits", fmt::format("an edit of {} was undone", touched.column));
    if (!promise.keeps_edits && now != touched.seeded) blame("undoes edits", fmt::format("{} is not as it was seeded", touched.column));
  }

  std::vector<seedbed_value> key_of(const std::vector<KeptValue>& row) const {
    std::vector<seedbed_value> key;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (table_.columns[i].in_key) key.push_back(row[i].value());
    }
    return key;
  }

  std::string where() const {
    std::string sql;
    std::size_t number = 0;
    for (const WatchedColumn& column : table_.columns) {
      if (column.in_key) sql += fmt::format("{}{} = ${}", number == 0 ? "" : " AND ", quoted_name(column.name), number + 1), ++number;
    }
    return sql;
  }

  std::string shown_key(const std::vector<KeptValue>& row) const {
    std::string key;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (table_.columns[i].in_key) key += fmt::format("{}{} = {}", key.empty() ? "" : ", ", table_.columns[i].name, shown_value(row[i].value()));
    }
    return key;
  }

  bool exists(const std::vector<KeptValue>& row) { return !database_.query(fmt::format("SELECT 1 FROM {} WHERE {}", name_, where()), key_of(row)).empty(); }

  std::optional<std::string> value_of(const std::vector<KeptValue>& row, const std::string& column) {
    const std::vector<Row> rows =
        database_.query(fmt::format("SELECT CAST({} AS TEXT) FROM {} WHERE {}", quoted_name(column), name_, where()), key_of(row));
    if (rows.empty()) return std::nullopt;
    return rows[0][0].value_or("NULL");
  }

  Database& database_;
  const WatchedTable& table_;
  std::string name_;
  std::vector<TouchedRow> touched_;
  EditedTable result_;
};

}  // namespace

void prove_edits(Database& database, const RowWatch& watch, const std::function<void()>& run_again,
                 std::vector<SeederProof>& seeders) {
  std::map<std::string, std::set<std::int32_t>> modes;
  for (const WatchedTable& table : watch.tables()) modes[table.table].insert(table.mode);
  std::set<std::string> seen;
  std::vector<TableEdits> edits;
  for (const WatchedTable& table : watch.tables()) {
    if (table.rows.empty() || !seen.insert(fmt::format("{} {} {}", table.seeder, table.mode, table.table)).second) continue;
    edits.emplace_back(database, table, modes[table.table].size() == 1);
  }
  database.execute("SAVEPOINT seedbed_edits");
  for (TableEdits& edit : edits) edit.make();
  run_again();
  for (TableEdits& edit : edits) edit.look(*std::ranges::find(seeders, edit.seeder(), &SeederProof::name));
  database.execute("ROLLBACK TO SAVEPOINT seedbed_edits");
  database.execute("RELEASE SAVEPOINT seedbed_edits");
}

}  // namespace seedbed::host
