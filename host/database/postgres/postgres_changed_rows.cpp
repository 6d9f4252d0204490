#include "database/postgres/postgres_changed_rows.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "database/postgres/row_numbers.hpp"
#include "database/twins.hpp"
#include "database/writer_spec.hpp"

namespace seedbed::host {

namespace {

constexpr const char* kUniqueIndexes = R"(
    SELECT i.indexrelid, a.attname FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
      AND k.ord <= i.indnkeyatts
    ORDER BY NOT i.indisprimary, i.indexrelid, k.ord)";

// A time differs from run to run by itself, and so does what a function fills in.
constexpr const char* kColumns = R"(
    SELECT a.attname, a.attidentity <> '' OR a.attgenerated <> '' OR t.typcategory = 'D'
             OR coalesce(pg_get_expr(d.adbin, d.adrelid) ~ '[(]|^(CURRENT|LOCAL)', false)
             OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey::int2[]))
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)";

class PostgresChangedRows : public ChangedRows {
 public:
  explicit PostgresChangedRows(Database& database) : database_(database), first_(next_row_number(database)) {}

  std::vector<std::string> written(const std::string& table, std::size_t most) override {
    return keys(table, row_number_since(first_, "t.xmin", "in progress"), most);
  }

  std::vector<std::string> deleted(const std::string& table, std::size_t most) override {
    return keys(table, row_number_since(first_, "t.xmax", "aborted"), most);
  }

  std::string why_inserted(const std::string& table) override {
    const std::array params{text_value(table)};
    std::vector<TwinColumn> columns;
    for (const Row& row : database_.query(kColumns, params)) columns.push_back({*row[0], row[1] == "t"});
    const std::string added = fmt::format("(SELECT * FROM {} AS t WHERE {} LIMIT 3) AS added", table, row_number_since(first_, "t.xmin", "in progress"));
    const std::string older = fmt::format("{} AS older WHERE NOT ({})", table, row_number_since(first_, "older.xmin", "in progress"));
    TwinQuestions ask;
    ask.has_twin = [&](const std::vector<std::string>& names) {
      std::string equal;
      for (const std::string& name : names) equal += fmt::format(" AND older.{0}::text IS NOT DISTINCT FROM added.{0}::text", quoted_name(name));
      return answer(fmt::format("EXISTS (SELECT FROM {} WHERE EXISTS (SELECT FROM {}{}))", added, older, equal));
    };
    ask.is_null = [&](const std::string& name) {
      return answer(fmt::format("EXISTS (SELECT FROM {} WHERE added.{} IS NULL)", added, quoted_name(name)));
    };
    ask.tells_apart = [&](const std::string& name) {
      return answer(fmt::format("(SELECT count(*) = count(DISTINCT older.{}::text) FROM {})", quoted_name(name), older));
    };
    return host::why_inserted(columns, unique_indexes(table), ask);
  }

 private:
  bool answer(const std::string& condition) { return database_.query("SELECT " + condition, {})[0][0] == "t"; }

  std::vector<std::vector<std::string>> unique_indexes(const std::string& table) {
    const std::array params{text_value(table)};
    std::vector<std::vector<std::string>> indexes;
    std::string last;
    for (const Row& row : database_.query(kUniqueIndexes, params)) {
      if (*row[0] != last) indexes.emplace_back();
      last = *row[0];
      indexes.back().push_back(*row[1]);
    }
    return indexes;
  }

  std::vector<std::string> keys(const std::string& table, const std::string& condition, std::size_t most) {
    const std::vector<std::vector<std::string>> indexes = unique_indexes(table);
    std::vector<std::string> shown;
    if (!indexes.empty()) {
      for (const std::string& column : indexes.front()) {
        shown.push_back(fmt::format("{} || coalesce(t.{}::text, 'NULL')", database_.literal(column + " = "), quoted_name(column)));
      }
    }
    if (shown.empty()) shown.push_back("'ctid = ' || t.ctid::text");
    std::vector<std::string> found;
    for (const Row& row : database_.query(fmt::format("SELECT concat_ws(', ', {}) FROM {} AS t WHERE {} LIMIT {}", fmt::join(shown, ", "),
                                                      table, condition, most), {})) {
      found.push_back(row[0].value_or(""));
    }
    return found;
  }

  Database& database_;
  std::string first_;  ///< SQL
};

}  // namespace

std::unique_ptr<ChangedRows> watch_postgres_rows(Database& database) { return std::make_unique<PostgresChangedRows>(database); }

}  // namespace seedbed::host
