#pragma once
// What a seeder works with for the length of one seed() call.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <seedbed/abi.h>
#include <seedbed/declaration.hpp>
#include <seedbed/random.hpp>
#include <seedbed/rows.hpp>
#include <seedbed/value.hpp>
#include <seedbed/writer.hpp>

namespace seedbed {

enum class Engine : std::int32_t {
  sqlite = SEEDBED_ENGINE_SQLITE,
  postgres = SEEDBED_ENGINE_POSTGRES
};

enum class LogLevel : std::int32_t {
  debug = SEEDBED_LOG_DEBUG,
  info = SEEDBED_LOG_INFO,
  warning = SEEDBED_LOG_WARNING
};

/// A name and its value in an event of the log, `{"rows", 5}`.
struct Field {
  template <class T>
  Field(std::string_view name, const T& value)
      : field{detail::text(name), detail::to_value(value)} {}

  seedbed_field field;
};

namespace detail {

/// Leaves seed() when the host has refused something, and knows why.  No std::exception, so that a
/// seeder's own handlers let it pass.
struct HostFailure {};

}  // namespace detail

/// The database and the run, as a seeder sees them.
///
/// Everything happens in one transaction, which the host commits or rolls back.  When the host
/// refuses a statement or a row, the call does not return and the seeder has failed, whatever it
/// does next.
class Session {
 public:
  Session(const seedbed_run& run, const seedbed_host& host)
      : run_(run), host_(host), random_(seed_of(run)) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // -- Writing -----------------------------------------------------------------------------------

  /// Begins a writer: `db.into("t").columns("a", "b").key("a").insert_missing()`.  `table` is a
  /// name or `schema.name`.
  ///
  /// Whenever rows go to the database, those of all writers do, in the order in which the writers
  /// were opened: open the parents' writer before the children's.  That can happen at any row(), so
  /// write a parent's row before its children's rows as well.
  Table into(std::string_view table) { return Table(*this, table); }

  /// Runs one SQL statement, in which $1, $2, … stand for `args`, and returns how many rows it
  /// changed.
  template <class... Args>
  std::int64_t exec(std::string_view sql, const Args&... args) {
    const std::array<seedbed_value, sizeof...(Args)> values{detail::to_value(args)...};
    std::int64_t changed = 0;
    flush();
    check(host_.exec(host_.ctx, detail::text(sql), values.data(), values.size(), &changed));
    return changed;
  }

  /// Runs one query, in which $1, $2, … stand for `args`, and returns all its rows:
  /// `for (const auto& row : db.query("SELECT id, name FROM t")) … row.get<Uuid>(0)`.
  template <class... Args>
  Rows query(std::string_view sql, const Args&... args) {
    const std::array<seedbed_value, sizeof...(Args)> values{detail::to_value(args)...};
    Collector collector;
    flush();
    const seedbed_status status = host_.query(host_.ctx, detail::text(sql), values.data(),
                                              values.size(), collect, &collector);
    if (collector.error) std::rethrow_exception(collector.error);
    check(status);
    return std::move(collector.rows);
  }

  /// Sends all rows that writers still hold.  exec() and query() do so by themselves.
  void flush() {
    for (detail::Batch& batch : batches_) check(batch.flush(host_));
  }

  // -- The run -----------------------------------------------------------------------------------

  std::string_view environment() const { return detail::text(run_.environment); }
  Tier tier() const { return static_cast<Tier>(run_.tier); }
  Engine engine() const { return static_cast<Engine>(run_.engine); }
  bool dry_run() const { return run_.dry_run != 0; }

  /// The time of the run: one reading of the clock, in whole milliseconds, for all its seeders.
  Timestamp now() const { return Timestamp(Timestamp::Time(Timestamp::Duration(run_.now))); }

  /// The parameter `name` of the declaration, as seedbed.toml sets it or else its default, as a
  /// bool, whole number, double, std::string or std::string_view.  Throws std::invalid_argument
  /// when the declaration has no such parameter or its type is another.
  template <class T>
  T param(std::string_view name) const {
    const seedbed_value& value = find_parameter(name);
    try {
      return detail::from_value<T>(value);
    } catch (const std::exception& e) {
      throw std::invalid_argument("parameter \"" + std::string(name) + "\" " + e.what());
    }
  }

