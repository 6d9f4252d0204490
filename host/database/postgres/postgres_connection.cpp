#include "database/postgres/postgres_connection.hpp"

#include <poll.h>

#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libpq-fe.h>
#include <pqxx/pqxx>

#include "database/postgres/missing_right.hpp"
#include "database/postgres/postgres_connect.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

constexpr const char* kMissingRight = "42501";
constexpr int kSliceMs = 100;  // between looks at Ctrl-C and the clock

#if PQXX_VERSION_MAJOR < 7

/// Hands libpqxx 6 a connection that is open already, once: its stock policy reconnects silently,
/// without the transaction, the lock and the settings of the session that was lost.  It would also
/// free what it found lost, which PostgresConnection uses to the end.
class OpenConnection : public pqxx::connectionpolicy {
 public:
  static thread_local PGconn* next;

  explicit OpenConnection(const std::string& options) : pqxx::connectionpolicy(options) {}

  handle do_startconnect(handle current) override {
    if (current != nullptr) return current;
    if (next == nullptr) throw pqxx::broken_connection("the connection to the server was lost");
    owned_.reset(next);
    return std::exchange(next, nullptr);
  }

  handle do_disconnect(handle) noexcept override { return nullptr; }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> owned_{nullptr, &PQfinish};
};

thread_local PGconn* OpenConnection::next = nullptr;

using PqxxConnection = pqxx::basic_connection_base<OpenConnection>;

std::unique_ptr<PqxxConnection> adopt(PGconn* raw) {
  OpenConnection::next = raw;
  return std::make_unique<PqxxConnection>("");
}

#else

using PqxxConnection = pqxx::connection;

std::unique_ptr<PqxxConnection> adopt(PGconn* raw) {
  return std::make_unique<PqxxConnection>(pqxx::connection::seize_raw_connection(raw));
}

#endif

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

/// The innermost function of an error's context, where it has one.  A DO block has its place in the
/// script instead.
std::string raising_function(const std::string& context) {
  std::istringstream lines(context);
  for (std::string line; std::getline(lines, line);) {
    const bool function = line.starts_with("PL/") || line.starts_with("SQL function ");
    if (function) return line.find("inline_code_block") == line.npos ? line : "";
  }
  return "";
}

Error server_error(const PGresult* result, PgErrorPlace* place) {
  const std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  Error error(ExitCode::failed, message.empty() ? PQresultErrorMessage(result) : message);
  error.sqlstate(field(result, PG_DIAG_SQLSTATE));
  error.detail(field(result, PG_DIAG_MESSAGE_DETAIL));
  error.detail(raising_function(field(result, PG_DIAG_CONTEXT)));
  error.hint(field(result, PG_DIAG_MESSAGE_HINT));
  if (place != nullptr) {
    const auto number = [result](int code) {
      const std::string text = field(result, code);
      return text.empty() ? 0 : std::stoul(text);
    };
    place->position = number(PG_DIAG_STATEMENT_POSITION);
    place->query_position = number(PG_DIAG_INTERNAL_POSITION);
    place->query = field(result, PG_DIAG_INTERNAL_QUERY);
    place->context = field(result, PG_DIAG_CONTEXT);
    place->unanswered = place->unanswered && error.sqlstate().empty();  // libpq's own errors have none
  }
  return error;
}

/// libpqxx hands on libpq's lines: "ERROR:  …", "DETAIL:  …".
Error commit_error(const pqxx::sql_error& cause) {
  std::string text = cause.what();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (const std::string label = "ERROR:  "; text.starts_with(label)) text.erase(0, label.size());
  const auto line = text.find('\n');
  Error error(ExitCode::failed, fmt::format("could not commit: {}", text.substr(0, line)));
  if (line != std::string::npos) error.detail(text.substr(line + 1));
  return error.sqlstate(cause.sqlstate());
}

void log_notice(void*, const PGresult* result) {
  log::debug("server_notice", {{"severity", field(result, PG_DIAG_SEVERITY_NONLOCALIZED)},
                               {"message", field(result, PG_DIAG_MESSAGE_PRIMARY)}});
}

}  // namespace

void PgClear::operator()(pg_result* result) const { PQclear(result); }

struct PostgresConnection::Life {
  std::unique_ptr<PqxxConnection> connection;
  std::unique_ptr<pqxx::work> transaction;
};

