#include "database/postgres/postgres_connect.hpp"

#include <poll.h>

#include <algorithm>
#include <random>
#include <regex>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "error.hpp"
#include "interrupt.hpp"
#include "log.hpp"

namespace seedbed::host {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kSlice{100};          // between looks at Ctrl-C
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{2000};
constexpr milliseconds kAttempt{10'000};     // one attempt, when nothing else limits it

struct Refusal {
  std::string message;   // the server's or libpq's first line
  std::string sqlstate;  // empty: no server answered
  std::string detail;    // the rest
};

bool is_set(const std::atomic<bool>* flag) { return flag != nullptr && *flag; }

void pause(milliseconds length, const std::atomic<bool>* given_up) {
  const auto end = Clock::now() + length;
  while (Clock::now() < end && !is_set(given_up)) {
    throw_if_interrupted();
    std::this_thread::sleep_for(std::min(kSlice, std::chrono::duration_cast<milliseconds>(end - Clock::now()) + milliseconds(1)));
  }
}

/// libpq tells the SQLSTATE of a refused connection only inside its verbose text.
Refusal read_refusal(PGconn* connection) {
  std::string text = connection == nullptr ? "out of memory" : PQerrorMessage(connection);
  Refusal refusal;
  static const std::regex kState("[A-Z]+:  ([0-9A-Z]{5}): ");
  std::smatch found;
  if (std::regex_search(text, found, kState)) {
    refusal.sqlstate = found[1];
    refusal.message = text.substr(static_cast<std::size_t>(found.position() + found.length()));
    refusal.message = refusal.message.substr(0, refusal.message.find('\n'));
    return refusal;
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const auto line = text.find('\n');
  refusal.message = text.substr(0, line);
  if (line == std::string::npos) return refusal;
  static const std::regex kIndent("\n\\s*");
  refusal.detail = std::regex_replace(text.substr(line + 1), kIndent, "\n");
  refusal.detail.erase(0, refusal.detail.find_first_not_of(" \t\n"));
  return refusal;
}

bool is_about(const Refusal& refusal, std::string_view word) {
  return refusal.sqlstate.empty() && (refusal.message + refusal.detail).find(word) != std::string::npos;
}

/// Wrong credentials, certificates and missing databases do not get better by waiting.  A server that is
/// starting, stopping or full does.
bool waiting_can_help(const Refusal& refusal) {
  if (is_about(refusal, "certificate")) return false;
  if (refusal.sqlstate.empty()) return true;
  return refusal.sqlstate.starts_with("57P") || refusal.sqlstate.starts_with("53") || refusal.sqlstate.starts_with("08");
}

std::string hint_for(const Refusal& refusal) {
  if (refusal.sqlstate == "28P01") return "Check the user and the password where the URL was set: \"seedbed env\" shows the place.";
  if (refusal.sqlstate == "3D000") return "Create the database first, with createdb or CREATE DATABASE; seedbed does not.";
  if (refusal.sqlstate.starts_with("28")) return "Check the user, the password and the server's pg_hba.conf.";
  if (is_about(refusal, "certificate")) return "sslrootcert=FILE names the authority whose certificates count; the host has to be written as the server's has it.";
  if (is_about(refusal, "not support SSL")) return "The server, or what stands before it, has no TLS: it needs ssl = on, or the URL an sslmode that does without.";
  if (refusal.sqlstate.empty()) return "Is the server running, and are host and port right? --wait 30s keeps trying.";
  return "";
}

/// One attempt.  On failure returns nullptr and fills `refusal`.
PGconn* attempt(const DatabaseUrl& url, Clock::time_point deadline, Refusal& refusal, const std::atomic<bool>* given_up) {
  const char* keywords[] = {"dbname", "fallback_application_name", "client_encoding", nullptr};
  const char* values[] = {url.conninfo.c_str(), "seedbed", "UTF8", nullptr};
  PGconn* connection = PQconnectStartParams(keywords, values, /*expand_dbname=*/1);
  if (connection != nullptr && PQstatus(connection) != CONNECTION_BAD) {
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
      pollfd waiting{PQsocket(connection), static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
      const int ready = poll(&waiting, 1, static_cast<int>(kSlice.count()));
      if (interrupted() || is_set(given_up)) break;
      if (ready > 0) state = PQconnectPoll(connection);
      else if (Clock::now() >= deadline) break;
    }
    PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
    if (state == PGRES_POLLING_OK) return connection;
    if (state != PGRES_POLLING_FAILED) refusal = {"the server did not answer in time", "", ""};
  }
  if (refusal.message.empty()) refusal = read_refusal(connection);
  PQfinish(connection);
  throw_if_interrupted();
  return nullptr;
}

}  // namespace

PGconn* open_postgres(const DatabaseUrl& url, milliseconds wait, const std::atomic<bool>* given_up) {
  static std::minstd_rand random(std::random_device{}());
  const auto deadline = Clock::now() + wait;
  milliseconds next = kFirstPause;
  for (int tries = 1;; ++tries) {
    Refusal refusal;
    if (PGconn* connection = attempt(url, std::max(deadline, Clock::now() + kAttempt), refusal, given_up)) return connection;
    const bool worth_waiting = waiting_can_help(refusal) && !is_set(given_up);
    if (!worth_waiting || Clock::now() + next > deadline) {
      Error error(ExitCode::failed, fmt::format("could not connect to \"{}\": {}", url.display, refusal.message));
      if (!refusal.sqlstate.empty()) error.sqlstate(refusal.sqlstate);
      error.detail(refusal.detail);
      if (worth_waiting && tries > 1) error.detail(fmt::format("Tried {} times in {} s.", tries, wait.count() / 1000));
      throw error.hint(hint_for(refusal));
    }
    log::info("connection_retry", {{"database", url.display}, {"cause", refusal.message}, {"tries", tries}});
    // Jitter keeps many waiting runs from knocking at once.
    pause(next / 2 + milliseconds(random() % static_cast<unsigned long>(next.count())), given_up);
    next = std::min(next * 2, kLongestPause);
  }
}

}  // namespace seedbed::host