  /// The seeder's generator of numbers.  Its sequence depends on the seeder's name and parameters
  /// alone.
  Random& random() { return random_; }

  // -- Services of the host ----------------------------------------------------------------------

  /// The bcrypt hash of `password` with a salt from random().  Each step of `cost`, from 4 to 31,
  /// doubles the time; the default takes some milliseconds, which is right for made-up users.
  std::string bcrypt(std::string_view password, int cost = 6) {
    const auto salt = random_.bytes<16>();
    std::string hash(60, '\0');
    check(host_.bcrypt(host_.ctx, detail::text(password), cost, salt.data(), hash.data()));
    return hash;
  }

  /// Records an event in the run's log: `db.log("users_made", {{"count", 5}})`.
  void log(std::string_view event, std::initializer_list<Field> fields = {},
           LogLevel level = LogLevel::info) {
    std::vector<seedbed_field> list;
    for (const Field& field : fields) list.push_back(field.field);
    host_.log(host_.ctx, static_cast<std::int32_t>(level), detail::text(event), list.data(),
              list.size());
  }

  /// Says how far the seeder is, in units of its own; a `total` of 0 is not known.
  void progress(std::uint64_t done, std::uint64_t total = 0) {
    host_.progress(host_.ctx, done, total);
  }

  /// Ends the seeder as failed, for the reason given; nothing that it wrote remains.
  [[noreturn]] void fail(std::string_view message) {
    host_.fail(host_.ctx, detail::text(message));
    failed_ = true;
    throw detail::HostFailure();
  }

  /// True once the host has refused something or fail() was called.
  bool failed() const { return failed_; }

 private:
  template <std::size_t>
  friend class Writer;
  template <std::size_t>
  friend class ColumnsOf;

  struct Collector {
    Rows rows;
    std::exception_ptr error;
  };

  static seedbed_status collect(void* user, const seedbed_value* values,
                                std::size_t count) noexcept {
    auto& collector = *static_cast<Collector*>(user);
    try {
      collector.rows.add(values, count);
      return SEEDBED_OK;
    } catch (...) {
      collector.error = std::current_exception();
      return SEEDBED_FAILED;
    }
  }

  static std::array<std::uint8_t, 32> seed_of(const seedbed_run& run) {
    std::array<std::uint8_t, 32> seed{};
    for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = run.random_seed[i];
    return seed;
  }

  void check(seedbed_status status) {
    if (status == SEEDBED_OK) return;
    failed_ = true;
    throw detail::HostFailure();
  }

  const seedbed_value& find_parameter(std::string_view name) const {
    for (std::size_t i = 0; i < run_.parameter_count; ++i)
      if (detail::text(run_.parameters[i].name) == name) return run_.parameters[i].value;
    throw std::invalid_argument("the seeder declares no parameter \"" + std::string(name) + "\"");
  }

  detail::Batch& open(const detail::WriterPlan& plan, std::int32_t mode) {
    std::vector<seedbed_column> columns;
    for (const detail::WriterColumn& column : plan.columns)
      columns.push_back({detail::text(column.name), column.kind, 0});
    std::vector<seedbed_text> key;
    for (const std::string& name : plan.key) key.push_back(detail::text(name));

    const seedbed_writer writer{sizeof(seedbed_writer),
                                mode,
                                detail::text(plan.table),
                                columns.data(),
                                columns.size(),
                                key.data(),
                                key.size()};
    std::uint32_t id = 0;
    check(host_.open_writer(host_.ctx, &writer, &id));
    return batches_.emplace_back(id, columns.size());
  }

  const seedbed_run& run_;
  const seedbed_host& host_;
  Random random_;
  std::deque<detail::Batch> batches_;  // a deque, so that writers can point at them
  bool failed_ = false;
};

template <std::size_t Columns>
void Writer<Columns>::add(const seedbed_value* row) {
  batch_->add(row);
  if (batch_->full()) session_->flush();
}

template <std::size_t Columns>
Writer<Columns> ColumnsOf<Columns>::open(std::int32_t mode) {
  return {*session_, session_->open(plan_, mode)};
}

}  // namespace seedbed