PostgresConnection::PostgresConnection(const DatabaseUrl& url, std::chrono::milliseconds wait,
                                       const std::atomic<bool>* given_up)
    : life_(std::make_unique<Life>()), raw_(open_postgres(url, wait, given_up)), url_(url) {
  life_->connection = adopt(raw_);
  PQsetNoticeReceiver(raw_, log_notice, nullptr);
}

PostgresConnection::~PostgresConnection() { rollback(); }

std::string PostgresConnection::server_version() const {
  const char* version = PQparameterStatus(raw_, "server_version");
  return std::string("PostgreSQL ") + (version == nullptr ? "" : version);
}

std::string PostgresConnection::user() const { return PQuser(raw_); }

int PostgresConnection::backend_pid() const { return PQbackendPID(raw_); }

std::string PostgresConnection::encryption() const {
  const char* const protocol = PQsslAttribute(raw_, "protocol");
  const char* const cipher = PQsslAttribute(raw_, "cipher");
  return protocol == nullptr ? "" : fmt::format("{}, {}", protocol, cipher == nullptr ? "?" : cipher);
}

void PostgresConnection::begin() {
  prepared_.clear();
  try {
    life_->transaction = std::make_unique<pqxx::work>(*life_->connection);
  } catch (const pqxx::broken_connection&) {
    throw lost();
  }
}

void PostgresConnection::commit() {
  ahead_.clear();
  if (!server_in_transaction()) {
    rollback();
    throw Error(ExitCode::failed, "the transaction had already ended on the server when it was to be committed");
  }
  try {
    const auto transaction = std::move(life_->transaction);
    transaction->commit();
  } catch (const pqxx::in_doubt_error&) {
    throw in_doubt();
  } catch (const pqxx::broken_connection&) {
    throw lost();
  } catch (const pqxx::sql_error& error) {
    throw commit_error(error);
  }
}

void PostgresConnection::rollback() noexcept {
  ahead_.clear();
  try {
    life_->transaction.reset();
    // What a file began itself.
    if (server_in_transaction()) PQclear(PQexec(raw_, "ROLLBACK"));
  } catch (...) {  // a destructor of libpqxx does not throw; this keeps the promise of our own
  }
}

bool PostgresConnection::in_transaction() const { return life_->transaction != nullptr; }

bool PostgresConnection::server_in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(raw_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

Error PostgresConnection::lost() const {
  std::string why = PQerrorMessage(raw_);
  why = why.substr(0, why.find('\n'));
  return Error(ExitCode::failed, fmt::format("lost the connection to \"{}\"", url_.display))
      .detail(why)
      .hint("Nothing of the open transaction was kept. Run the same command again.");
}

Error PostgresConnection::in_doubt() const {
  const std::string why = PQerrorMessage(raw_);
  return Error(ExitCode::failed, fmt::format("the connection to \"{}\" was lost before the server told whether it had committed", url_.display))
      .in_doubt()
      .detail(why.substr(0, why.find('\n')))
      .hint("Run the same command again: the ledger tells, and nothing is done twice.");
}

std::string PostgresConnection::literal(std::string_view text) const {
  const std::unique_ptr<char, decltype(&PQfreemem)> quoted(PQescapeLiteral(raw_, text.data(), text.size()), PQfreemem);
  if (quoted == nullptr) throw Error(ExitCode::failed, fmt::format("could not write \"{}\" in SQL: {}", text, PQerrorMessage(raw_)));
  return quoted.get();
}

PgResult PostgresConnection::run(const std::string& sql, std::span<const std::optional<std::string>> params,
                                 std::string_view copy_data, PgErrorPlace* place) {
  throw_if_interrupted();
  prepared_.clear();
  std::vector<const char*> values;
  for (const auto& param : params) values.push_back(param ? param->c_str() : nullptr);
  const auto send = [&] {
    if (params.empty()) return PQsendQuery(raw_, sql.c_str());
    return PQsendQueryParams(raw_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0);
  };
  if (!ahead_.empty() && place == nullptr && copy_data.empty()) {
    if (!params.empty()) return run_in_line(sql, send);
    std::vector<PgResult> results = run_each(sql);
    return results.empty() ? nullptr : std::move(results.back());
  }
  run_what_is_ahead();
  if (send() == 0) throw lost();
  if (place != nullptr) place->unanswered = true;
  return collect_for(sql, copy_data, place);
}

std::vector<PgResult> PostgresConnection::run_each(const std::string& sql) {
  throw_if_interrupted();
  prepared_.clear();
  const std::vector<Ahead> ahead = std::exchange(ahead_, {});
  std::string message;
  for (const Ahead& each : ahead) message += fmt::format("{}; ", fmt::join(each.statements, "; "));
  message += sql;
  if (PQsendQuery(raw_, message.c_str()) == 0) throw lost();
  std::vector<PgResult> results;
  collect_for(message, {}, nullptr, &results);
  return {std::make_move_iterator(hand_out(ahead, results)), std::make_move_iterator(results.end())};
}

std::vector<PgResult>::iterator PostgresConnection::hand_out(const std::vector<Ahead>& ahead, std::vector<PgResult>& results) {
  auto rest = results.begin();
  for (const Ahead& each : ahead) {
    const auto end = rest + static_cast<std::ptrdiff_t>(each.statements.size());
    if (each.take) each.take({rest, end});
    rest = end;
  }
  return rest;
}

void PostgresConnection::run_ahead_of_next(std::vector<std::string> statements, Take take) {
  ahead_.push_back({std::move(statements), std::move(take)});
}

void PostgresConnection::run_what_is_ahead() {
  if (!ahead_.empty()) run_each("");
}

PgResult PostgresConnection::run_in_line(std::string_view sql, const std::function<int()>& send) {
  const std::vector<Ahead> ahead = std::exchange(ahead_, {});
  if (PQenterPipelineMode(raw_) == 0) throw lost();
  bool sent = true;
  for (const Ahead& each : ahead) {
    for (const std::string& statement : each.statements) {
      sent = sent && PQsendQueryParams(raw_, statement.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 0;
    }
  }
  if (!sent || send() == 0 || PQpipelineSync(raw_) == 0) throw lost();
  PgErrorPlace place;
  std::vector<PgResult> results;
  try {
    results = collect_line(place);
  } catch (const Error& error) {
    if (error.sqlstate() != kMissingRight) throw;
    throw with_missing_right(error, url_, sql, place.context);
  }
  hand_out(ahead, results);
  return std::move(results.back());
}

PgResult PostgresConnection::run_binary(const std::string& sql, std::span<const BinaryParam> params, bool again) {
  throw_if_interrupted();
  if (again) run_what_is_ahead();
  const int count = static_cast<int>(params.size());
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> sizes;
  for (const BinaryParam& param : params) {
    types.push_back(param.type);
    values.push_back(param.bytes.data());
    sizes.push_back(static_cast<int>(param.bytes.size()));
  }
  const std::vector<int> binary(params.size(), 1);
  if (again && prepared_ != sql) {
    prepared_.clear();
    if (PQsendPrepare(raw_, "", sql.c_str(), count, types.data()) == 0) throw lost();
    collect_for(sql, {}, nullptr);
    prepared_ = sql;
  }
  if (!again) prepared_.clear();
  const auto send = [&] {
    if (again) return PQsendQueryPrepared(raw_, "", count, values.data(), sizes.data(), binary.data(), 0);
    return PQsendQueryParams(raw_, sql.c_str(), count, types.data(), values.data(), sizes.data(), binary.data(), 0);
  };
  if (!ahead_.empty()) return run_in_line(sql, send);
  if (send() == 0) throw lost();
  return collect_for(sql, {}, nullptr);
}

PgResult PostgresConnection::collect_for(std::string_view sql, std::string_view copy_data, PgErrorPlace* place, std::vector<PgResult>* all) {
  PgErrorPlace own;
  if (place == nullptr) place = &own;
  try {
    return collect(copy_data, place, all);
  } catch (const Error& error) {
    if (error.sqlstate() != kMissingRight) throw;
    throw with_missing_right(error, url_, sql, place->context);
  }
}

void PostgresConnection::wait_readable() {
  while (PQisBusy(raw_) != 0) {
    pollfd waiting{PQsocket(raw_), POLLIN, 0};
    const int ready = poll(&waiting, 1, kSliceMs);
    if (while_waiting_) while_waiting_();
    if (must_stop() && !cancelled_) {
      cancelled_ = true;
      char ignored[256];
      PGcancel* cancel = PQgetCancel(raw_);
      PQcancel(cancel, ignored, sizeof ignored);
      PQfreeCancel(cancel);
    }
    if (ready > 0 && PQconsumeInput(raw_) == 0) throw lost();
  }
}

namespace {

/// Nothing for a statement that changes no rows by its nature.
std::optional<std::int64_t> rows_changed(pg_result* result) {
  const std::string_view status = PQcmdStatus(result);
  for (const std::string_view verb : {"INSERT ", "UPDATE ", "DELETE ", "MERGE ", "COPY "}) {
    if (status.starts_with(verb)) return std::stoll(PQcmdTuples(result));
  }
  return std::nullopt;
}

}  // namespace

PgResult PostgresConnection::collect(std::string_view copy_data, PgErrorPlace* place, std::vector<PgResult>* all) {
  PgResult last;
  std::optional<Error> failure;
  cancelled_ = false;
  for (;;) {
    wait_readable();
    PgResult result(PQgetResult(raw_));
    if (result == nullptr) break;
    switch (PQresultStatus(result.get())) {
      case PGRES_COPY_IN: send_copy(copy_data); break;
      case PGRES_COPY_OUT: skip_copy_out(); break;
      case PGRES_FATAL_ERROR:
      case PGRES_BAD_RESPONSE:
        if (!failure) failure = server_error(result.get(), place);
        break;
      default:
        // What a rule adds to a statement has a result of its own, but no tag.
        if (place != nullptr && *PQcmdStatus(result.get()) != '\0') {
          ++place->completed;
          place->rows.push_back(rows_changed(result.get()));
        }
        if (all != nullptr && last != nullptr) all->push_back(std::move(last));
        last = std::move(result);
    }
    if (PQstatus(raw_) == CONNECTION_BAD) break;
  }
  // What is committed although a signal arrived has to be known as such: who sends next finds the signal.
  const bool committed = last != nullptr && std::string_view(PQcmdStatus(last.get())) == "COMMIT";
  if (!committed) throw_if_interrupted();
  if (PQstatus(raw_) == CONNECTION_BAD) {
    Error error = lost();
    if (failure) error.detail(failure->message());
    throw error;
  }
  if (failure) throw *failure;
  if (all != nullptr && last != nullptr) all->push_back(std::move(last));
  return last;
}

std::vector<PgResult> PostgresConnection::collect_line(PgErrorPlace& place) {
  std::vector<PgResult> results;
  std::optional<Error> failure;
  cancelled_ = false;
  for (bool ended = false; !ended;) {
    wait_readable();
    PgResult result(PQgetResult(raw_));
    switch (result == nullptr ? PGRES_EMPTY_QUERY : PQresultStatus(result.get())) {
      case PGRES_EMPTY_QUERY: ended = PQstatus(raw_) == CONNECTION_BAD; break;  // between two statements
      case PGRES_PIPELINE_SYNC: ended = true; break;
      case PGRES_PIPELINE_ABORTED: break;  // by the failure of an earlier one
      case PGRES_FATAL_ERROR:
      case PGRES_BAD_RESPONSE:
        if (!failure) failure = server_error(result.get(), &place);
        break;
      default: results.push_back(std::move(result));
    }
  }
  PQexitPipelineMode(raw_);
  throw_if_interrupted();
  if (PQstatus(raw_) == CONNECTION_BAD) {
    Error error = lost();
    if (failure) error.detail(failure->message());
    throw error;
  }
  if (failure) throw *failure;
  return results;
}

void PostgresConnection::send_copy(std::string_view data) {
  constexpr std::size_t kChunk = 1 << 20;
  for (std::size_t at = 0; at < data.size(); at += kChunk) {
    const std::string_view chunk = data.substr(at, kChunk);
    if (PQputCopyData(raw_, chunk.data(), static_cast<int>(chunk.size())) != 1) throw lost();
    throw_if_interrupted();
  }
  if (PQputCopyEnd(raw_, nullptr) != 1) throw lost();
}

void PostgresConnection::skip_copy_out() {
  char* line = nullptr;
  while (PQgetCopyData(raw_, &line, /*async=*/0) > 0) PQfreemem(line);
}

}  // namespace seedbed::host
